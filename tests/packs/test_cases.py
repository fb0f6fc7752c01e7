from __future__ import annotations

from pathlib import Path

import pytest

from streambot.core.errors import ConfigError
from streambot.packs.cases import beside, failures, load_cases
from streambot.packs.files import Line, PackFiles
from tests.packs.shelf import pack, rule


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    exempt = 'exempt_roles = ["member"]'
    (tmp_path / "th.toml").write_text(pack("1", rule("spam", "buynow", extra=exempt)), encoding="utf-8")
    return tmp_path


def written(folder: Path, text: str) -> list[tuple[str, str, tuple[str, ...]]]:
    (folder / "th.test.toml").write_text(text, encoding="utf-8")
    files = PackFiles(folder)
    found = failures(files.release(Line("th")), load_cases(beside(files.path(Line("th"), "th"))))
    return [(failure.case.where, failure.says, failure.rules) for failure in found]


def test_kept_promises_are_silent(folder: Path) -> None:
    text = """
[[case]]
text = "buynow friends"
act = "hide"
label = "spam"
rule = "spam"
[[case]]
text = "buy now, or tomorrow"
act = "allow"
[[case]]
text = "buynow"
act = "allow"
roles = ["member"]
"""
    assert written(folder, text) == []


def test_a_broken_promise_is_named_with_its_line_and_the_rules_that_spoke(folder: Path) -> None:
    text = '[[case]]\ntext = "buynow"\nact = "mute"\n\n[[case]]\ntext = "buynow"\nact = "hide"\nlabel = "scam"\n'
    text += '[[case]]\ntext = "buynow"\nact = "hide"\nrule = "other"\n'
    assert written(folder, text) == [
        ("th.test.toml:1", "hide, not mute", ("spam",)),
        ("th.test.toml:5", "not labelled scam", ("spam",)),
        ("th.test.toml:9", "rule other does not speak", ("spam",)),
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "th.test.toml"),
        ("[[case", "not TOML"),
        ('[[case]]\ntext = "a"\nact = "smash"\n', "th.test.toml:1: act"),
        ('[[case]]\ntext = "a"\nact = "hide"\n\n[[case]]\ntext = "b"\n', "th.test.toml:5: act"),
        ('[[case]]\ntext = "a"\nact = "hide"\ntxt = "b"\n', "th.test.toml:1: txt"),
    ],
)
def test_cases_that_cannot_be_read_are_refused_with_their_place(folder: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        written(folder, text)
