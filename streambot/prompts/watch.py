"""Prompts while on air: a changed file is read again, and one that is not valid leaves the old ones in force."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from streambot.core.prompts import Prompts
from streambot.kept_files import KeptFiles, News
from streambot.prompts.files import parse_prompts, read_prompts


class InForce(KeptFiles[Prompts]):
    """The prompts of a room's file: those that were last valid. Raises ConfigError if they are not at first."""

    def __init__(self, path: Path, tell: Callable[[News, str], None]) -> None:
        super().__init__("prompts", (path,), tell, read=read_prompts, parse=parse_prompts)

    @property
    def prompts(self) -> Prompts:
        """The prompts in force."""
        return self.value
