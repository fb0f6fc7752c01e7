"""Who is asking, and what their role lets them see and do (UX.md §6)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Protocol

from aiohttp import web
from aiohttp.typedefs import Handler

from streambot.console.faults import Fault
from streambot.core.told import Told

COOKIE: Final = "streambot_session"
TOKEN_LIMIT: Final = 512
"""Characters of a token that are looked at."""


class Rank(IntEnum):
    """Roles by what they may; each may everything that the ones before it may."""

    HOST = 1
    CONTROLLER = 2
    OPS = 3
    ADMIN = 4


@dataclass(frozen=True, slots=True)
class Identity:
    """A person by the id that stands in the log, and their role: ``host``, ``controller``, ``ops`` or ``admin``."""

    id: str
    role: str

    @property
    def rank(self) -> Rank:
        """The role as a rank."""
        return Rank[self.role.upper()]


LOCAL_ADMIN: Final = Identity("local", "admin")
"""Whoever sits at the machine, on a console that listens on loopback only and asks for no token."""


def lacking(who: Identity, rank: Rank) -> Fault:
    """The answer to somebody whose role is not enough."""
    needs = rank.name.lower()
    return Fault(403, Told("lacking", "Your role is {role}; this needs {rank}.", role=who.role, rank=needs))


class TokenChecker(Protocol):
    """Where tokens are known."""

    async def check(self, token: str) -> Identity | None:
        """Whose token this is; None if it is unknown, expired or revoked."""
        ...


IDENTITY: Final = web.RequestKey("identity", Identity)


def identity_of(request: web.Request) -> Identity:
    """Who asks, in a handler behind :meth:`Doorkeeper.at_least`."""
    return request[IDENTITY]


class Doorkeeper:
    """Settles who asks. A token that is shown always decides, by header before cookie; a bad one is 401 everywhere.

    ``require_token`` False: who shows no token is the local admin.
    """

    def __init__(self, tokens: TokenChecker, *, require_token: bool) -> None:
        self._tokens = tokens
        self._anybody = None if require_token else LOCAL_ADMIN

    def anybody(self, handler: Handler) -> Handler:
        """The handler, for whoever asks, also nobody; but who shows a bad token gets 401."""

        async def known(request: web.Request) -> web.StreamResponse:
            who = await self.who(request)
            if who is not None:
                request[IDENTITY] = who
            return await handler(request)

        return known

    def at_least(self, rank: Rank, handler: Handler) -> Handler:
        """The handler, for this rank and those above it; 401 for nobody, 403 for anybody else."""

        async def ranked(request: web.Request) -> web.StreamResponse:
            who = request.get(IDENTITY)
            if who is None:
                raise Fault(
                    401,
                    Told("no_token", "This needs a token. Open the link that you were given, or ask an admin for one."),
                )
            if who.rank < rank:
                raise lacking(who, rank)
            return await handler(request)

        return self.anybody(ranked)

    async def who(self, request: web.Request) -> Identity | None:
        """The identity behind a request, None for nobody. Raises Fault 401 for a bad token."""
        token = shown_token(request)
        return self._anybody if token is None else await self.check(token)

    async def check(self, token: str) -> Identity:
        """Whose token this is. Raises Fault 401 for a bad one."""
        who = await self._tokens.check(token) if 0 < len(token) <= TOKEN_LIMIT else None
        if who is None:
            raise Fault(
                401, Told("bad_token", "This token is not valid. Ask an admin for a new link."), forget_cookie=True
            )
        return who


def shown_token(request: web.Request) -> str | None:
    """The token of the Authorization header or of the session cookie."""
    header = request.headers.get("Authorization")
    if header is not None:
        scheme, _, token = header.partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""
    return request.cookies.get(COOKIE)
