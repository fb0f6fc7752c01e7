"""What README.md promises is there, and what is there is in README.md."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from streambot.cli import COMMANDS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_readme(name: str) -> None:
    assert f"streambot {name}" in README


def test_the_readme_names_no_command_that_is_not_there() -> None:
    named = re.findall(r"streambot ([a-z]+)\b", "\n".join(re.findall(r"`[^`]+`|```.*?```", README, re.DOTALL)))
    assert named
    assert set(named) <= COMMANDS.keys()


def test_the_readme_has_the_test_command_that_ci_runs() -> None:
    # The same reading as in .ci/run.
    script = re.search(r"awk '(.*?)' README.md", (ROOT / ".ci/run").read_text(encoding="utf-8"))
    assert script is not None
    command = subprocess.run(
        ["awk", script[1], "README.md"], check=True, capture_output=True, text=True, cwd=ROOT
    ).stdout  # fmt: skip
    assert len(command.splitlines()) == 1
    assert ".venv/bin/pytest" in shlex.split(command)
    assert "constraints.txt" in shlex.split(command)


def test_what_the_readme_links_to_is_there() -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_constraint_is_exact_and_every_dependency_has_one() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if line and not line.startswith("#"))
    wanted = re.findall(
        r'^\s*"([A-Za-z0-9_\-]+)>=', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert len(wanted) > 20
    pinned = {name.lower().replace("_", "-") for name in pins}
    assert {name.lower().replace("_", "-") for name in wanted} <= pinned
