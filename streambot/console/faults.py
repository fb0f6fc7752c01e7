"""Errors as the console tells them: one JSON shape for programs, a page for people, never a traceback for either."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from streambot.core.errors import StorageError
from streambot.core.told import Told, wired

ErrorPage = Callable[[web.Request, int, str, str], str]
"""Draws an error: the request, the status, the sentence, and the error's id or ""."""

_DATA_PREFIXES: Final = ("/api/", "/ws/", "/-/", "/static/")
_DATA_SUFFIXES: Final = (".csv", ".jsonl")
_SENTENCES: Final = {
    404: Told("nothing_here", "There is nothing here."),
    405: Told("no_method", "This address does not take that method."),
    413: Told("too_much", "That was more than {n} KiB.", n=64),
}

log = structlog.get_logger("streambot.console")


class Fault(Exception):  # noqa: N818 - it is an answer to a request, made by raising
    """An answer other than the one asked for: a status and one sentence for people.

    ``errors`` are the single causes, ``fields`` go into the JSON beside them.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        errors: Sequence[str] = (),
        fields: Mapping[str, Any] | None = None,
        forget_cookie: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = tuple(errors)
        self.fields = dict(fields or {})
        self.forget_cookie = forget_cookie


def wants_data(request: web.Request) -> bool:
    """Whether a program asks: by the address, so that the same address always answers in the same form."""
    return request.path.startswith(_DATA_PREFIXES) or request.path.endswith(_DATA_SUFFIXES)


def error_json(fault: Fault) -> dict[str, Any]:
    """The one error shape."""
    return {
        "ok": False,
        "error": fault.message,
        **({"told": wired(fault.message)} if isinstance(fault.message, Told) else {}),
        "errors": list(fault.errors) or [fault.message],
        "status": fault.status,
        **fault.fields,
    }


def catch_faults(page: ErrorPage, cookie: str) -> Middleware:
    """The outermost middleware: every error leaves through here."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except Fault as fault:
            found = fault
        except web.HTTPException as error:
            if error.status < 400:
                raise
            found = Fault(error.status, _SENTENCES.get(error.status, error.reason))
        except StorageError as error:
            log.exception("console_storage", path=request.path)
            found = Fault(503, Told("no_log", "The moderation log cannot be read right now."), errors=(str(error),))
        # The boundary to people: a bug in one page is told by an id and logged with its traceback, the rest go on.
        except Exception:
            error_id = secrets.token_hex(6)
            log.exception("console_bug", error_id=error_id, method=request.method, path=request.path)
            found = Fault(
                500, Told("bug", "Something went wrong inside streambot; it is logged."), fields={"id": error_id}
            )
        return _answer(request, found, page, cookie)

    return middleware


def _answer(request: web.Request, fault: Fault, page: ErrorPage, cookie: str) -> web.StreamResponse:
    response: web.Response
    if wants_data(request):
        response = web.json_response(error_json(fault), status=fault.status)
    else:
        text = page(request, fault.status, fault.message, str(fault.fields.get("id", "")))
        response = web.Response(text=text, status=fault.status, content_type="text/html")
    if fault.forget_cookie and cookie in request.cookies:
        response.del_cookie(cookie, path="/", httponly=True, samesite="Strict")
    return response
