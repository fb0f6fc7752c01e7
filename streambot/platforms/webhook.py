"""The actuator of an operator's own tool: each action is a signed POST, and the answer says what became of it.

Where the tool has an address for it, it is asked later about what it did not answer: a signed GET. In its signature the
query, as it is sent, stands for the body.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, ConnectionTimeoutError, hdrs
from aiohttp.client_exceptions import ClientConnectorError
from yarl import URL

from streambot.core.action import Action, Capability, Operation, Outcome, Result
from streambot.core.errors import AuthError, CommentError, ConfigError
from streambot.core.told import Told
from streambot.platforms.action_wire import (
    NotSentError,
    action_id,
    action_json,
    found,
    in_doubt,
    outcome_of,
    status_question,
)
from streambot.platforms.backoff import retry_after
from streambot.platforms.intake import read_json
from streambot.platforms.secret_files import SecretFile
from streambot.platforms.signature import signed_headers
from streambot.ports import Clock, Fate
from streambot.printable import json_line

MOST_ANSWER: Final = 64 * 1024
"""Bytes of an answer that are read."""
TIMEOUT: Final = 10.0
CONNECT_TIMEOUT: Final = 5.0


class WebhookActuator:
    """Posts actions to ``url``, signed with the ``secret`` (see :mod:`streambot.platforms.signature`).

    A signature that is refused is made anew if the secret's file holds another one by then. ``status_url`` is where to
    ask what became of an action, empty if the tool cannot be asked. ``can`` is what the tool is said to do, ``new_id``
    gives an id that was never used, ``timeout`` the seconds for a whole exchange. ``session`` is closed by whoever made
    it. Raises ConfigError if a URL cannot be used.
    """

    def __init__(
        self,
        session: ClientSession,
        url: str,
        secret: SecretFile,
        *,
        can: Mapping[Operation, Capability],
        clock: Clock,
        new_id: Callable[[], str],
        timeout: float = TIMEOUT,
        status_url: str = "",
    ) -> None:
        self._session = session
        self._url = url
        self._host = _checked_host(url)
        if status_url:
            _checked_host(status_url)
        self._status_url = status_url
        self._secret = secret
        self._can = can
        self._clock = clock
        self._new_id = new_id
        self._timeout = ClientTimeout(total=timeout, sock_connect=min(timeout, CONNECT_TIMEOUT))

    @property
    def capabilities(self) -> Mapping[Operation, Capability]:
        """As the operator stated them."""
        return self._can

    @property
    def reads_back(self) -> bool:
        """See ``ports.ReadBack``."""
        return bool(self._status_url)

    def renewed(self) -> bool:
        """See ``ports.Renewable``. A file that cannot be read now is no new secret."""
        try:
            return self._secret.renew()
        except ConfigError:
            return False

    async def apply(self, action: Action) -> Outcome:
        """Post one action. Raises NotSentError, RetryError or AuthError; nothing that it raises shows the URL."""
        try:
            return await self._post(action)
        except AuthError as refused:
            if not self._renewed_after(refused):
                raise
        return await self._post(action)

    async def look_up(self, action: Action) -> Outcome | Fate | None:
        """Ask what became of an action; None while there is no answer that says so."""
        url = URL(self._status_url).update_query(status_question(action))
        headers = signed_headers(self._secret.secret, self._new_id(), self._clock(), url.raw_query_string.encode())
        try:
            async with self._session.get(
                url, headers=headers, timeout=self._timeout, allow_redirects=False
            ) as response:
                return found(await _bounded_json(response), action) if response.status == 200 else None
        except (TimeoutError, ClientError, OSError):
            return None

    def _renewed_after(self, refused: AuthError) -> bool:
        """Whether there is another secret to try. Raises AuthError if the file cannot be read."""
        try:
            return self._secret.renew()
        except ConfigError as error:
            raise AuthError(f"{refused.message} {error.message}", code=error.code, fix=error.fix) from error

    async def _post(self, action: Action) -> Outcome:
        body = json_line(action_json(action)).encode()
        headers = {
            **signed_headers(self._secret.secret, self._new_id(), self._clock(), body),
            hdrs.CONTENT_TYPE: "application/json",
            "Idempotency-Key": action_id(action),
            # A kept connection may be closed by the server just as it is used: a post that never arrived would be
            # in doubt. Actions are few.
            hdrs.CONNECTION: "close",
        }
        try:
            async with self._session.post(
                self._url, data=body, headers=headers, timeout=self._timeout, allow_redirects=False
            ) as response:
                return await self._outcome(response, action)
        except (ClientConnectorError, ConnectionTimeoutError) as error:
            raise NotSentError(
                Told("unreachable", "{host} cannot be reached.", host=self._host), code="unreachable"
            ) from error
        except TimeoutError:
            return in_doubt(action, self._can, f"{self._host} did not answer in time")
        except (ClientError, OSError):
            return in_doubt(action, self._can, f"the connection to {self._host} broke before the answer")

    async def _outcome(self, response: ClientResponse, action: Action) -> Outcome:
        status = response.status
        if status in (401, 403):
            raise AuthError(
                Told("signature", "{host} refuses our signature ({code}).", host=self._host, code=str(status)),
                code="webhook_auth",
                fix=Told(
                    "fix_secret",
                    "Put the new secret into {file} (both ends need the same secret and the right time);"
                    " it is tried again by itself.",
                    file=str(self._secret.path),
                ),
            )
        wait = retry_after(response.headers.get(hdrs.RETRY_AFTER), self._clock())
        if status == 429:
            raise NotSentError(f"{self._host} asks us to slow down (429).", code="rate_limited", retry_after=wait)
        if status == 408 or status >= 500:
            return in_doubt(action, self._can, f"{self._host} failed ({status})", retry_after=wait)
        if not 200 <= status < 300:
            return Outcome(Result.FAILED, f"{self._host} did not take it ({status})")
        outcome = outcome_of(await _bounded_json(response), action)
        return outcome or Outcome(Result.UNKNOWN, f"{self._host} answered {status} without saying what became of it")


def _checked_host(url: str) -> str:
    """Where a URL leads, without what may be secret in it."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    else:
        if parts.scheme not in ("http", "https") or parts.username or parts.fragment:
            host = None
    if not host:
        raise ConfigError(
            "the webhook's URL is none that can be posted to.",
            code="webhook_url",
            fix="Write it as https://host/path, without a user name or a #fragment.",
        )
    return f"{host}:{port}" if port else host


async def _bounded_json(response: ClientResponse) -> object:
    """The answer, None if it is not JSON or too long to be one."""
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > MOST_ANSWER:
            return None
    try:
        return read_json(bytes(body))
    except CommentError:
        return None
