"""The actuator of an operator's own tool: each action is a signed POST, and the answer says what became of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, ConnectionTimeoutError, hdrs
from aiohttp.client_exceptions import ClientConnectorError

from streambot.core.action import Action, Capability, Operation, Outcome, Result
from streambot.core.errors import AuthError, CommentError, ConfigError
from streambot.platforms.action_wire import NotSentError, action_id, action_json, in_doubt, outcome_of
from streambot.platforms.backoff import retry_after
from streambot.platforms.intake import read_json
from streambot.platforms.signature import signed_headers
from streambot.ports import Clock
from streambot.printable import json_line

MOST_ANSWER: Final = 64 * 1024
"""Bytes of an answer that are read."""
TIMEOUT: Final = 10.0
CONNECT_TIMEOUT: Final = 5.0


class WebhookActuator:
    """Posts actions to ``url``, signed with ``secret`` (see :mod:`streambot.platforms.signature`).

    ``can`` is what the tool at the other end is said to do, ``new_id`` gives an id that was never used, ``timeout``
    the seconds for the whole exchange. ``session`` is closed by whoever made it. Raises ConfigError if the URL cannot
    be posted to.
    """

    def __init__(
        self,
        session: ClientSession,
        url: str,
        secret: bytes,
        *,
        can: Mapping[Operation, Capability],
        clock: Clock,
        new_id: Callable[[], str],
        timeout: float = TIMEOUT,
    ) -> None:
        self._session = session
        self._url = url
        self._host = _checked_host(url)
        self._secret = secret
        self._can = can
        self._clock = clock
        self._new_id = new_id
        self._timeout = ClientTimeout(total=timeout, sock_connect=min(timeout, CONNECT_TIMEOUT))

    @property
    def capabilities(self) -> Mapping[Operation, Capability]:
        """As the operator stated them."""
        return self._can

    async def apply(self, action: Action) -> Outcome:
        """Post one action. Raises NotSentError, RetryError or AuthError; nothing that it raises shows the URL."""
        body = json_line(action_json(action)).encode()
        headers = {
            **signed_headers(self._secret, self._new_id(), self._clock(), body),
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
            raise NotSentError(f"{self._host} cannot be reached.", code="unreachable") from error
        except TimeoutError:
            return in_doubt(action, self._can, f"{self._host} did not answer in time")
        except (ClientError, OSError):
            return in_doubt(action, self._can, f"the connection to {self._host} broke before the answer")

    async def _outcome(self, response: ClientResponse, action: Action) -> Outcome:
        status = response.status
        if status in (401, 403):
            raise AuthError(
                f"{self._host} refused our signature ({status}).",
                code="webhook_auth",
                fix="Check that both ends have the same secret and the right time.",
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
