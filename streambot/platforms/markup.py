"""The text that a viewer sees in a piece of HTML, for relays that pass on a chat as the page had it."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Final

from streambot.core.comment import MAX_TEXT

MOST_MARKUP: Final = 16 * MAX_TEXT
"""Code points of HTML that are looked at: room for a comment of emotes, each an image with a long address."""


def plain_text(markup: str) -> str:
    """What is left without the tags: character references resolved, an emote's image as its ``alt``, a break as a
    space. Never raises.
    """
    reader = _Reader()
    reader.feed(markup[:MOST_MARKUP])
    reader.close()
    return "".join(reader.parts)


class _Reader(HTMLParser):
    """Collects text, also that of scripts and styles: what a browser would not show must not hide from the rules."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def set_cdata_mode(self, elem: str, **_: object) -> None:
        """No element's content is anything but content: an unclosed one would swallow all that follows."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.parts.append(" ")
        elif tag == "img":
            self.parts.append(dict(attrs).get("alt") or "")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)
