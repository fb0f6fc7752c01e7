"""Who may bring comments."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import hdrs

from streambot.platforms.signature import SIGNATURE, Verifier


class IngestAuth:
    """Who may bring comments: who shows a token that ``bearer`` knows, or a signature that ``verifier`` believes."""

    def __init__(self, *, bearer: Callable[[str], Awaitable[bool]], verifier: Verifier | None) -> None:
        self._bearer = bearer
        self._verifier = verifier

    async def allows(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether a request with this body may come in; a signature is good for one request."""
        if SIGNATURE in headers:
            return self._verifier is not None and self._verifier.allows(headers, body)
        return await self.still_allows(headers)

    async def still_allows(self, headers: Mapping[str, str]) -> bool:
        """Whether a connection that was let in may go on: a token can be revoked, a signature was checked once."""
        if SIGNATURE in headers:
            return True
        scheme, _, token = headers.get(hdrs.AUTHORIZATION, "").partition(" ")
        return scheme.lower() == "bearer" and bool(token.strip()) and await self._bearer(token.strip())
