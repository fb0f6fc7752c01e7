"""Actions posted to an operator's own tool, which may answer anything or nothing."""

from __future__ import annotations

import asyncio
import gzip
import itertools
import json
import socket
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from streambot.core.action import Action, Operation, Outcome, Result
from streambot.core.errors import AuthError, ConfigError
from streambot.platforms.action_wire import NotSentError, RetryError
from streambot.platforms.declared import declared_capabilities
from streambot.platforms.secret_files import SecretFile
from streambot.platforms.signature import Verifier
from streambot.platforms.webhook import MOST_ANSWER, WebhookActuator
from streambot.ports import Fate

NOW = 1_795_000_000.0
SECRET = b"0123456789abcdef"
CAN = declared_capabilities(dict.fromkeys(Operation, "api"), where="can")

HIDE = Action("e1", Operation.HIDE, "th-beauty", "tiktok", "@shop_th", comment="c1", author="u1", reason="spam")
MUTE = replace(HIDE, operation=Operation.MUTE, duration=30)
POST = Action("e2", Operation.POST, "th-beauty", "tiktok", "@shop_th", text="มีค่ะ")


class Tool:
    """A recording webhook server that behaves as a test has it."""

    def __init__(self) -> None:
        self.requests: list[SimpleNamespace] = []
        self.applied: list[str] = []
        self.behave: Callable[[web.Request], Awaitable[web.StreamResponse]] = self.done

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self.requests.append(SimpleNamespace(headers=request.headers, body=body, path=request.path_qs))
        self.applied.append(json.loads(body)["action_id"])
        return await self.behave(request)

    async def done(self, request: web.Request) -> web.Response:
        return web.json_response({"action_id": self.applied[-1], "status": "done"})

    def answers(self, data: object = None, *, status: int = 200, **how) -> None:
        async def behave(_: web.Request) -> web.Response:
            return web.json_response(data, status=status, **how)

        self.behave = behave


@pytest.fixture
async def tool():
    return Tool()


@pytest.fixture
async def server(tool):
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", tool.handle)
    async with TestServer(app, host="127.0.0.1") as server:
        yield server


@pytest.fixture
async def session():
    async with ClientSession() as session:
        yield session


@pytest.fixture(autouse=True)
def secret(tmp_path, monkeypatch):
    """The file of the secret, in the folder where every test runs."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "secret"
    path.write_bytes(SECRET)
    path.chmod(0o600)
    return path


def an_actuator(session, url, *, can=CAN, timeout=5.0, status_url="") -> WebhookActuator:
    ids = itertools.count(1)
    return WebhookActuator(
        session,
        str(url),
        SecretFile(Path("secret")),
        can=can,
        clock=lambda: NOW,
        new_id=lambda: f"try-{next(ids)}",
        timeout=timeout,
        status_url=str(status_url),
    )


@pytest.fixture
def actuator(session, server):
    return an_actuator(session, server.make_url("/hook?key=canary"))


async def test_an_action_is_posted_as_the_contract_says(actuator, tool):
    assert await actuator.apply(MUTE) == Outcome(Result.APPLIED)
    (request,) = tool.requests
    assert json.loads(request.body) == {
        "action_id": "e1:mute",
        "idempotency_key": "e1:mute",
        "event": "e1",
        "action": "mute",
        "target": {
            "platform": "tiktok", "room": "th-beauty", "room_id": "@shop_th", "comment": "c1", "author": "u1",
        },
        "duration": 30,
        "reason": "spam",
        "text": None,
    }  # fmt: skip
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["Idempotency-Key"] == "e1:mute"
    assert request.path == "/hook?key=canary"


async def test_every_attempt_is_signed_anew_and_keeps_its_idempotency_key(actuator, tool):
    await actuator.apply(HIDE)
    await actuator.apply(HIDE)
    verifier = Verifier(SECRET, lambda: NOW)
    assert [verifier.allows(request.headers, request.body) for request in tool.requests] == [True, True]
    assert len({request.headers["Idempotency-Key"] for request in tool.requests}) == 1


async def test_text_that_no_encoding_can_hold_is_sent_as_an_escape(actuator, tool):
    await actuator.apply(replace(POST, text="\ud800\u2028\0"))
    assert json.loads(tool.requests[0].body)["text"] == "\ud800\u2028\0"


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ({"status": "done"}, Outcome(Result.APPLIED)),
        ({"action_id": "e1:hide", "status": "failed", "detail": "no\nway"}, Outcome(Result.FAILED, "no\\u000away")),
        ({"status": "failed", "detail": "x" * 10_000}, Outcome(Result.FAILED, "x" * 200)),
        ({"status": "unsupported", "detail": 5}, Outcome(Result.UNSUPPORTED)),
    ],
)  # fmt: skip
async def test_the_answers_status_is_the_outcome(actuator, tool, answer, outcome):
    tool.answers(answer)
    assert await actuator.apply(HIDE) == outcome


@pytest.mark.parametrize(
    "answer", [None, [], "done", {}, {"status": "ok"}, {"status": ["done"]}, {"action_id": "e9:hide", "status": "done"}]
)
async def test_an_answer_that_does_not_say_what_became_of_it_leaves_it_unknown(actuator, tool, answer):
    tool.answers(answer, status=202)
    outcome = await actuator.apply(HIDE)
    assert outcome.result is Result.UNKNOWN
    assert "202" in outcome.detail


@pytest.mark.parametrize("action", [HIDE, POST])
async def test_too_many_requests_surely_did_nothing_and_says_when_to_come_again(actuator, tool, action):
    tool.answers({}, status=429, headers={"Retry-After": "7"})
    with pytest.raises(NotSentError) as caught:
        await actuator.apply(action)
    assert caught.value.retry_after == 7


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
async def test_a_server_that_fails_is_asked_again_but_not_for_a_post(actuator, tool, status):
    tool.answers({"status": "done"}, status=status, headers={"Retry-After": "20"})
    with pytest.raises(RetryError) as caught:
        await actuator.apply(HIDE)
    assert caught.value.retry_after == 20
    assert not isinstance(caught.value, NotSentError)
    assert (await actuator.apply(POST)).result is Result.UNKNOWN


@pytest.mark.parametrize("status", [401, 403])
async def test_a_refused_signature_is_a_persons_business(actuator, tool, status):
    tool.answers({}, status=status)
    with pytest.raises(AuthError, match="same secret") as caught:
        await actuator.apply(HIDE)
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("status", [400, 404, 409, 422])
async def test_what_the_tool_does_not_take_has_failed(actuator, tool, status):
    tool.answers({"status": "done"}, status=status)
    outcome = await actuator.apply(HIDE)
    assert outcome.result is Result.FAILED
    assert str(status) in outcome.detail


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_not_followed(actuator, tool, status):
    tool.answers({}, status=status, headers={"Location": "/elsewhere"})
    assert (await actuator.apply(HIDE)).result is Result.FAILED
    assert len(tool.requests) == 1


async def never(_: web.Request) -> web.Response:
    await asyncio.Event().wait()
    raise AssertionError


async def hang_up(request: web.Request) -> web.Response:
    request.transport.abort()
    return web.Response()


async def break_off(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "500"})
    await response.prepare(request)
    await response.write(b'{"status":')
    request.transport.abort()
    return response


@pytest.mark.parametrize("behave", [never, hang_up, break_off])
async def test_what_was_applied_and_not_answered_is_sent_again_but_never_a_post(session, server, tool, behave):
    actuator = an_actuator(session, server.make_url("/"), timeout=0.1 if behave is never else 5.0)
    tool.behave = behave
    with pytest.raises(RetryError) as caught:
        await actuator.apply(HIDE)
    assert not isinstance(caught.value, NotSentError)
    assert (await actuator.apply(POST)).result is Result.UNKNOWN
    assert tool.applied == ["e1:hide", "e2:post"], "each was sent once"


async def test_an_operation_that_is_not_idempotent_here_is_not_sent_again_either(session, server, tool):
    can = declared_capabilities({"hide": {"idempotent": False}}, where="can")
    tool.behave = hang_up
    assert (await an_actuator(session, server.make_url("/"), can=can).apply(HIDE)).result is Result.UNKNOWN


async def test_a_post_is_not_sent_again_even_where_that_is_said_to_do_no_harm(session, server, tool):
    can = declared_capabilities({"post": {"idempotent": True}}, where="can")
    tool.behave = hang_up
    assert (await an_actuator(session, server.make_url("/"), can=can).apply(POST)).result is Result.UNKNOWN


@pytest.mark.parametrize("action", [HIDE, POST])
async def test_a_tool_that_is_not_there_surely_did_nothing(session, action):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/?key=canary"
        with pytest.raises(NotSentError, match="cannot be reached") as caught:
            await an_actuator(session, url).apply(action)
    assert "canary" not in str(caught.value)


async def test_a_connection_is_not_kept_so_that_no_post_meets_one_that_is_closing(actuator, tool):
    ports = []

    async def note(request: web.Request) -> web.Response:
        ports.append(request.transport.get_extra_info("peername")[1])
        return await tool.done(request)

    tool.behave = note
    await actuator.apply(POST)
    await actuator.apply(POST)
    assert len(set(ports)) == 2


@pytest.mark.parametrize("compressed", [False, True])
async def test_an_endless_answer_is_not_read_to_its_end(actuator, tool, compressed):
    async def endless(_: web.Request) -> web.Response:
        body = b'{"status":"done","detail":"' + b"x" * (MOST_ANSWER * 100) + b'"}'
        if not compressed:
            return web.Response(body=body, content_type="application/json")
        return web.Response(body=gzip.compress(body), headers={"Content-Encoding": "gzip"})

    tool.behave = endless
    assert (await actuator.apply(HIDE)).result is Result.UNKNOWN


@pytest.mark.parametrize(
    "url", ["", "ftp://x/canary", "https://", "http://u:canary@x/", "https://x/#canary", "http://[::1/canary", "http://x:99999/canary"]
)  # fmt: skip
async def test_a_url_that_cannot_be_posted_to_is_refused_at_the_start_and_not_shown(session, url):
    with pytest.raises(ConfigError, match="https://host/path") as caught:
        an_actuator(session, url)
    assert "canary" not in str(caught.value)


async def test_capabilities_are_the_stated_ones(actuator):
    assert actuator.capabilities is CAN


# A secret that is replaced.


class Renewed(Tool):
    """Takes only what is signed with this secret."""

    def __init__(self, secret: bytes) -> None:
        super().__init__()
        self.verifier = Verifier(secret, lambda: NOW)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if not self.verifier.allows(request.headers, await request.read()):
            self.requests.append(SimpleNamespace(headers=request.headers, body=b"", path=request.path_qs))
            return web.Response(status=401)
        return await super().handle(request)


async def test_a_refused_signature_is_made_anew_with_what_the_file_holds_by_then(session, secret):
    strict = Renewed(b"another-secret-altogether")
    app = web.Application()
    app.router.add_post("/", strict.handle)
    async with TestServer(app, host="127.0.0.1") as server:
        actuator = an_actuator(session, server.make_url("/"))
        with pytest.raises(AuthError, match="Put the new secret into secret") as caught:
            await actuator.apply(POST)
        assert (caught.value.code, len(strict.requests)) == ("webhook_auth", 1), "an unchanged secret is tried once"
        assert not actuator.renewed()
        secret.write_bytes(b"another-secret-altogether\n")
        assert await actuator.apply(POST) == Outcome(Result.APPLIED)
        assert strict.applied == ["e2:post"]
        assert not actuator.renewed(), "it is in use already"


async def test_a_new_secret_that_others_can_read_is_said_and_not_used(session, server, tool, secret):
    tool.answers({}, status=403)
    actuator = an_actuator(session, server.make_url("/"))
    secret.chmod(0o644)
    assert not actuator.renewed()
    with pytest.raises(AuthError, match="chmod 600") as caught:
        await actuator.apply(HIDE)
    assert caught.value.code == "secret_exposed"
    assert len(tool.requests) == 1


# What became of it.


class Asked:
    """The address where a tool is asked what became of an action."""

    def __init__(self) -> None:
        self.requests: list[web.Request] = []
        self.answer: object = None
        self.how: dict[str, object] = {}

    async def handle(self, request: web.Request) -> web.Response:
        self.requests.append(request)
        return web.json_response(self.answer, **self.how)


@pytest.fixture
async def asked(session):
    made = Asked()
    app = web.Application()
    app.router.add_get("/status", made.handle)
    async with TestServer(app, host="127.0.0.1") as server:
        made.actuator = an_actuator(session, "http://127.0.0.1:1/", status_url=server.make_url("/status?key=c%20a"))
        yield made


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ({"status": "done", "detail": "so"}, Outcome(Result.CONFIRMED, "so")),
        ({"status": "failed"}, Outcome(Result.FAILED)),
        ({"status": "unsupported"}, Outcome(Result.UNSUPPORTED)),
        ({"status": "not_found"}, Fate.NEVER_CAME),
        ({"status": "pending"}, None),
        ({"status": "perhaps"}, None),
        ({}, None),
    ],
)
async def test_a_tool_says_what_became_of_an_action(asked, answer, found):
    asked.answer = {"action_id": "e2:post", **answer}
    assert await asked.actuator.look_up(POST) == found
    (request,) = asked.requests
    assert dict(request.query) == {"key": "c a", "action_id": "e2:post", "idempotency_key": "e2:post"}
    assert Verifier(SECRET, lambda: NOW).allows(request.headers, request.rel_url.raw_query_string.encode())


@pytest.mark.parametrize("answer", [None, [], {"status": "not_found"}, {"action_id": "e9:post", "status": "not_found"}])
async def test_only_an_answer_that_names_the_action_is_believed(asked, answer):
    asked.answer = answer
    assert await asked.actuator.look_up(POST) is None


@pytest.mark.parametrize("status", [302, 401, 404, 500])
async def test_only_a_good_answer_is_believed_and_no_redirect_followed(asked, status):
    asked.answer = {"action_id": "e2:post", "status": "not_found"}
    asked.how = {"status": status, "headers": {"Location": "/status"}}
    assert await asked.actuator.look_up(POST) is None
    assert len(asked.requests) == 1


async def test_a_tool_that_is_gone_says_nothing_and_one_without_an_address_is_not_asked(session):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        gone = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        actuator = an_actuator(session, gone, status_url=gone)
        assert actuator.reads_back
        assert await actuator.look_up(POST) is None
    assert not an_actuator(session, gone).reads_back
    with pytest.raises(ConfigError):
        an_actuator(session, gone, status_url="ftp://x/")
