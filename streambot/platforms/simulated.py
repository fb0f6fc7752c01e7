"""The actuator of a dry run, of the demo and of replays: nothing leaves this process."""

from __future__ import annotations

from collections.abc import Mapping

from streambot.core.action import Action, Capability, How, Operation, Outcome, Result
from streambot.platforms.capabilities import every_operation


class SimulatedActuator:
    """Can do everything and does nothing; what it was told stands in the log as ``simulated``."""

    @property
    def capabilities(self) -> Mapping[Operation, Capability]:
        """Every operation, as if by an API."""
        return _CAPABILITIES

    async def apply(self, action: Action) -> Outcome:
        """Say what a platform would have been told; never raises."""
        return Outcome(Result.SIMULATED, f"{action.operation} was not sent: this room's actuator is simulated")


_CAPABILITIES = every_operation(How.API)
