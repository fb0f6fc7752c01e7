"""The words of the screens, for commands that explain something to a person in the person's language."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Final

import streambot

_CATALOGUES: Final = Path(streambot.__file__).parent / "console" / "static" / "i18n"


class Language(StrEnum):
    """The languages of the screens."""

    EN = "en"
    ZH = "zh"
    TH = "th"
    VI = "vi"
    ID = "id"


class SiteName(StrEnum):
    """Whose rules apply."""

    BASE = "base"
    US = "us"
    TH = "th"
    VN = "vn"
    ID = "id"
    CN = "cn"


LANGUAGE_OF: Final[Mapping[SiteName, Language]] = {
    SiteName.BASE: Language.EN,
    SiteName.US: Language.EN,
    SiteName.TH: Language.TH,
    SiteName.VN: Language.VI,
    SiteName.ID: Language.ID,
    SiteName.CN: Language.ZH,
}


class Words:
    """One language's catalogue."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._words = json.loads((_CATALOGUES / f"{language}.json").read_text(encoding="utf-8"))

    def say(self, key: str, **values: object) -> str:
        """The message of a key with its {placeholders} filled in, as app/i18n.js does it."""
        message: str = self._words[key]
        for name, value in values.items():
            message = message.replace(f"{{{name}}}", str(value))
        return message

    def name(self, group: str, wire: str) -> str:
        """The name of a wire word (a label, an act) in this language, or the wire word itself."""
        return str(self._words.get(f"{group}.{wire}", wire.replace("_", " ")))
