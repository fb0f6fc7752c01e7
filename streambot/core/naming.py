"""Finding the names of a list in what viewers write: whole words, in any script, with Vietnamese marks or without."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from streambot.core.canonical import canonical
from streambot.core.readings import bare

_SHORTEST: Final = 2
_SHORTEST_BARE: Final = 4
"""Letters of a name that is also known without its marks: shorter ones are other words ("áo", "ao")."""


class Names:
    """Things by their names; ``named`` pairs each thing with one of its names, a name may be of several things.

    The time to read a text does not grow with the number of names: at each place of the text only the lengths of the
    names that begin with the two characters there are tried.
    """

    def __init__(self, named: Iterable[tuple[int, str]]) -> None:
        self._things: dict[str, set[int]] = {}
        for thing, written in named:
            name = canonical(written)
            for form, shortest in ((name, _SHORTEST), (bare(name), _SHORTEST_BARE)):
                if len(form) >= shortest:
                    self._things.setdefault(form, set()).add(thing)
        lengths: dict[str, set[int]] = {}
        for name in self._things:
            lengths.setdefault(name[:_SHORTEST], set()).add(len(name))
        self._lengths = {start: sorted(found, reverse=True) for start, found in lengths.items()}

    def in_text(self, text: str) -> set[int]:
        """The things that a text names; a name inside a longer one does not count ("shirt" in "shirt dress")."""
        said = canonical(text)
        found = self._in(said)
        # What is written with marks means them; only without a find are they left out of the text, too.
        return found or (self._in(toneless) if (toneless := bare(said)) != said else found)

    def _in(self, text: str) -> set[int]:
        found: set[int] = set()
        reached = 0
        for start in range(len(text) - 1):
            for length in self._lengths.get(text[start : start + _SHORTEST], ()):
                end = start + length
                if end <= reached:
                    break
                things = self._things.get(text[start:end])
                if things is not None and _is_whole(text, start, end):
                    found |= things
                    reached = end
                    break
        return found


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether no word goes on at either end; an English plural's s may."""
    if start > 0 and _is_spaced(text[start]) and _is_spaced(text[start - 1]):
        return False
    if end < len(text) and text[end] == "s":
        end += 1
    return end >= len(text) or not (_is_spaced(text[end - 1]) and _is_spaced(text[end]))


def _is_spaced(char: str) -> bool:
    """Whether this is a letter or digit of a script that puts spaces between words: not Thai, not Chinese."""
    return char.isalnum() and (char < "\u0e00" or "\u1e00" <= char < "\u2000")
