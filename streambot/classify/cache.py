"""Judgements by text: live chat repeats itself, and a text judged once need not wait for the model again."""

from __future__ import annotations

from collections import OrderedDict

from streambot.core.verdict import Judgement


class JudgementCache:
    """The most recently used judgements, at most ``size``. A judgement depends on nothing but the text."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._held: OrderedDict[str, Judgement] = OrderedDict()

    def __len__(self) -> int:
        return len(self._held)

    def get(self, text: str) -> Judgement | None:
        """The judgement of exactly this text, if it is held."""
        judgement = self._held.get(text)
        if judgement is not None:
            self._held.move_to_end(text)
        return judgement

    def put(self, text: str, judgement: Judgement) -> None:
        """Hold a judgement; the least recently used one makes room."""
        if self._size <= 0:
            return
        self._held[text] = judgement
        self._held.move_to_end(text)
        if len(self._held) > self._size:
            self._held.popitem(last=False)
