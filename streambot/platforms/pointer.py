"""JSON pointers (RFC 6901) and what can be asked of the value that they find."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_INDEX: Final = re.compile(r"0|[1-9][0-9]*", re.ASCII)
_WRONG_ESCAPE: Final = re.compile(r"~(?![01])")


@dataclass(frozen=True, slots=True)
class Pointer:
    """The place of a value in a JSON document: ``/data/user/0/name``; the empty text is the whole document.

    Within a name ``~1`` stands for ``/`` and ``~0`` for ``~``. Raises ValueError if the text is no pointer.
    """

    tokens: tuple[str, ...]

    @classmethod
    def parse(cls, text: object) -> Pointer:
        """The pointer that a text is."""
        if not isinstance(text, str):
            raise ValueError(f"a JSON pointer is a text such as /data/comment, not {text!r}")
        if text and not text.startswith("/"):
            raise ValueError(f"{text!r} is no JSON pointer: it begins with a slash, as in /{text}")
        if _WRONG_ESCAPE.search(text):
            raise ValueError(f"{text!r} is no JSON pointer: in it ~ is written ~0, and / within a name ~1")
        return cls(tuple(token.replace("~1", "/").replace("~0", "~") for token in text.split("/")[1:]))

    def find(self, document: object) -> object:
        """The value there, None if there is none: a relay's null says no more than a missing key."""
        for token in self.tokens:
            if isinstance(document, dict):
                document = document.get(token)
            elif isinstance(document, list) and _INDEX.fullmatch(token) and len(token) < 10:
                document = document[int(token)] if int(token) < len(document) else None
            else:
                return None
        return document


@dataclass(frozen=True, slots=True)
class Condition:
    """Whether the value at a pointer is one of ``values`` (or a list that has one), or, without any, whether it says
    yes: not false, zero, empty or absent.
    """

    pointer: Pointer
    values: tuple[object, ...] = ()

    @classmethod
    def parse_all(cls, stated: object) -> tuple[Condition, ...]:
        """The conditions of a pointer, a table of pointers with the wanted value or values, or a list of those."""
        if isinstance(stated, list | tuple):
            return tuple(condition for one in stated for condition in cls.parse_all(one))
        if isinstance(stated, Mapping):
            return tuple(
                cls(Pointer.parse(pointer), tuple(wanted) if isinstance(wanted, list | tuple) else (wanted,))
                for pointer, wanted in stated.items()
            )
        return (cls(Pointer.parse(stated)),)

    def holds(self, document: object) -> bool:
        """Whether the document is so."""
        found = self.pointer.find(document)
        if not self.values:
            return bool(found)
        several = found if isinstance(found, list) else [found]
        return any(_same(one, wanted) for one in several for wanted in self.values)


def _same(one: object, other: object) -> bool:
    """Equality as in JSON, where true is not 1."""
    return isinstance(one, bool) == isinstance(other, bool) and one == other
