"""The text that a viewer sees in a piece of HTML, for relays that pass on a chat as the page had it."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Final

from streambot.core.comment import MAX_TEXT

MOST_MARKUP: Final = 16 * MAX_TEXT
"""Code points of HTML that are looked at: room for a comment of emotes, each an image with a long address."""


def plain_text(markup: str) -> str:
    """What is left without the tags: character references resolved, an emote's image as its ``alt``, a break as a
    space. Never raises; markup that is not closed is text.
    """
    reader = _Reader()
    reader.feed(markup[:MOST_MARKUP])
    reader.close()
    return "".join(reader.parts)


class _Reader(HTMLParser):
    """Collects text; what is hidden from a viewer is left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self._hidden += 1
        elif tag == "br":
            self.parts.append(" ")
        elif tag == "img":
            self.parts.append(dict(attrs).get("alt") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._hidden = max(0, self._hidden - 1)

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)
