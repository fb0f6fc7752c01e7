"""``POST /api/v1/rooms/{room}/commands``: what a person asks for, checked, passed to the desk, and the answer told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from streambot.console.auth import COOKIE, TOKEN_LIMIT, Doorkeeper, Rank, identity_of
from streambot.console.faults import Fault
from streambot.console.wire import iso, iso_or_none
from streambot.core.command import Answer, Command, Mode, Reply, Verb
from streambot.core.comment import MAX_ID
from streambot.ports import Desk

HOST_VERBS: Final = frozenset({Verb.ANSWERED, Verb.REOPEN})
"""What a host may ask for; the rest needs a controller."""
_OF_THE_ROOM: Final = frozenset({Verb.MODE, Verb.ITEM, Verb.SCENARIO, Verb.POST})
"""What may be asked for without saying what it is about."""
_OF_SOMETHING_ELSE: Final = {Verb.MERGE: "into which question", Verb.SPLIT: "which wording"}
"""What needs a value too, and what it says."""
LONGEST_TYPED: Final = 2000
_KEY_LIMIT: Final = 200
_REASON_LIMIT: Final = 500
_REFUSED: Final = {Answer.FORBIDDEN: 403, Answer.NOT_FOUND: 404, Answer.INVALID: 422}
_SENTENCE: Final = {
    Answer.FORBIDDEN: "This cannot be done here.",
    Answer.NOT_FOUND: "streambot does not know that.",
    Answer.INVALID: "This cannot be done with that.",
}


class Commands:
    """The handlers of what people send."""

    def __init__(self, desk: Desk, doorkeeper: Doorkeeper) -> None:
        self._desk = desk
        self._doorkeeper = doorkeeper

    async def command(self, request: web.Request) -> web.Response:
        """202 accepted, 200 already so, 409 somebody was first, 403, 404 or 422 refused."""
        who = identity_of(request)
        body = await json_object(request)
        command = _parse(request, body, who.id)
        if who.rank < Rank.CONTROLLER and command.verb not in HOST_VERBS:
            raise Fault(403, f"Your role is {who.role}; {command.verb} needs a controller.")
        return tell(await self._desk.command(command))

    async def session(self, request: web.Request) -> web.Response:
        """A link's token, exchanged for a cookie that no script can read and no other site can send."""
        token = (await json_object(request)).get("k")
        if not isinstance(token, str) or len(token) > TOKEN_LIMIT:
            raise Fault(422, '"k" must be the token of your link.')
        who = await self._doorkeeper.check(token)
        response = web.json_response({"ok": True, "id": who.id, "role": who.role})
        response.set_cookie(COOKIE, token, path="/", httponly=True, samesite="Strict", secure=request.secure)
        return response


async def json_object(request: web.Request) -> Mapping[str, Any]:
    """The body as a JSON object. Raises Fault 400."""
    try:
        body = json.loads(await request.text())
    except (ValueError, RecursionError) as error:
        raise Fault(400, "The body is not JSON.") from error
    if not isinstance(body, dict):
        raise Fault(400, "The body is not a JSON object.")
    return body


def _parse(request: web.Request, body: Mapping[str, Any], actor: str) -> Command:
    errors: list[str] = []

    def text(name: str, limit: int) -> str:
        value = body.get(name) or ""
        if not isinstance(value, str) or len(value) > limit:
            errors.append(f'"{name}" must be a text of at most {limit} characters.')
            return ""
        return value

    verb, target = text("act", 20), text("target", MAX_ID)
    value = text("value", LONGEST_TYPED if verb in {Verb.SEND, Verb.POST, Verb.SPLIT} else MAX_ID)
    reason, via = text("reason", _REASON_LIMIT), text("via", 20)
    key = request.headers.get("Idempotency-Key", "")
    if verb not in set(Verb):
        errors.append(f'"act" must be one of {", ".join(Verb)}.')
    elif verb == Verb.MODE and value not in set(Mode):
        errors.append(f'"value" must be one of {", ".join(Mode)}.')
    elif verb not in _OF_THE_ROOM and not target:
        errors.append('"target" must say what this is about.')
    elif verb in _OF_SOMETHING_ELSE and not value:
        errors.append(f'"value" must say {_OF_SOMETHING_ELSE[Verb(verb)]}.')
    if len(key) > _KEY_LIMIT:
        errors.append(f"Idempotency-Key must have at most {_KEY_LIMIT} characters.")
    if errors:
        raise Fault(422, errors[0], errors=errors)
    return Command(
        room=request.match_info["room"],
        verb=Verb(verb),
        actor=actor,
        target=target,
        reason=reason,
        value=value,
        via=via,
        key=key,
    )


def tell(reply: Reply) -> web.Response:
    """A reply as an answer: 202, 200, or a Fault."""
    if reply.answer is Answer.ACCEPTED:
        until = iso_or_none(reply.undo_until or None)
        answer = {"ok": True, "event": reply.event, "state": "queued", "undo_until": until}
        return web.json_response(answer | ({"message": reply.message} if reply.message else {}), status=202)
    if reply.answer is Answer.NOOP:
        return web.json_response({"ok": True, "state": "noop"})
    if reply.answer is Answer.CONFLICT:
        first = {"by": reply.by, "act": reply.act, "at": iso(reply.at)}
        raise Fault(409, reply.message or f"{reply.by} was first: {reply.act}.", fields=first)
    fields = {"findings": list(reply.findings)} if reply.findings else None
    raise Fault(_REFUSED[reply.answer], reply.message or _SENTENCE[reply.answer], fields=fields)
