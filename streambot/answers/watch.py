"""Canned answers while on air: a changed file is read again, and one that is not valid leaves the old ones in force."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from streambot.answers.files import parse_answers, read_answers
from streambot.core.answers import Answers
from streambot.kept_files import KeptFiles, News


class InForce(KeptFiles[Answers]):
    """The canned answers of a room's files: those that were last valid. Raises ConfigError if they are not at first."""

    def __init__(self, paths: Sequence[Path], tell: Callable[[News, str], None]) -> None:
        super().__init__("answers", paths, tell, read=read_answers, parse=parse_answers)

    @property
    def answers(self) -> Answers:
        """The canned answers in force."""
        return self.value
