"""A text as it was meant: for a model that learned words, and meets them with dots between the letters."""

from __future__ import annotations

from streambot.core.canonical import canonical
from streambot.core.joined import HIDDEN, is_odd
from streambot.core.views import Views


def undisguised(text: str) -> str:
    """The canonical ``text`` with lookalikes as letters and without what only keeps the letters of a word apart.

    The text itself where nothing of it is disguised.
    """
    views = Views(text)
    if views.skeleton == text and not is_odd(views.joined, views.serving):
        return text
    return canonical(" ".join(views.joined.replace(HIDDEN, "").split()))
