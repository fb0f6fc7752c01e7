"""Comments that others bring, by POST and by WebSocket."""

from __future__ import annotations

import asyncio
import gzip
import itertools
import json

import pytest
from aiohttp import ClientSession, WSServerHandshakeError, web
from aiohttp.test_utils import TestServer

from streambot.core.comment import Comment, Room
from streambot.core.errors import StorageError
from streambot.platforms import ingest
from streambot.platforms.ingest import (
    FRAMES_IN_HAND,
    MOST_BYTES,
    MOST_COMMENTS,
    Disposition,
    Taken,
    add_ingest,
)
from streambot.platforms.ingest_auth import IngestAuth
from streambot.platforms.signature import Verifier, signed_headers
from tests.platforms.waiting import until

NOW = 1_795_000_000.0
SECRET = b"0123456789abcdef"
TOKEN = {"Authorization": "Bearer good"}


class Pipeline:
    """Decides what it has not seen, once it is let; remembers in which order it was asked."""

    def __init__(self) -> None:
        self.asked: list[Comment] = []
        self.committed: dict[str, str] = {}
        self.room_for = 10_000
        self.broken = False
        self.open = asyncio.Event()
        self.open.set()

    async def accept(self, comment: Comment) -> Disposition:
        self.asked.append(comment)
        if len(self.asked) > self.room_for:
            return Disposition(Taken.FULL)
        if comment.text == "unloggable":
            return Disposition(Taken.REJECTED, code="refused")
        await self.open.wait()
        if self.broken:
            raise StorageError("the disk is full.")
        if comment.id in self.committed:
            return Disposition(Taken.DUPLICATE)
        self.committed[comment.id] = f"event-{comment.id}"
        return Disposition(Taken.DECIDED, event=self.committed[comment.id])


class Tokens(set):
    async def know(self, token: str) -> bool:
        return token in self


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def pipeline():
    return Pipeline()


@pytest.fixture
def tokens():
    return Tokens({"good"})


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def rejected():
    return []


@pytest.fixture
async def server(pipeline, tokens, clock, rejected):
    app = web.Application(client_max_size=1024)
    add_ingest(
        app,
        pipeline.accept,
        IngestAuth(bearer=tokens.know, verifier=Verifier(SECRET, clock)),
        room_of=lambda name: None if name == "all" else Room(name, "ingest", f"id-{name}"),
        on_reject=lambda room, error: rejected.append((room.name, error.code)),
        clock=clock,
    )
    async with TestServer(app, host="127.0.0.1") as server:
        yield server


@pytest.fixture
async def post(server):
    async with ClientSession() as session:

        async def post(body, *, room="shop", headers=TOKEN, kind="application/json"):
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            url = server.make_url(f"/api/v1/rooms/{room}/comments")
            async with session.post(url, data=data, headers={"Content-Type": kind, **headers}) as response:
                return response.status, await response.json(), response.headers

        yield post


@pytest.fixture
async def connect(server):
    async with ClientSession() as session:

        def connect(*, room="shop", headers=TOKEN):
            return session.ws_connect(server.make_url(f"/api/v1/rooms/{room}/comments/ws"), headers=headers)

        yield connect


def a_comment(number=1) -> dict:
    return {"id": f"c{number}", "text": f"t{number}", "author": {"id": "u1"}, "room": "elsewhere", "platform": "other"}


async def test_one_comment_is_answered_with_its_event(post, pipeline):
    status, answer, _ = await post(a_comment())
    assert status == 202
    assert answer == {"ok": True, "results": [{"id": "c1", "status": "decided", "event": "event-c1"}]}
    assert pipeline.asked[0].room == Room("shop", "ingest", "id-shop"), "the address says the room, not the record"
    assert pipeline.asked[0].received_at == NOW


async def test_a_batch_has_a_result_for_each_comment_in_its_order(post, pipeline, rejected):
    batch = [a_comment(1), {"id": "c2"}, a_comment(1), "junk", a_comment(3), {"text": "unloggable", "id": "c4"}]
    status, answer, _ = await post(batch)
    assert status == 202
    results = answer["results"]
    assert [result["status"] for result in results] == [
        "decided",
        "rejected",
        "duplicate",
        "rejected",
        "decided",
        "rejected",
    ]
    assert [result.get("code") for result in results] == [None, "no_text", None, "not_object", None, "refused"]
    assert results[1]["error"]
    assert rejected == [("shop", "no_text"), ("shop", "not_object")], "the pipeline counts its own"


async def test_comments_are_taken_in_their_order_though_decided_together(post, pipeline):
    pipeline.open.clear()
    posting = asyncio.ensure_future(post([a_comment(number) for number in range(MOST_COMMENTS)]))
    await until(lambda: len(pipeline.asked) == MOST_COMMENTS)
    assert [comment.text for comment in pipeline.asked] == [f"t{number}" for number in range(MOST_COMMENTS)]
    assert not posting.done(), "nothing is answered before it is committed"
    pipeline.open.set()
    assert (await posting)[0] == 202


async def test_lines_of_json_are_a_batch_in_which_a_broken_line_costs_itself(post, rejected):
    lines = b'{"id":"c1","text":"a"}\n\n\r\n{"broken\r\n\xff\n{"id":"c2","text":"b"}'
    status, answer, _ = await post(lines, kind="application/x-ndjson")
    assert status == 202
    assert [result["status"] for result in answer["results"]] == ["decided", "rejected", "rejected", "decided"]
    assert rejected == [("shop", "bad_json"), ("shop", "bad_utf8")]


async def test_without_an_id_a_comment_sent_again_is_a_duplicate(post, clock):
    record = {"text": "a", "author": {"id": "u1"}, "sent_at": NOW - 5}
    _, first, _ = await post(record)
    clock.now += 60
    _, second, _ = await post(record)
    assert [first["results"][0]["status"], second["results"][0]["status"]] == ["decided", "duplicate"]
    assert first["results"][0]["id"] == second["results"][0]["id"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400), (b"{", 400), (b"\xff", 400), (b"[" * 100_000, 400), (b"5", 422), (b'"a"', 422), (b"null", 422),
        (b"[]", 422), (b"{}", 422), (b'[{"text":5},{}]', 422), (b'{"text":"unloggable"}', 422),
        (json.dumps([a_comment()] * (MOST_COMMENTS + 1)).encode(), 413),
        (b'{"text":"' + b"x" * MOST_BYTES + b'"}', 413),
    ],
)  # fmt: skip
async def test_what_is_no_comment_is_refused_in_the_consoles_shape(post, body, status):
    given, answer, _ = await post(body)
    assert given == status
    assert answer["ok"] is False
    assert answer["status"] == status
    assert answer["errors"] == [answer["error"]]


async def test_as_much_as_is_allowed_is_taken_whatever_the_application_allows_elsewhere(post):
    body = json.dumps([{"text": "x" * 400, "id": str(number)} for number in range(MOST_COMMENTS)]).encode()
    body += b" " * (MOST_BYTES - len(body))
    assert (await post(body))[0] == 202


async def test_a_compressed_body_is_refused(post):
    body = gzip.compress(json.dumps(a_comment()).encode())
    assert (await post(body, headers={**TOKEN, "Content-Encoding": "gzip"}))[0] == 415


async def test_a_body_that_never_ends_is_given_up(server, monkeypatch):
    monkeypatch.setattr(ingest, "BODY_SECONDS", 0.05)
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"POST /api/v1/rooms/shop/comments HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{")
    assert b" 408 " in await reader.readline()
    writer.close()


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer bad"}, {"Authorization": "Bearer "}, {"Authorization": "Basic good"}]
)
async def test_without_a_token_nothing_is_taken_and_nothing_told(post, pipeline, headers):
    status, answer, _ = await post(b"{", headers=headers)
    assert status == 401
    assert answer["error"] == "This needs a token or a signature."
    assert pipeline.asked == []


def signed(body: bytes, request_id="r1", at=NOW, secret=SECRET) -> dict[str, str]:
    return signed_headers(secret, request_id, at, body)


async def test_a_signature_is_as_good_as_a_token_once(post, pipeline):
    body = json.dumps(a_comment()).encode()
    assert (await post(body, headers=signed(body)))[0] == 202
    assert (await post(body, headers=signed(body)))[0] == 401
    assert (await post(body, headers=signed(body, "r2")))[1]["results"][0]["status"] == "duplicate"
    assert len(pipeline.committed) == 1


@pytest.mark.parametrize("wrong", [{"at": NOW - 601}, {"at": NOW + 601}, {"secret": b"x" * 16}])
async def test_a_bad_signature_is_not_made_good_by_a_token(post, wrong):
    body = json.dumps(a_comment()).encode()
    assert (await post(body, headers={**TOKEN, **signed(body, **wrong)}))[0] == 401


async def test_a_room_that_cannot_be_is_not_found(post):
    assert (await post(a_comment(), room="all"))[0] == 404


async def test_when_it_is_full_the_sender_is_told_what_to_send_again_and_when(post, pipeline):
    pipeline.room_for = 2
    status, answer, headers = await post([a_comment(number) for number in range(4)])
    assert status == 503
    assert headers["Retry-After"] == "1"
    assert [result["status"] for result in answer["results"]] == ["decided", "decided", "full", "full"]
    assert answer["ok"] is False


async def test_a_log_that_does_not_work_is_no_reason_to_lose_anything(post, pipeline):
    pipeline.broken = True
    status, answer, headers = await post(a_comment())
    assert (status, headers["Retry-After"]) == (503, "1")
    assert answer["results"] == [{"id": "c1", "status": "full"}]
    pipeline.broken = False
    assert (await post(a_comment()))[1]["results"][0]["status"] == "decided"


async def test_who_waits_too_long_for_the_disk_is_told_to_come_again_and_nothing_is_taken_twice(
    post, pipeline, monkeypatch
):
    monkeypatch.setattr(ingest, "HOLD", 0.05)
    assert (await post(a_comment(1)))[0] == 202
    pipeline.open.clear()
    status, answer, headers = await post([a_comment(1), {}, a_comment(2)])
    assert (status, headers["Retry-After"]) == (503, "1")
    assert [result["status"] for result in answer["results"]] == ["full", "rejected", "full"]
    assert [result.get("id") for result in answer["results"]] == ["c1", None, "c2"]
    pipeline.open.set()
    assert [result["status"] for result in (await post([a_comment(1), a_comment(2)]))[1]["results"]] == [
        "duplicate", "decided",
    ]  # fmt: skip


async def test_chat_history_says_so_itself(post, pipeline):
    assert (await post({**a_comment(), "backlog": True}))[0] == 202
    assert pipeline.asked[0].backlog


async def test_the_socket_takes_the_same_and_answers_each_frame_in_order(connect, rejected):
    async with connect() as socket:
        await socket.send_json(a_comment(1))
        await socket.send_bytes(json.dumps([a_comment(2), {}, a_comment(1)]).encode())
        await socket.send_str("{")
        await socket.send_json([])
        await socket.send_json(a_comment(3))
        answers = [await socket.receive_json() for _ in range(5)]
    assert [(answer["seq"], answer["status"], answer["ok"]) for answer in answers] == [
        (1, 202, True), (2, 202, True), (3, 400, False), (4, 422, False), (5, 202, True),
    ]  # fmt: skip
    assert [result["status"] for result in answers[1]["results"]] == ["decided", "rejected", "duplicate"]
    assert answers[4]["results"] == [{"id": "c3", "status": "decided", "event": "event-c3"}]
    assert rejected == [("shop", "no_text")]


async def test_frames_are_decided_together_but_only_so_many_at_once(connect, pipeline):
    pipeline.open.clear()
    async with connect() as socket:
        for number in range(FRAMES_IN_HAND + 10):
            await socket.send_json(a_comment(number))
        await until(lambda: len(pipeline.asked) == FRAMES_IN_HAND)
        for _ in range(50):
            await asyncio.sleep(0)
        assert len(pipeline.asked) == FRAMES_IN_HAND
        pipeline.open.set()
        answers = [await socket.receive_json() for _ in range(FRAMES_IN_HAND + 10)]
    assert [answer["results"][0]["id"] for answer in answers] == [f"c{number}" for number in range(FRAMES_IN_HAND + 10)]


async def test_what_a_sender_brought_before_it_fell_silent_is_decided(connect, pipeline):
    pipeline.open.clear()
    async with connect() as socket:
        await socket.send_json(a_comment(1))
        await until(lambda: pipeline.asked)
        socket._response.connection.transport.abort()
    pipeline.open.set()
    await until(lambda: pipeline.committed)


async def test_a_full_pipeline_is_told_on_the_socket_which_stays(connect, pipeline):
    pipeline.room_for = 0
    async with connect() as socket:
        await socket.send_json(a_comment())
        assert (await socket.receive_json())["status"] == 503
        pipeline.room_for = 10
        await socket.send_json(a_comment())
        assert (await socket.receive_json())["status"] == 202


async def test_a_token_that_is_revoked_brings_nothing_more(connect, pipeline, tokens, clock):
    async with connect() as socket:
        await socket.send_json(a_comment(1))
        await socket.receive_json()
        tokens.clear()
        clock.now += 1
        await socket.send_json(a_comment(2))
        await socket.receive()
        assert socket.close_code == 1008
    assert list(pipeline.committed) == ["c1"]


async def test_a_signed_socket_goes_on(connect, clock):
    async with connect(headers=signed(b"")) as socket:
        clock.now += 5000
        await socket.send_json(a_comment(1))
        assert (await socket.receive_json())["status"] == 202


@pytest.mark.parametrize(
    ("headers", "room", "status"), [({}, "shop", 401), (signed(b"x"), "shop", 401), (TOKEN, "all", 404)]
)
async def test_a_socket_that_may_not_is_refused_before_it_opens(connect, headers, room, status):
    with pytest.raises(WSServerHandshakeError) as caught:
        await connect(headers=headers, room=room)
    assert caught.value.status == status


async def test_there_is_an_end_to_how_many_connect(connect, monkeypatch):
    monkeypatch.setattr(ingest, "MOST_SOCKETS", 1)
    async with connect():
        with pytest.raises(WSServerHandshakeError) as caught:
            await connect()
        assert caught.value.status == 503
        assert caught.value.headers["Retry-After"] == "1"
    for _ in itertools.count():
        try:
            await (await connect()).close()
        except WSServerHandshakeError:
            await asyncio.sleep(0.001)
        else:
            break


async def test_a_frame_that_is_too_large_closes_the_socket(connect):
    async with connect() as socket:
        await socket.send_str("x" * (MOST_BYTES + 1))
        await socket.receive()
        assert socket.close_code == 1009


async def test_sockets_are_told_when_streambot_stops(server, connect):
    async with connect() as socket:
        stopping = asyncio.ensure_future(server.close())
        await socket.receive()
        assert socket.close_code == 1001
        await stopping
