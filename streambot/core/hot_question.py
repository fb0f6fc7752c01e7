"""A hot question as the host sees it: in her language, with what the catalog says to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from streambot.core.labels import Intent
from streambot.core.question import Question
from streambot.core.question_lines import LEAVES_OPEN, line
from streambot.core.slots import Slots

WORDINGS_SHOWN: Final = 8

Hint = Callable[[Intent, str, str], str]
"""What the catalog says, in the host's language: by a question's intent, its item's number ("" for none), and the
commonest wording as it was asked. "" if it says nothing."""


def no_hint(_intent: Intent, _item: str, _text: str) -> str:
    """Where there is no catalog."""
    return ""


@dataclass(frozen=True, slots=True)
class HotWording:
    """One way in which a question is asked, and by how many."""

    text: str
    language: str
    askers: int


@dataclass(frozen=True, slots=True)
class HotQuestion:
    """One question that many viewers ask, as the host sees it.

    ``text`` is in the host's language: the commonest wording of those who ask in it, or a line made of intent and item;
    where there is neither, the commonest wording as asked; ``language`` says which. ``askers`` counts people, never
    comments, ``languages`` the people by language; ``item`` is the number of the item that it is about, if any.
    ``state`` is ``open``, ``answered`` or ``dropped``. ``wordings`` are the commonest, as asked.
    """

    id: str
    intent: str
    text: str
    language: str
    askers: int
    heat: float
    first_at: float
    last_at: float
    item: str = ""
    state: str = "open"
    answered_at: float | None = None
    hint: str = ""
    pinned: bool = False
    pushed: bool = False
    languages: Mapping[str, int] = field(default_factory=dict)
    wordings: tuple[HotWording, ...] = ()


@dataclass(frozen=True, slots=True)
class Put:
    """A question in words, as long as nobody else asks it: ``version`` of its votes."""

    version: int
    intent: Intent
    text: str
    language: str
    languages: Mapping[str, int]
    wordings: tuple[HotWording, ...]


def put(found: Question, intent: Intent, said: Slots, language: str) -> Put:
    """A question in words for a host of this language; ``said`` is what its askers name."""
    wordings = _commonest(found)
    text, spoken = _told(found, intent, said, language, wordings)
    languages = {name: n for name, n in sorted(found.votes.languages.items()) if n > 0}
    return Put(found.votes.version, intent, text, spoken, languages, wordings[:WORDINGS_SHOWN])


def shown(found: Question, words: Put, hint: Hint, now: float) -> HotQuestion:
    """A question as it stands now."""
    return HotQuestion(
        id=found.name,
        intent=words.intent,
        text=words.text,
        language=words.language,
        askers=len(found.votes),
        heat=found.votes.heat(now),
        first_at=found.first_at,
        last_at=max(found.votes.last_at, found.opened_at),
        item=found.item,
        state="dropped" if found.dropped else "open" if found.answered_at is None else "answered",
        answered_at=found.answered_at,
        hint=hint(words.intent, found.item, words.wordings[0].text),
        pinned=found.is_open and found.pinned_at is not None,
        pushed=found.is_open and found.pushed_at is not None,
        languages=words.languages,
        wordings=words.wordings,
    )


def _commonest(found: Question) -> tuple[HotWording, ...]:
    """The wordings, that which most chose first, the shortest of equals; there is one at least."""
    told = [HotWording(each.text, each.language, each.askers) for each in found.votes.wordings.values()]
    return tuple(sorted(told, key=lambda each: (-each.askers, len(each.text), each.text)))


def _told(
    found: Question, intent: Intent, said: Slots, language: str, wordings: Sequence[HotWording]
) -> tuple[str, str]:
    """The text for the host, and its language."""
    theirs = next((each for each in wordings if each.language == language), None)
    if theirs is not None:
        return theirs.text, language
    asked = wordings[0]
    told = line(language, intent, found.item, said)
    if not told:
        return asked.text, asked.language
    return (f"{told}: {asked.text}" if intent in LEAVES_OPEN else told), language
