"""Certificates of our own making, by the ``openssl`` command."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from pathlib import Path

import pytest


class Authority:
    """A certificate authority nobody knows but who is given its ``file``, and servers that it vouches for."""

    def __init__(self, folder: Path, name: str = "authority") -> None:
        if shutil.which("openssl") is None:
            pytest.skip("the openssl command is needed to make certificates")
        self.file, self._key = folder / f"{name}.pem", folder / f"{name}.key"
        self._folder, self._name = folder, name
        self._run("req", "-x509", *self._new(self._key, "streambot tests"), "-out", str(self.file))

    def server(self, address: str) -> ssl.SSLContext:
        """The context of a server whose certificate is for this name (``DNS:localhost``, ``IP:127.0.0.1``)."""
        key, asked, signed = (self._folder / f"{self._name}-server.{end}" for end in ("key", "csr", "pem"))
        names = self._folder / f"{self._name}-names"
        names.write_text(f"subjectAltName={address}\n")
        self._run("req", *self._new(key, "server"), "-out", str(asked))
        self._run(
            *("x509", "-req", "-in", str(asked), "-CA", str(self.file), "-CAkey", str(self._key)),
            *("-CAcreateserial", "-days", "2", "-extfile", str(names), "-out", str(signed)),
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(signed, key)
        return context

    @staticmethod
    def _new(key: Path, name: str) -> tuple[str, ...]:
        curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")
        return (*curve, "-nodes", "-keyout", str(key), "-subj", f"/CN={name}", "-days", "2")

    @staticmethod
    def _run(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], check=True, capture_output=True)
