"""How far each operation reaches on a platform that can do them all."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from streambot.core.action import Capability, How, Operation, Scope

_AUTHOR: Final = frozenset({Operation.MUTE, Operation.UNMUTE, Operation.BAN, Operation.UNBAN})
_ROOM: Final = frozenset({Operation.POST, Operation.PIN})


def every_operation(how: How) -> Mapping[Operation, Capability]:
    """Every operation, done in this way; only a post is neither taken back nor sent twice without harm."""
    return MappingProxyType(
        {
            operation: Capability(
                how,
                scope=Scope.AUTHOR if operation in _AUTHOR else Scope.ROOM if operation in _ROOM else Scope.COMMENT,
                reversible=operation is not Operation.POST,
                idempotent=operation is not Operation.POST,
            )
            for operation in Operation
        }
    )
