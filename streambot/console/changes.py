"""Which rows of a room changed, in order: what lets a page that was away go on where it stopped."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

Key = tuple[str, ...]
"""What a row is known by: its kind and its ids."""

KEEP: Final = 20_000
"""Rows remembered (UX.md §9.2). A row that changed twice counts once: the last change carries the whole row."""


class Changes:
    """A numbered list of changed rows, one entry a row, newest last.

    ``seq`` is the number of the newest change and rises by one with each; ``floor`` is the lowest number from which
    a page can still go on.
    """

    def __init__(self, first: int, keep: int = KEEP) -> None:
        self.seq = first
        self.floor = first
        self._keep = keep
        self._at: OrderedDict[Key, int] = OrderedDict()

    def touch(self, key: Key) -> None:
        """A row is new or changed."""
        self.seq += 1
        self._at[key] = self.seq
        self._at.move_to_end(key)
        if len(self._at) > self._keep:
            _, self.floor = self._at.popitem(last=False)

    def forget(self, key: Key) -> None:
        """A row is gone; a page that has not heard of its last change must start anew."""
        self.floor = max(self.floor, self._at.pop(key, self.floor))

    def since(self, seq: int) -> list[Key] | None:
        """The rows changed after ``seq``, in order of their last change; None if that can no longer be told."""
        if not self.floor <= seq <= self.seq:
            return None
        found: list[Key] = []
        for key in reversed(self._at):
            if self._at[key] <= seq:
                break
            found.append(key)
        found.reverse()
        return found
