"""The actuator of a platform without an API: every action is a to-do for the controller."""

from __future__ import annotations

from collections.abc import Mapping

from streambot.core.action import Action, Capability, How, Operation, Outcome, Result
from streambot.platforms.capabilities import every_operation


class ManualActuator:
    """Hands every action to a person, who carries it out in the platform's own app and marks it done."""

    @property
    def capabilities(self) -> Mapping[Operation, Capability]:
        """Every operation, by hand."""
        return _CAPABILITIES

    async def apply(self, action: Action) -> Outcome:
        """Hand the action to the controller; never raises."""
        return Outcome(Result.MANUAL, f"{action.operation} is to be done by hand in the platform's app")


_CAPABILITIES = every_operation(How.MANUAL)
