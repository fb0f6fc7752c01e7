"""The words of the pages that are drawn on the server: the screens' catalogues, in the reader's language."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from aiohttp import hdrs, web

from streambot.core.told import Told

LANGUAGES: Final[Mapping[str, str]] = {
    "en": "English", "zh": "中文", "th": "ไทย", "vi": "Tiếng Việt", "id": "Indonesia",
}  # fmt: skip
"""Languages that there is a catalogue for, and what each calls itself."""
ASKED: Final = "ui"
"""The query's word for a language; ``lang`` is taken by the log's filter."""
REMEMBERED: Final = "lang"
"""The cookie that remembers it; the live screens set the same."""
YEAR: Final = 365 * 24 * 3600
_CATALOGUES: Final = Path(__file__).parent / "static" / "i18n"
_PLACE: Final = re.compile(r"\{(\w+)\}")


class Words:
    """One language's catalogue."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._words = _catalogue(language)

    def __call__(self, key: str, /, **values: Any) -> str:
        """The message of a key with its {placeholders} filled in, as app/i18n.js does it; the key if it is unknown."""
        found = self._words.get(key, key)
        if isinstance(found, dict):
            found = found.get("one" if values.get("n") in (1, "1") else "other", found["other"])
        return _PLACE.sub(lambda place: str(values.get(place[1], place[0])), found)

    def told(self, sentence: object) -> str:
        """A sentence of ours in this language, as app/i18n.js does it; any other text as it is."""
        if isinstance(sentence, tuple):
            return self("why.between").join(map(self.told, sentence))
        if not isinstance(sentence, Told) or not self.known(f"why.{sentence.say}"):
            return str(sentence)
        values = {name: self._word(name, value) for name, value in sentence.values.items()}
        return self(f"why.{sentence.say}", **values)

    def _word(self, name: str, value: object) -> str:
        key = f"{name}.{value}"
        return self(key) if self.known(key) else self.told(value)

    def known(self, key: str) -> bool:
        """Whether the catalogue has this key."""
        return key in self._words

    def wired(self, group: str, wire: object) -> str:
        """The name of a wire word (an act, a label) for pages that have links and exports by it: English readers see
        the word itself, others what it is called.
        """
        key = f"{group}.{wire}"
        return self(key) if self.language != "en" and key in self._words else str(wire or "")


def language_of(request: web.Request) -> str:
    """The language that a page is drawn in: the one asked for, remembered, or preferred by the browser."""
    for wish in (request.query.get(ASKED, ""), request.cookies.get(REMEMBERED, ""), *_preferred(request)):
        base = wish.strip().lower().partition("-")[0]
        if base in LANGUAGES:
            return base
    return "en"


def remember(request: web.Request, response: web.Response) -> None:
    """Keep the language that was asked for."""
    if request.query.get(ASKED) in LANGUAGES:
        response.set_cookie(REMEMBERED, request.query[ASKED], path="/", max_age=YEAR, samesite="Lax")


def _preferred(request: web.Request) -> list[str]:
    """What Accept-Language names, best first."""
    wishes: list[tuple[float, str]] = []
    for each in request.headers.get(hdrs.ACCEPT_LANGUAGE, "").split(",")[:20]:
        tag, _, weight = each.partition(";q=")
        try:
            wishes.append((-float(weight or 1), tag))
        except ValueError:
            continue
    return [tag for _, tag in sorted(wishes, key=lambda wish: wish[0])]


@cache
def _catalogue(language: str) -> Mapping[str, Any]:
    words: dict[str, Any] = json.loads((_CATALOGUES / f"{language}.json").read_text(encoding="utf-8"))
    return words
