"""What a piece of the vocabulary means, in English: where an English body begins to read another language.

A file holds ``piece<TAB>gloss`` lines; the gloss is one to three plain English words. A piece takes the place in the
English vocabulary that a dictionary gives it (WECHSEL, Minixhofer et al. 2022) instead of a random one.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from streambot.core.errors import ConfigError

FOLDER: Final = "glossary"
"""Where the files lie in the folder of our own lines."""
_SPACE: Final = "▁"
_SPACELESS: Final = "\u0e00"
"""From Thai on, as far as our languages go, words are not spaced."""


def read_glossary(folder: Path) -> dict[str, str]:
    """Gloss by piece of every ``*.tsv`` in ``folder``; none if there is no folder. Raises ConfigError."""
    glosses: dict[str, str] = {}
    for path in sorted(folder.glob("*.tsv")):
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, ValueError) as error:
            raise ConfigError(
                f"{path} cannot be read: {error}.", code="bad_glossary", fix="Write it as UTF-8 text."
            ) from error
        for number, line in enumerate(lines, start=1):
            piece, tab, gloss = line.partition("\t")
            if not (tab and piece.strip() and gloss.strip()):
                raise ConfigError(
                    f"{path}:{number} is not a line of a glossary: {line!r}.",
                    code="bad_glossary",
                    fix="Write a piece, a tab and its English gloss.",
                )
            glosses.setdefault(piece, gloss.strip())
    return glosses


def glossed(piece: str, glossary: Mapping[str, str]) -> str:
    """The gloss of a piece, of its word, or of the longest known stretches it is made of where words are not spaced."""
    word = piece.removeprefix(_SPACE)
    whole = glossary.get(piece) or glossary.get(word)
    if whole or not word or word[0] < _SPACELESS:
        return whole or ""
    found = []
    while word:
        length = next((end for end in range(len(word), 0, -1) if word[:end] in glossary), 0)
        if length:
            found.append(glossary[word[:length]])
        word = word[max(1, length) :]
    return " ".join(found)
