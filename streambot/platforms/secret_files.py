"""Secrets that live in files of their own: readable by their owner alone, and never part of a message."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import Final

from streambot.core.errors import ConfigError

MOST_BYTES: Final = 16 * 1024
_HEADER_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE: Final = re.compile(r"[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?")


def read_secret(path: Path) -> str:
    """The file's text without the white space around it. Raises ConfigError, also if others may read the file."""
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            if status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise ConfigError(
                    f"{path} can be read by others.", code="secret_exposed", fix=f"Run `chmod 600 {path}`."
                )
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be read: {error.strerror}.", code="secret_unreadable", fix="Check the path."
        ) from error
    try:
        text = data.decode().strip()
    except UnicodeDecodeError:
        text = ""
    if not text or len(data) > MOST_BYTES:
        raise ConfigError(
            f"{path} holds no secret: it is empty, not text, or longer than {MOST_BYTES // 1024} KiB.",
            code="secret_invalid",
            fix="Put the secret into it, and nothing else.",
        )
    return text


class SecretFile:
    """A secret in a file that a person may replace while streambot runs. Raises ConfigError as :func:`read_secret`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._text = read_secret(path)

    @property
    def secret(self) -> bytes:
        """The secret as it was read last."""
        return self._text.encode()

    def renew(self) -> bool:
        """Read the file anew; whether it holds another secret than before. Raises ConfigError, and keeps the old one.

        Its content is compared: a copy may well keep the time and the length of what it replaces.
        """
        before, self._text = self._text, read_secret(self.path)
        return self._text != before


def read_headers(path: Path) -> tuple[tuple[str, str], ...]:
    """HTTP headers, one ``Name: value`` a line; blank lines and lines that begin with ``#`` are left out.

    Raises ConfigError that names the line and never shows what is in it.
    """
    headers = []
    for number, line in enumerate(read_secret(path).split("\n"), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, _, value = line.partition(":")
        if not _HEADER_NAME.fullmatch(name.strip()) or not _HEADER_VALUE.fullmatch(value.strip()):
            raise ConfigError(
                f"{path}:{number} is no header.", code="secret_invalid", fix="Write one `Name: value` a line, in ASCII."
            )
        headers.append((name.strip(), value.strip()))
    return tuple(headers)
