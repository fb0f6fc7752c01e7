"""What a connection needs beside its URL, in files that are read anew for every attempt."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path

from streambot.core.errors import ConfigError
from streambot.platforms.secret_files import read_headers

Stamp = tuple[tuple[int, int, int] | None, ...]
"""Change time (ns), number and size of each file, None for one that is not there."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """The headers that are sent, and the certificate of the authority that is trusted in place of the system's."""

    headers_file: Path | None = None
    ca_file: Path | None = None

    def headers(self) -> tuple[tuple[str, str], ...]:
        """What stands in the file now. Raises ConfigError."""
        return read_headers(self.headers_file) if self.headers_file is not None else ()

    def trust(self) -> ssl.SSLContext | None:
        """What servers are checked against; None where the system's authorities are trusted. Raises ConfigError."""
        if self.ca_file is None:
            return None
        try:
            return ssl.create_default_context(cafile=str(self.ca_file))
        except OSError as error:
            # An SSLError is an OSError too; OpenSSL's own words help nobody.
            why = "it is no certificate in PEM" if isinstance(error, ssl.SSLError) else error.strerror
            raise ConfigError(
                f"{self.ca_file} cannot be used as an authority: {why}.",
                code="ca_file_invalid",
                fix="Name the PEM file of the authority that signed the server's certificate.",
            ) from error

    def stamp(self) -> Stamp:
        """What differs once a file was written, replaced or given other rights; the files themselves stay unread."""
        return tuple(_stamp(path) for path in (self.headers_file, self.ca_file) if path is not None)


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ctime_ns, status.st_ino, status.st_size
