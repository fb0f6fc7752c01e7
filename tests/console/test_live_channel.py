# ruff: noqa: A002 - what has an id calls it id
from __future__ import annotations

import asyncio
import json
import socket
from dataclasses import replace

import pytest
from aiohttp import WSMsgType, WSServerHandshakeError

from streambot.console.live import NOTICES
from streambot.console.socket import Timing
from streambot.core.action import Act, Outcome, Result
from streambot.core.comment import Room
from streambot.core.hot_question import HotQuestion, HotWording
from tests.console.fakes import NOW, STATUS, Console, a_comment, a_decision, a_row, a_ruling, an_action

QUESTION = HotQuestion(
    "q1",
    "question.price",
    "ราคา?",
    "th",
    41,
    3.0,
    NOW - 60,
    NOW,
    item="3",
    hint="฿199",
    pinned=True,
    languages={"th": 40, "en": 1},
    wordings=(HotWording("ราคา?", "th", 30),),
)


def tell(console: Console, id: str = "c1", act: Act = Act.ALLOW, text: str = "how much?") -> None:
    event = a_decision(a_comment(id, text), act)
    console.feed.publish([event], [an_action(event.id, id)] if act is Act.HIDE else [])


async def test_a_screen_is_greeted_with_who_it_is_and_the_rooms(console):
    hello = await (await console.listen()).next()
    assert (hello["t"], hello["v"], hello["me"]) == ("hello", 1, {"id": "local", "role": "admin"})
    [room] = hello["rooms"]
    assert set(room) == {
        *("id", "platform", "site", "mode", "seq", "t0", "link", "link_detail", "host_language", "undo_ms"),
        *("caps", "reversible", "rules_only_since", "n", "pack", "item", "gaps"),
    }
    assert room["caps"] == {"hide": "api", "mute": "manual"}
    assert room["reversible"] == {"hide": True, "mute": False}
    assert room["n"]["received"] == 5


async def test_a_screen_gets_a_snapshot_then_every_change_without_a_hole(console):
    console.live.questions = [QUESTION]
    tell(console)
    screen = await console.listen()
    await screen.sub()
    snap = await screen.next("snap")
    assert [row["id"] for row in snap["feed"]] == ["c1"]
    assert snap["questions"][0] | {"text": ""} == {
        "id": "q1",
        "intent": "question.price",
        "text": "",
        "l": "th",
        "n": 41,
        "item": "3",
        "st": "open",
        "first": "2026-11-18T11:05:40.000Z",
        "last": "2026-11-18T11:06:40.000Z",
        "answered_at": None,
        "hint": "฿199",
        "pinned": True,
        "pushed": False,
        "languages": {"th": 40, "en": 1},
        "wordings": [{"text": "ราคา?", "language": "th", "askers": 30}],
    }
    assert snap["stat"]["id"] == "demo"
    at = snap["seq"]
    for number in range(5):
        tell(console, f"n{number}", Act.HIDE)
        delta = await screen.next("delta")
        assert delta["from"] == at + 1
        assert [op["o"] for op in delta["ops"]] == ["a", "c"]
        at = delta["to"]


async def test_changes_within_one_flush_travel_as_one_message_with_each_row_once(console):
    screen = await console.listen()
    await screen.sub()
    await screen.next("snap")
    tell(console, "c1", Act.HIDE)
    console.feed.settled(an_action("d-c1"), Outcome(Result.APPLIED))
    delta = await screen.next("delta")
    assert sorted((op["o"], (op.get("a") or op.get("c"))["id"]) for op in delta["ops"]) == [("a", "d-c1"), ("c", "c1")]
    assert [op["c"]["status"] for op in delta["ops"] if op["o"] == "c"] == ["hidden"]
    assert delta["to"] - delta["from"] == 3


async def test_a_screen_that_was_away_goes_on_from_its_number(console):
    screen = await console.listen()
    await screen.sub()
    seq = (await screen.next("snap"))["seq"]
    await screen.ws.close()
    tell(console, "c1")
    tell(console, "c2")
    back = await console.listen()
    await back.sub(demo=seq)
    told = await back.next("snap", "delta")
    assert (told["t"], told["from"], told["to"]) == ("delta", seq + 1, seq + 2)
    assert [op["c"]["id"] for op in told["ops"]] == ["c1", "c2"]


@pytest.mark.parametrize("resume", [0, -1, 2**53, 1.5, True, "9", None])
async def test_a_number_that_this_process_did_not_give_gets_a_snapshot(console, resume):
    tell(console)
    screen = await console.listen()
    await screen.sub(demo=resume)
    assert (await screen.next("snap", "delta"))["t"] == "snap"


async def test_the_hot_list_is_sent_when_it_changes_and_only_then(console):
    screen = await console.listen()
    await screen.sub()
    await screen.next("snap")
    console.live.questions = [QUESTION]
    [op] = (await screen.next("delta"))["ops"]
    assert (op["o"], op["q"][0]["n"]) == ("q", 41)
    assert op["q"][0]["wordings"] == [{"text": "ราคา?", "language": "th", "askers": 30}]
    console.live.questions = [replace(QUESTION, heat=2.9)]
    await screen.next("tick")
    assert (await screen.next("tick", "delta"))["t"] == "tick"
    console.live.questions = [replace(QUESTION, wordings=(HotWording("ราคา?", "th", 31),))]
    assert (await screen.next("delta"))["ops"][0]["q"][0]["wordings"][0]["askers"] == 31


async def test_every_tick_has_the_counters_the_lag_and_the_link(console):
    screen = await console.listen()
    await screen.next("tick")
    tell(console, "c1", Act.REVIEW)
    console.clock.now += 1
    tick = await screen.next("tick")
    while tick["now"] == "2026-11-18T11:06:40.000Z":
        tick = await screen.next("tick")
    assert tick["now"] == "2026-11-18T11:06:41.000Z"
    assert tick["rooms"]["demo"] == {
        "n": {"received": 5, "decided": 3, "duplicates": 1, "rejected": 1, "hidden": 1, "review": 0, "degraded": 0},
        "lag_ms": {"p50": 4.0, "p99": 20.0},
        "rate": 0.1,
        "queue": 1,
        "link": "live",
        "link_detail": "",
        "rules_only_since": None,
        "item": {"number": "", "name": "", "scenario": ""},
        "gaps": {},
    }


async def test_a_notice_reaches_the_controller_and_not_the_host(console):
    controller, host = await console.listen("controller-token"), await console.listen("host-token")
    await host.next("hello")
    await controller.sub()
    await controller.next("snap")
    console.feed.notice("demo", {"level": "warn", "code": "source_lost", "text": "The source is gone."})
    notice = await controller.next("notice")
    assert notice == {
        "t": "notice",
        "room": "demo",
        "level": "warn",
        "code": "source_lost",
        "text": "The source is gone.",
        "topic": "",
    }
    await host.next("tick")
    assert (await host.next("tick", "notice"))["t"] == "tick"


async def test_a_trouble_that_stands_is_told_to_a_screen_that_opens_later_and_no_more_when_it_is_over(console):
    full = {"level": "error", "code": "disk_full", "topic": "log", "text": "The disk is full."}
    console.feed.notice("demo", full)
    console.feed.notice("demo", {"level": "warn", "code": "gap", "text": "Nothing could be read for a minute."})
    screen, host = await console.listen(), await console.listen("host-token")
    await screen.sub()
    await host.sub()
    assert (await screen.next("notice"))["code"] == "disk_full"
    console.feed.notice("demo", {"level": "info", "code": "log_back", "topic": "log", "text": "It works again."})
    assert (await screen.next("notice"))["code"] == "log_back"
    late = await console.listen()
    await late.sub()
    console.feed.notice("demo", {"level": "info", "code": "last", "text": "Nothing stood before this."})
    assert (await late.next("notice"))["code"] == "last"
    await host.next("tick")
    assert (await host.next("tick", "notice"))["t"] == "tick"


async def test_a_screen_hears_of_the_rooms_it_shows_only(console):
    screen = await console.listen()
    await screen.sub()
    await screen.next("snap")
    console.feed.notice("elsewhere", {"level": "error", "code": "disk_full", "text": "Another room's."})
    console.feed.notice("demo", {"level": "warn", "code": "gap", "text": "Its own."})
    assert (await screen.next("notice"))["code"] == "gap"


async def test_what_many_rooms_are_told_at_once_reaches_every_one_of_them(console):
    screen = await console.listen()
    await screen.sub()
    await screen.next("snap")
    for room in ("demo", *(f"room{number}" for number in range(2 * NOTICES))):
        console.feed.notice(room, {"level": "error", "code": "disk_full", "topic": "log", "text": "The disk is full."})
    assert (await screen.next("notice"))["code"] == "disk_full"
    console.live.statuses.append(replace(STATUS, room=Room("room7", "fake", "room7")))
    console.feed.notice("room7", {"level": "warn", "code": "gap", "text": "Before anybody looked."})
    await screen.next("tick")
    await screen.next("tick")
    await screen.ws.send_json({"t": "sub", "rooms": ["room7"]})
    assert (await screen.next("notice"))["code"] == "disk_full"
    console.feed.notice("room7", {"level": "info", "code": "log_back", "topic": "log", "text": "It works again."})
    assert (await screen.next("notice"))["code"] == "log_back"


async def test_a_host_hears_of_questions_but_never_of_a_comment(console):
    tell(console, "secret", Act.REVIEW)
    host = await console.listen("host-token")
    await host.sub()
    snap = await host.next("snap")
    assert (snap["feed"], snap["queue"], snap["actions"]) == ([], [], [])
    tell(console, "secret2", Act.HIDE)
    await host.next("tick")
    console.live.questions = [QUESTION]
    delta = await host.next("delta")
    assert [op["o"] for op in delta["ops"]] == ["q"]
    (row,) = delta["ops"][0]["q"]
    assert row["hint"] == "฿199"
    assert "wordings" not in row
    again = await console.listen("host-token")
    await again.sub()
    assert (await again.next("snap"))["questions"] == [row]
    assert (delta["from"], delta["to"]) == (snap["seq"] + 1, snap["seq"] + 3)


async def test_a_restarted_console_fills_its_screens_from_the_log(open_console):
    console = await open_console()
    console.feed.boards.clear()
    console.log.stored = [a_row(1, "hi"), a_row(2, "bad", act="review")]
    screen = await console.listen()
    await screen.sub()
    snap = await screen.next("snap")
    assert [row["id"] for row in snap["feed"]] == ["c1", "c2"]
    assert [row["id"] for row in snap["queue"]] == ["c2"]


async def test_a_log_that_cannot_be_read_does_not_keep_the_screen_dark(console):
    screen = await console.listen()
    await screen.next("hello")
    console.log.broken = True
    console.feed.boards.clear()
    await screen.sub()
    told = [await screen.next("snap", "notice"), await screen.next("snap", "notice")]
    assert sorted(message["t"] for message in told) == ["notice", "snap"]
    assert next(message for message in told if message["t"] == "notice")["code"] == "log_unreadable"


async def test_a_room_that_does_not_exist_is_said_so_and_costs_no_memory(console):
    screen = await console.listen()
    await screen.ws.send_json({"t": "sub", "rooms": ["nowhere"], "resume": {}})
    assert (await screen.next("notice"))["code"] == "unknown_room"
    assert set(console.feed.boards) == {"demo"}


@pytest.mark.parametrize("told", ["nonsense", "[]", '{"t":"sub"}', '{"t":"sub","rooms":"demo"}', "[" * 9000])
async def test_what_the_server_does_not_understand_is_told_and_the_channel_goes_on(console, told):
    screen = await console.listen()
    await screen.ws.send_str(told)
    assert (await screen.next("notice"))["code"] == "bad_message"
    await screen.sub()
    assert (await screen.next("snap"))["room"] == "demo"


async def test_a_message_above_64_kib_closes_the_channel(console):
    screen = await console.listen()
    await screen.ws.send_str("x" * 70_000)
    message = await screen.ws.receive()
    while message.type is WSMsgType.TEXT:
        message = await screen.ws.receive()
    assert screen.ws.close_code == 1009


async def test_another_protocol_is_refused(console):
    with pytest.raises(WSServerHandshakeError) as refused:
        await console.session.ws_connect(f"{console.url}/ws/v1", protocols=("graphql-ws",))
    assert refused.value.status == 400


async def test_a_revoked_person_is_put_out_at_once_and_nobody_else(console):
    gone, stays = await console.listen("controller-token"), await console.listen("ops-token")
    await gone.next("hello")
    await stays.next("hello")
    del console.tokens.known["controller-token"]
    await console.hub.revoke("a-controller")
    message = await gone.ws.receive()
    while message.type is WSMsgType.TEXT:
        message = await gone.ws.receive()
    assert (message.type, gone.ws.close_code) == (WSMsgType.CLOSE, 1008)
    assert (await stays.next("tick"))["t"] == "tick"
    assert console.hub.clients == 1


async def raw_screen(console: Console) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A socket that takes in a few KiB and then only what is read from it, like a page in a sleeping laptop."""
    plain = socket.socket()
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    plain.setblocking(False)
    await asyncio.get_running_loop().sock_connect(plain, ("127.0.0.1", console.port))
    reader, writer = await asyncio.open_connection(sock=plain, limit=4096)
    host = f"127.0.0.1:{console.port}"
    lines = [
        "GET /ws/v1 HTTP/1.1",
        f"Host: {host}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
    ]
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
    body = b'{"t":"sub","rooms":["demo"]}'
    writer.write(bytes([0x81, 0x80 | len(body), 0, 0, 0, 0]) + body)
    await writer.drain()
    await reader.readuntil(b"\r\n\r\n")
    return reader, writer


async def frames(reader: asyncio.StreamReader):
    """Text frames of a socket, as JSON; ends with the close frame's code."""
    while True:
        first, length = await reader.readexactly(2)
        if length == 126:
            length = int.from_bytes(await reader.readexactly(2))
        elif length == 127:
            length = int.from_bytes(await reader.readexactly(8))
        body = await reader.readexactly(length)
        if first & 0x0F == 8:
            yield int.from_bytes(body[:2])
            return
        yield json.loads(body)


async def flood(console: Console, count: int) -> None:
    for number in range(count):
        tell(console, f"f{number}", Act.ALLOW, "x" * 1000)
        if number % 100 == 0:
            await asyncio.sleep(0.002)


async def test_a_slow_screen_gets_a_gap_without_losing_what_waits_for_a_person(console):
    reader, writer = await raw_screen(console)
    await flood(console, 6000)
    tell(console, "waits", Act.REVIEW)
    gap, waiting, place = None, [], 0
    async for told in frames(reader):
        if told["t"] == "snap":
            place = told["seq"]
        elif told["t"] == "delta":
            assert told["from"] == place + 1
            place = told["to"]
            waiting += [op["c"]["id"] for op in told["ops"] if op["c"]["status"] == "waiting"]
        elif told["t"] == "gap":
            gap = told
        if gap is not None and waiting:
            break
    assert (gap["why"], gap["room"]) == ("slow_client", "demo")
    assert gap["lost"]["feed"] > 1000
    assert waiting == ["waits"]
    writer.close()


async def test_a_slow_screen_costs_the_server_no_memory(console):
    _, writer = await raw_screen(console)
    await flood(console, 6000)
    [client] = console.hub._clients
    assert client.ws._req.transport.get_write_buffer_size() < 2 * 1024 * 1024
    assert set(client.rooms) == {"demo"}
    writer.close()


async def test_a_screen_that_takes_nothing_is_let_go(open_console):
    console = await open_console(timing=Timing(flush=0.01, tick=0.05, stall=0.2, grace=0.1))
    _, writer = await raw_screen(console)
    await flood(console, 6000)
    async with asyncio.timeout(10):
        while console.hub.clients:  # noqa: ASYNC110 - to read from the socket, and so to notice, would un-stall it
            await asyncio.sleep(0.01)
    writer.close()


async def test_publishing_does_not_wait_for_a_screen_that_takes_nothing(console):
    _, writer = await raw_screen(console)
    quick = await console.listen()
    await quick.sub()
    await quick.next("snap")
    await flood(console, 3000)
    tell(console, "last")
    seen = set()
    while "last" not in seen:
        seen |= {op["c"]["id"] for op in (await quick.next("delta"))["ops"] if op["o"] == "c"}
    assert len(seen) == 3001
    writer.close()


async def test_a_server_that_stops_tells_its_screens_to_come_back(open_console):
    from aiohttp import ClientSession

    from tests.console.fakes import Screen, build, serve

    app, _ = build()
    runner, url = await serve(app)
    async with ClientSession() as session, session.ws_connect(f"{url}/ws/v1") as ws:
        await Screen(ws).next("hello")
        stopping = asyncio.create_task(runner.cleanup())
        message = await ws.receive()
        while message.type is WSMsgType.TEXT:
            message = await ws.receive()
        assert ws.close_code == 1001
        await stopping


async def test_a_person_s_ruling_reaches_every_screen(console):
    tell(console, "c1", Act.REVIEW)
    screens = [await console.listen(), await console.listen()]
    for screen in screens:
        await screen.sub()
        await screen.next("snap")
    console.feed.publish([a_ruling("c1", Act.ALLOW, id="a1", actor="ploy")])
    for screen in screens:
        [op] = (await screen.next("delta"))["ops"]
        assert (op["c"]["status"], op["c"]["by"], op["c"]["rev"]) == ("allowed", "ploy", 2)


async def test_every_room_is_listed_in_the_order_of_the_live_view(console):
    console.live.statuses = [STATUS, replace(STATUS, room=replace(STATUS.room, name="second"))]
    hello = await (await console.listen()).next("hello")
    assert [room["id"] for room in hello["rooms"]] == ["demo", "second"]
