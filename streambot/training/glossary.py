"""What a piece of the vocabulary means, in English: where an English body begins to read another language.

A file holds ``piece<TAB>gloss`` lines; the gloss is one to three plain English words. A piece takes the place in the
English vocabulary that a dictionary gives it (WECHSEL, Minixhofer et al. 2022) instead of a random one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from streambot.core.errors import ConfigError

FOLDER: Final = "glossary"
"""Where the files lie in the folder of our own lines."""


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
