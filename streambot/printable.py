"""Text for a terminal, a log or a line of JSON: nothing in it can move a cursor, end a line or turn the direction."""

from __future__ import annotations

import json
import re
from typing import Any, Final

# C0 and C1 controls, the line and paragraph separators, bidi controls (Trojan Source), lone surrogates.
_UNSAFE: Final = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_UNSAFE_BUT_LINES: Final = re.compile(_UNSAFE.pattern.replace("\x00-\x1f", "\x00-\x08\x0b-\x1f"))
# JSON escapes C0 by itself. What is left either cannot be encoded or is taken for the end of a line by some reader.
_UNSAFE_IN_JSON: Final = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def printable(text: str, *, lines: bool = False) -> str:
    r"""The text with every control character, separator and lone surrogate written as ``\uXXXX``.

    ``lines`` leaves line feeds and tabs as they are (tracebacks).
    """
    return (_UNSAFE_BUT_LINES if lines else _UNSAFE).sub(_escaped, text)


def json_line(value: Any) -> str:
    """One line of JSON in readable letters, without the line feed; lone surrogates become escapes that parse back.

    Raises ValueError for NaN and infinities, TypeError for what is not JSON.
    """
    return _UNSAFE_IN_JSON.sub(_escaped, json.dumps(value, ensure_ascii=False, allow_nan=False))
