"""An operator's JSON mapped to the record of a capture, by JSON pointers.

As a table of the configuration::

    [rooms.shop.source.fields]
    comments = "/messages"                          # where a frame holds several; without it the frame is one or a list
    only_when = { "/type" = "chat" }                # every one must hold
    unless = ["/private"]                           # none may hold
    text = ["/content/text", "/content"]            # the first that is there
    id = "/id"
    author = { id = "/user/id", name = "/user/name" }
    roles = { staff = "/user/isModerator", host = { "/user/role" = ["owner", 4] } }
    sent_at = "/time"
    time_unit = "ms"                                # of a number: s | ms; RFC 3339 is understood as it is
    backlog = "/isHistory"                          # any that holds: it was written before we came

Everything after ``comments`` is looked up in the single comment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, ValidationError

from streambot.core.comment import Role
from streambot.core.errors import ConfigError
from streambot.nearest import nearest
from streambot.platforms.markup import plain_text
from streambot.platforms.pointer import Condition, Pointer


def _pointers(stated: object) -> tuple[Pointer, ...]:
    pointers = tuple(Pointer.parse(one) for one in (stated if isinstance(stated, list | tuple) else [stated]))
    if not pointers:
        raise ValueError("an empty list finds nothing")
    return pointers


_Pointers = Annotated[tuple[Pointer, ...], PlainValidator(_pointers)]
_Conditions = Annotated[tuple[Condition, ...], PlainValidator(Condition.parse_all)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _AuthorTable(_Table):
    id: _Pointers = ()
    name: _Pointers = ()


class Fields(_Table):
    """A compiled mapping; build it with :func:`compile_fields`.

    ``html``: the text is a piece of HTML, except where ``plain_when`` holds.
    """

    comments: _Pointers = (Pointer(()),)
    only_when: _Conditions = ()
    unless: _Conditions = ()
    text: _Pointers
    id: _Pointers = ()
    author: _AuthorTable = Field(default_factory=_AuthorTable)
    roles: dict[Annotated[Role, Field(strict=False)], _Conditions] = Field(default_factory=dict)
    sent_at: _Pointers = ()
    time_unit: Literal["s", "ms"] = "s"
    backlog: _Conditions = ()
    html: bool = False
    plain_when: _Conditions = ()

    def records(self, frame: object) -> Iterator[object]:
        """The record of every comment in a frame, in order; what the conditions leave out is nothing.

        What is no object is handed on as it is, for the reader of records to reject.
        """
        found = _first(self.comments, frame)
        several = found if isinstance(found, list) else [] if found is None else [found]
        for one in several:
            if not isinstance(one, dict):
                yield one
            elif all(condition.holds(one) for condition in self.only_when) and not any(
                condition.holds(one) for condition in self.unless
            ):
                yield self._record(one)

    def _record(self, one: dict[str, Any]) -> dict[str, Any]:
        text = _first(self.text, one)
        if self.html and isinstance(text, str) and not any(condition.holds(one) for condition in self.plain_when):
            text = plain_text(text)
        roles = [
            role for role, conditions in self.roles.items() if any(condition.holds(one) for condition in conditions)
        ]
        record = {
            "text": text,
            "id": _first(self.id, one),
            "author": {"id": _first(self.author.id, one), "name": _first(self.author.name, one), "roles": roles},
            "sent_at": self._time(_first(self.sent_at, one)),
        }
        if any(condition.holds(one) for condition in self.backlog):
            record["backlog"] = True
        return record

    def _time(self, value: object) -> object:
        """Seconds where it is a number, also one in quotes, as JavaScript writes what is too long for it."""
        if isinstance(value, str) and len(value) <= 20 and value.isascii() and value.isdigit():
            value = int(value)
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _LARGEST:
            return value / _UNITS[self.time_unit]
        return value


_UNITS: Final = {"s": 1, "ms": 1000}
_LARGEST: Final = 10**30
"""What is not below it is no time; an integer far above, infinity and NaN could not be divided sensibly at all."""


def _first(pointers: tuple[Pointer, ...], document: object) -> object:
    """The first value that is there."""
    return next((found for pointer in pointers if (found := pointer.find(document)) is not None), None)


def compile_fields(stated: Mapping[str, object], *, where: str) -> Fields:
    """The mapping of a configuration's table; ``where`` names it in errors. Raises ConfigError."""
    try:
        return Fields.model_validate(dict(stated))
    except ValidationError as error:
        errors = error.errors(include_url=False)
        # A key that nobody knows is likelier the slip than the key that is therefore missing.
        first = next((entry for entry in errors if entry["type"] == "extra_forbidden"), errors[0])
        place = [str(part) for part in first["loc"] if part != "[key]"]
        meant = nearest(place[-1], [*Fields.model_fields, *Role])
        reason = first["msg"].removeprefix("Value error, ")
        raise ConfigError(
            f"{where}.{'.'.join(place)}: {reason}.",
            code="fields_invalid",
            fix=f"Did you mean {meant}?" if meant and meant != place[-1] else "",
        ) from None
