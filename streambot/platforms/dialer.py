"""Opening a WebSocket connection, and what its failures mean to people."""

from __future__ import annotations

import ipaddress
import logging
import ssl
from typing import Any, Final
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus, WebSocketException

from streambot.core.errors import AuthError, ConfigError
from streambot.core.told import Told
from streambot.platforms.action_wire import NotSentError, shown
from streambot.platforms.backoff import retry_after
from streambot.platforms.credentials import Credentials, Stamp
from streambot.ports import Clock

MOST_FRAME: Final = 1024 * 1024
"""Bytes of one frame."""
QUEUED_FRAMES: Final = 64
"""Frames held for a pipeline that is busy; beyond it the server has to wait."""


class Dialer:
    """Connects to one server (ws or wss), each time with what the files of credentials hold by then.

    Neither the URL nor the headers appear in anything that is said or logged. Raises ConfigError for a wrong URL or a
    file that cannot be used.
    """

    def __init__(self, url: str, credentials: Credentials, clock: Clock) -> None:
        self.host = _checked_host(url)
        self._url = url
        self._secure = url.startswith("wss:")
        self._credentials = credentials
        self._clock = clock
        credentials.headers()
        credentials.trust()

    def stamp(self) -> Stamp:
        """What differs once a file of credentials was changed."""
        return self._credentials.stamp()

    async def open(self) -> ClientConnection:
        """A connection that stands.

        Raises AuthError where only a person can help, NotSentError with the server's wish when to come again.
        """
        try:
            trust = self._credentials.trust() if self._secure else None
            secured: dict[str, Any] = {} if trust is None else {"ssl": trust}
            return await _Connect(
                self._url,
                additional_headers=self._credentials.headers(),
                user_agent_header="streambot",
                proxy=None if _is_loopback(self._url) else True,
                # Silence is watched by the source: a reader that a full disk holds up is no dead link.
                ping_interval=None,
                close_timeout=2,
                max_size=MOST_FRAME,
                max_queue=QUEUED_FRAMES,
                logger=_wire_log(),
                **secured,
            )
        except ConfigError as error:
            raise AuthError(error.message, code=error.code, fix=error.fix) from error
        except InvalidStatus as error:
            status, headers = error.response.status_code, error.response.headers
            if status in (401, 403):
                raise self.refused(str(status)) from None
            raise NotSentError(
                f"{self.host} does not let us in ({status}).",
                code="handshake",
                retry_after=retry_after(headers.get("Retry-After"), self._clock()),
            ) from None
        except WebSocketException as error:
            raise NotSentError(f"{self.host} does not speak WebSocket as it should.", code="handshake") from error
        except ssl.SSLCertVerificationError as error:
            raise self._untrusted(error) from error
        except OSError as error:
            raise NotSentError(
                f"{self.host} cannot be reached: {shown(error.strerror) or type(error).__name__}.", code="unreachable"
            ) from error

    def refused(self, code: str) -> AuthError:
        """The server refused us with this status or close code."""
        file = self._credentials.headers_file
        fix = Told("fix_source_secret", "name a headers_file in this room's source.")
        if file:
            fix = Told("fix_change", "change them in {file}.", file=str(file))
        said = Told("source_refused", "{host} refused our credentials ({code}):", host=self.host, code=code)
        return AuthError(said, code="websocket_auth", fix=fix)

    def _untrusted(self, error: ssl.SSLCertVerificationError) -> AuthError:
        file = self._credentials.ca_file
        fix = Told("fix_authority", "name the authority that signed it as ca_file in this room's source.")
        if file:
            fix = Told("fix_check", "check {file}.", file=str(file))
        return AuthError(
            Told(
                "certificate", "the certificate of {host} is not to be trusted ({why}):",
                host=self.host, why=shown(error.verify_message),
            ),
            code="websocket_certificate",
            fix=fix,
        )  # fmt: skip


class _Connect(connect):
    """Follows no redirect: the library would take our own headers along, whatever is in them."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


def _wire_log() -> logging.Logger:
    """The library's log, at a level at which it does not show headers."""
    log = logging.getLogger("streambot.platforms.websocket.wire")
    log.setLevel(logging.WARNING)
    return log


def _checked_host(url: str) -> str:
    """Where a URL leads, without what may be secret in it."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
        (host or "").encode("idna")
    except ValueError:
        host = port = None
    else:
        if parts.scheme not in ("ws", "wss") or parts.username or parts.fragment:
            host = None
    if not host:
        raise ConfigError(
            "the WebSocket's URL is none that can be connected to.",
            code="websocket_url",
            fix="Write it as wss://host/path, without a user name or a #fragment; credentials go into the headers.",
        )
    return f"{host}:{port}" if port else host


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
