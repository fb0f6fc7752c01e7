"""Rules that proved themselves on air, written into a pack file. The rest of the file stays as it is."""

from __future__ import annotations

import os
import tempfile
import tomllib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from streambot.core.errors import ConfigError
from streambot.packs.air import AirRule
from streambot.packs.files import PackFiles, line_of_file
from streambot.training.toml import toml


def adopted(text: str, rules: Sequence[AirRule]) -> str:
    """The text of a pack file with these rules at its end, but for those that it has already."""
    new = [_written(rule) for rule in rules if rule.rule.id not in _ids(text)]
    return "\n".join([text.rstrip("\n"), *new]) if new else text


def _ids(text: str) -> frozenset[str]:
    try:
        return frozenset(str(rule["id"]) for rule in tomllib.loads(text)["rule"])
    except (tomllib.TOMLDecodeError, KeyError, TypeError):  # no rules yet, or no pack: who saves it says so
        return frozenset()


def save(path: Path, text: str, files: PackFiles) -> None:
    """Write a pack file at once or not at all, if what it says is valid. Raises ConfigError."""
    folder = path.parent
    try:
        with tempfile.TemporaryDirectory(dir=folder, prefix=".adopt-") as draft:
            # Checked under its own name and beside its parents, before anybody who watches the folder can see it.
            trial = Path(draft) / path.name
            trial.write_text(text, encoding="utf-8")
            files.beside(folder).release(line_of_file(trial))
            if path.exists():
                trial.chmod(path.stat().st_mode)
            os.replace(trial, path)  # noqa: PTH105 - atomic, which is the point
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be written: {error.strerror}.", code="pack_unwritable", fix="Check folder and mode."
        ) from error


def _written(rule: AirRule) -> str:
    at = datetime.fromtimestamp(rule.at, UTC).strftime("%Y-%m-%d %H:%M UTC")
    table = {"id": rule.rule.id, **rule.table, "reason": rule.rule.reason["en"]}
    author = rule.author.replace("\n", " ")
    return f"\n# {author} added this on air, {at}, in {rule.room}.\n[[rule]]\n{toml(table)}"
