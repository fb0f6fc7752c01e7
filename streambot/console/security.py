"""What keeps strange pages out: Host and Origin allow-lists, JSON-only writes, and the headers of every answer.

A page on another site can make this browser send requests to a loopback address, by a plain form, a WebSocket or DNS
rebinding. Comparing Origin with Host is worthless against the last (ENGINE.md C2), so both are compared with a list.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection
from typing import Final

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from streambot.console.faults import Fault

BODY_LIMIT: Final = 64 * 1024
"""Bytes of a request's body and of one message on a socket."""
_LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")
_JSON: Final = frozenset({"application/json", "application/x-ndjson", "application/jsonl"})
"""What no page of another site can send without asking first (CORS): lines of JSON are for whoever brings comments."""
_SAFE: Final = frozenset({hdrs.METH_GET, hdrs.METH_HEAD})
_OWN_SITE: Final = frozenset({"same-origin", "none"})
_STANDARD_PORTS: Final = frozenset({80, 443})


def content_security_policy(inline_script: str) -> str:
    """The policy of every page. ``inline_script`` (the import map) is the one inline element allowed, by its hash."""
    digest = base64.b64encode(hashlib.sha256(inline_script.encode()).digest()).decode()
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'sha256-{digest}'",
            "style-src 'self'",
            "connect-src 'self'",
            "img-src 'self' data:",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
        )
    )


class Gate:
    """The middleware in front of every handler. ``allowed_hosts`` are names beside loopback, ``name`` or ``name:port``.

    A name without a port is allowed with the port we listen on and, for a proxy in front, with none.
    """

    def __init__(self, allowed_hosts: Collection[str], csp: str) -> None:
        self._allowed = frozenset(host.lower() for host in allowed_hosts)
        self._headers = {
            "Content-Security-Policy": csp,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
        }

    async def set_headers(self, _: web.Request, response: web.StreamResponse) -> None:
        """Signal handler: the same headers on pages, data, errors and upgrades; nothing is cached unless it says so."""
        response.headers.update(self._headers)
        response.headers.setdefault(hdrs.CACHE_CONTROL, "no-store")

    def middleware(self) -> Middleware:
        """Refuses with 421, 403 or 415 before a handler, or a token check, sees the request."""

        @web.middleware
        async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
            hosts = self._hosts(request)
            named = request.headers.getall(hdrs.HOST, [])
            if len(named) != 1 or named[0].lower() not in hosts:
                raise Fault(421, "This console does not answer to that name. Add it to allowed_hosts to use it.")
            upgrade = hdrs.UPGRADE in request.headers
            if upgrade or request.method not in _SAFE:
                _check_origin(request, hosts)
            if request.method not in _SAFE and request.content_type not in _JSON:
                raise Fault(415, "Send JSON, with Content-Type: application/json.")
            return await handler(request)

        return middleware

    def _hosts(self, request: web.Request) -> frozenset[str]:
        """Every Host that means us, on the port this request came in by."""
        port = _local_port(request)
        names = {f"{name}:{port}" for name in _LOOPBACK}
        if port in _STANDARD_PORTS:
            names.update(_LOOPBACK)
        for host in self._allowed:
            names.add(host)
            if not _has_port(host):
                names.add(f"{host}:{port}")
        return frozenset(names)


def _check_origin(request: web.Request, hosts: Collection[str]) -> None:
    """Raises Fault 403 unless the request comes from one of our own pages or from no browser at all."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in _OWN_SITE:
        raise Fault(403, "Another site asked for this; only streambot's own pages may.")
    origins = request.headers.getall(hdrs.ORIGIN, [])
    if not origins:
        return
    scheme, _, host = origins[0].lower().partition("://")
    if len(origins) != 1 or scheme not in {"http", "https"} or host not in hosts:
        raise Fault(403, "Another site asked for this; only streambot's own pages may.")


def _local_port(request: web.Request) -> int:
    """The port we listen on, from the socket: nothing the client says has a part in it."""
    transport = request.transport
    name = transport.get_extra_info("sockname") if transport is not None else None
    return int(name[1]) if isinstance(name, tuple) else 0


def _has_port(host: str) -> bool:
    return host.rpartition("]")[2].rpartition(":")[2].isdigit() and ":" in host.rpartition("]")[2]
