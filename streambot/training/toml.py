"""Writes the TOML of a manifest; the standard library only reads it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_BARE = re.compile(r"^[A-Za-z0-9_-]+$")


def toml(document: Mapping[str, Any]) -> str:
    """A document of strings, numbers, booleans, lists of these, and tables. Raises TypeError for anything else."""
    return "\n".join(_table(document, ())).strip() + "\n"


def _table(table: Mapping[str, Any], path: tuple[str, ...]) -> list[str]:
    plain = {name: value for name, value in table.items() if not _is_section(value)}
    lines = [f"{_key(name)} = {_value(value)}" for name, value in plain.items()]
    if path and (lines or not table):
        lines = ["", f"[{'.'.join(_key(part) for part in path)}]", *lines]
    for name, value in table.items():
        if _is_section(value):
            lines += _table(value, (*path, name))
    return lines


def _is_section(value: object) -> bool:
    """A table gets a section of its own unless it is a flat row of numbers, which reads better on one line."""
    return isinstance(value, Mapping) and not (value and all(isinstance(item, int | float) for item in value.values()))


def _key(name: str) -> str:
    return name if _BARE.match(name) else json.dumps(name, ensure_ascii=False)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(item) for item in value)}]"
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{_key(str(name))} = {_value(item)}' for name, item in value.items())} }}"
    raise TypeError(f"a manifest cannot hold {type(value).__name__}")
