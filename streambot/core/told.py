"""Sentences that reach people: English for logs and the command line, and what a screen needs to say them otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

Value = str | int | float | tuple[str, ...]


class Told(str):
    """A sentence in English that a screen can say in its reader's language; to everybody else it is that sentence.

    ``say`` is its name in the screens' catalogues (``why.NAME``), ``values`` go into the places of both. A value may be
    such a sentence itself, or several, which stand one after the other with semicolons between them.
    """

    __slots__ = ("say", "values")

    say: str
    values: Mapping[str, Value]

    def __new__(cls, say: str, sentence: str, /, **values: Value) -> Self:
        """``sentence`` is the English one with its {places}."""
        told = super().__new__(cls, sentence.format(**{name: _shown(value) for name, value in values.items()}))
        told.say, told.values = say, values
        return told


def and_more(n: int) -> Told:
    """The end of a list that goes on."""
    return Told("and_more", "and {n} more", n=n)


def sentence(parts: Sequence[str]) -> Told:
    """Several reasons as one sentence."""
    told = tuple(part.rstrip(".") if not isinstance(part, Told) else part for part in parts)
    asks = bool(told) and told[-1].endswith("?")
    return Told("question" if asks else "sentence", "{parts}" if asks else "{parts}.", parts=told)


def told_of(error: BaseException) -> str:
    """What an error says, as it was told where it was raised."""
    return next((each for each in error.args if isinstance(each, Told)), str(error))


def wired(value: Any) -> Any:
    """A value as it travels to a screen; one that is a sentence of ours brings its name and values along."""
    if isinstance(value, Told):
        return {
            "say": value.say,
            "text": str(value),
            "values": {name: wired(each) for name, each in value.values.items()},
        }
    return [wired(each) for each in value] if isinstance(value, tuple) else value


def _shown(value: Value) -> str:
    if isinstance(value, tuple):
        return "; ".join(value)
    return f"{value:,}" if isinstance(value, int) else str(value)
