"""What an operator says that their own tool can do.

As a table of the configuration::

    [rooms.shop.can]
    hide = "api"
    mute = { how = "api", durations = [30, 300], reversible = false }

An operation that is not named cannot be done.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from streambot.core.action import NO_CAPABILITY, Capability, How, Operation
from streambot.core.errors import ConfigError
from streambot.nearest import nearest
from streambot.platforms.capabilities import every_operation


class _Can(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    how: Literal["api", "none"] = "api"
    durations: Annotated[list[Annotated[int, Field(gt=0)]], Field(min_length=1)] | None = None
    reversible: bool | None = None
    idempotent: bool | None = None

    @model_validator(mode="before")
    @classmethod
    def _or_in_a_word(cls, stated: object) -> object:
        return {"how": stated} if isinstance(stated, str) else stated


_STATED: Final = TypeAdapter(dict[Annotated[Operation, Field(strict=False)], _Can])
_USUAL: Final = every_operation(How.API)


def declared_capabilities(stated: Mapping[str, object], *, where: str) -> Mapping[Operation, Capability]:
    """The capabilities of every operation; ``where`` names the table in errors. Raises ConfigError.

    Reach, and where nothing is said also whether it can be taken back or sent twice, are what the operation usually
    has: a post can neither.
    """
    try:
        given = _STATED.validate_python(dict(stated))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = [str(part) for part in first["loc"] if part != "[key]"]
        meant = None if place[0] in set(Operation) else nearest(place[0], Operation)
        raise ConfigError(
            f"{where}.{'.'.join(place)}: {first['msg']}.",
            code="capabilities_invalid",
            fix=f"Did you mean {meant}?" if meant else f"Operations are {', '.join(Operation)}; each is api or none.",
        ) from None
    return MappingProxyType({operation: _capability(operation, given.get(operation)) for operation in Operation})


def _capability(operation: Operation, can: _Can | None) -> Capability:
    if can is None or can.how == "none":
        return NO_CAPABILITY
    usual = _USUAL[operation]
    return Capability(
        How.API,
        scope=usual.scope,
        durations=tuple(sorted(can.durations)) if can.durations else None,
        reversible=usual.reversible if can.reversible is None else can.reversible,
        idempotent=usual.idempotent if can.idempotent is None else can.idempotent,
    )
