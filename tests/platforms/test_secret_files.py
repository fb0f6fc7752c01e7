"""Secrets in files: the owner's alone, and never shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from streambot.core.errors import ConfigError
from streambot.platforms.secret_files import read_headers, read_secret

CANARY = "canary-4f1d"


def a_file(folder: Path, text: str | bytes, mode: int = 0o600) -> Path:
    path = folder / "secret"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    path.chmod(mode)
    return path


def test_a_secret_is_the_text_without_its_line_end(tmp_path):
    assert read_secret(a_file(tmp_path, f"{CANARY}\n")) == CANARY


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610, 0o601])
def test_a_file_that_others_can_reach_is_refused_with_the_command_that_helps(tmp_path, mode):
    path = a_file(tmp_path, CANARY, mode)
    with pytest.raises(ConfigError, match=f"chmod 600 {path}") as caught:
        read_secret(path)
    assert caught.value.code == "secret_exposed"
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize("content", ["", " \n", b"\xff\xfe", "x" * 20_000])
def test_what_is_no_secret_is_refused(tmp_path, content):
    with pytest.raises(ConfigError) as caught:
        read_secret(a_file(tmp_path, content))
    assert caught.value.code == "secret_invalid"


def test_a_missing_file_and_a_folder_are_told(tmp_path):
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(ConfigError) as caught:
            read_secret(path)
        assert caught.value.code == "secret_unreadable"


def test_headers_are_a_name_and_a_value_a_line(tmp_path):
    path = a_file(tmp_path, f"# of the relay\nAuthorization: Bearer {CANARY}\r\n\nX-Room : a: b\n")
    assert read_headers(path) == (("Authorization", f"Bearer {CANARY}"), ("X-Room", "a: b"))


@pytest.mark.parametrize("line", [f"Bearer {CANARY}", f": {CANARY}", "Empty:", f"Two words: {CANARY}", f"X: é{CANARY}"])
def test_a_line_that_is_no_header_is_named_by_number_and_not_shown(tmp_path, line):
    with pytest.raises(ConfigError, match=":2 is no header") as caught:
        read_headers(a_file(tmp_path, f"X-Good: yes\n{line}\n"))
    assert CANARY not in str(caught.value)
