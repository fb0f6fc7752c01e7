"""Comments over a WebSocket from servers that drop, lie, double, flood and fall silent."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import socket

import pytest
from websockets.asyncio.server import serve

from streambot.core.action import Action, Operation, Outcome, Result
from streambot.core.errors import AuthError, ConfigError
from streambot.core.status import Link
from streambot.platforms.action_wire import NotSentError, RetryError
from streambot.platforms.declared import declared_capabilities
from streambot.platforms.dialer import MOST_FRAME
from streambot.platforms.fields import compile_fields
from streambot.platforms.intake import BACKLOG
from streambot.platforms.websocket import LOOK, PATIENCE, QUIET, REFUSED_WAIT, STALE
from streambot.platforms.websocket_actuator import WebSocketActuator
from streambot.ports import Fate
from tests.platforms.lines import (
    NOW,
    Heard,
    Server,
    a_headers_file,
    a_source,
    frame,
    serving,
    take,
    until_asleep,
    waits,
)
from tests.platforms.waiting import until


async def test_comments_come_with_their_room_and_the_time_of_arrival():
    async def talk(connection, _):
        await connection.send(frame(1))
        await connection.wait_closed()

    async with serving(talk) as server:
        source, heard, _ = a_source(server.url)
        comments = source.comments()
        comment = await anext(comments)
        await comments.aclose()
    assert source.live
    assert (comment.key, comment.received_at) == (("relay", "shop", "c1"), NOW)
    assert [link for link, _ in heard.links] == [Link.CONNECTING, Link.LIVE]


async def test_a_server_that_drops_us_in_the_middle_is_come_back_to_and_the_gap_is_told():
    async def talk(connection, number):
        await connection.send(frame(number))
        if number < 3:
            connection.transport.abort()
        await connection.wait_closed()

    async with serving(talk) as server:
        source, heard, time = a_source(server.url)
        assert await take(source, 3) == ["t1", "t2", "t3"]
    assert [link for link, _ in heard.links] == [
        Link.CONNECTING, Link.LIVE, Link.RECONNECTING, Link.LIVE, Link.RECONNECTING, Link.LIVE,
    ]  # fmt: skip
    assert [seconds for seconds in time.slept if seconds != QUIET] == [1, 1], "a good comment resets the backoff"
    assert heard.gaps == [(NOW, NOW + 1), (NOW + 1, NOW + 2)]


async def test_a_server_that_lets_us_in_and_never_says_anything_is_asked_ever_more_rarely():
    async def talk(connection, number):
        if number == 5:
            await connection.send(frame(5))
            await connection.wait_closed()
        elif number % 2:
            await connection.send('{"welcome":true}')

    async with serving(talk) as server:
        source, heard, time = a_source(server.url)
        assert await take(source, 1) == ["t5"]
    assert [seconds for seconds in time.slept if seconds != QUIET] == [1, 2, 4, 8]
    assert len(heard.gaps) == 4


async def test_a_server_that_is_down_is_waited_for_and_the_gap_is_one():
    async def talk(connection, number):
        await connection.send(frame(number))
        await connection.wait_closed()

    async with serving(talk) as server:
        url = server.url
        source, heard, time = a_source(url)
        comments = source.comments()
        assert (await anext(comments)).text == "t1"
        coming = asyncio.ensure_future(anext(comments))
    port = int(url.split(":")[2].split("/")[0])
    await until(lambda: sum(seconds != QUIET for seconds in time.slept) >= 4)
    async with serve(Server(talk).handle, "127.0.0.1", port):
        assert (await coming).text == "t1"
        await comments.aclose()
    assert any("cannot be reached" in detail for _, detail in heard.links)
    assert len(heard.gaps) == 1
    assert heard.gaps[0][0] == NOW
    assert heard.gaps[0][1] >= NOW + 1 + 2 + 4


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("not json", "bad_json"), (b"\xff\xfe", "bad_utf8"), ("[" * 200_000, "too_deep"), ("5", "not_object"),
        ("{}", "no_text"), ('{"text":5}', "bad_text"), ('{"text":"a","id":{}}', "bad_id"), ("", "bad_json"),
    ],
)  # fmt: skip
async def test_a_frame_that_is_no_comment_is_counted_and_the_next_is_taken(data, code):
    async def talk(connection, _):
        await connection.send(data)
        await connection.send(frame(2))
        await connection.wait_closed()

    async with serving(talk) as server:
        source, heard, _ = a_source(server.url)
        assert await take(source, 1) == ["t2"]
    assert heard.rejected == [code]
    assert len(server.connections) == 1


async def test_a_text_frame_that_is_not_utf8_costs_itself_only():
    async def talk(connection, _):
        await connection.send(b"\xff", text=True)
        await connection.send(frame(2))
        await connection.wait_closed()

    async with serving(talk) as server:
        source, heard, _ = a_source(server.url)
        assert await take(source, 1) == ["t2"]
    assert heard.rejected == ["bad_utf8"]
    assert len(server.connections) == 1


async def test_doubled_and_reordered_frames_pass_as_they_are_for_the_pipeline_to_know():
    async def talk(connection, _):
        for number in (2, 1, 2, 1):
            await connection.send(frame(number))
        await connection.wait_closed()

    async with serving(talk) as server:
        source, _, _ = a_source(server.url)
        assert await take(source, 4) == ["t2", "t1", "t2", "t1"]


async def test_a_frame_of_more_than_a_mebibyte_is_refused_and_not_kept():
    async def talk(connection, number):
        if number == 1:
            await connection.send(json.dumps({"text": "x" * MOST_FRAME}))
        else:
            await connection.send(json.dumps({"text": "y" * (MOST_FRAME - 20)}))
        await connection.wait_closed()

    async with serving(talk) as server:
        source, heard, _ = a_source(server.url)
        assert await take(source, 1) == ["y" * 4000]
    assert heard.rejected == ["too_big"]
    assert any("more than 1 MiB" in detail for link, detail in heard.links if link is Link.RECONNECTING)


@pytest.mark.parametrize("status", [401, 403])
async def test_a_server_that_refuses_us_is_asked_again_once_a_minute_and_a_person_is_told_once(status, tmp_path):
    def strict(connection, _):
        asked.append(status)
        return connection.respond(status, "canary") if len(asked) < 3 else None

    async def talk(connection, number):
        await connection.send(frame(number))
        await connection.wait_closed()

    asked = []
    async with serving(talk, process_request=strict) as server:
        source, heard, time = a_source(server.url, headers_file=a_headers_file(tmp_path))
        assert await take(source, 1) == ["t1"]
    assert waits(time) == pytest.approx(2 * 1.2 * REFUSED_WAIT)
    (told,) = heard.refused
    assert f"refused our credentials ({status})" in told
    assert str(tmp_path / "shop.headers") in told, "it names the file to change"
    assert [detail for link, detail in heard.links if link is Link.RECONNECTING] == [told] * 2
    assert heard.links[-1][0] is Link.LIVE
    assert "canary" not in told


async def test_a_headers_file_that_was_changed_is_tried_at_once(tmp_path):
    def strict(connection, request):
        seen.append(request.headers.get("X-Api-Key"))
        return None if seen[-1] == "new" else connection.respond(401, "no")

    async def talk(connection, number):
        await connection.send(frame(number))
        await connection.wait_closed()

    seen = []
    path = a_headers_file(tmp_path, "X-Api-Key: old")
    async with serving(talk, process_request=strict) as server:
        source, heard, time = a_source(server.url, headers_file=path)
        time.held[LOOK] = asyncio.Semaphore(0)
        taking = asyncio.ensure_future(take(source, 1))
        await until_asleep(time, LOOK)
        time.over(LOOK)
        await until_asleep(time, LOOK, 2)
        a_headers_file(tmp_path, "X-Api-Key: new")
        time.over(LOOK)
        assert await taking == ["t1"]
    assert seen == ["old", "new"]
    assert len(heard.refused) == 1


async def test_a_headers_file_that_is_broken_meanwhile_is_told_and_not_sent(tmp_path):
    async def talk(connection, number):
        await connection.send(frame(number))
        if number == 1:
            path.chmod(0o644)
            connection.transport.abort()
        await connection.wait_closed()

    path = a_headers_file(tmp_path)
    async with serving(talk) as server:
        source, heard, _ = a_source(server.url, headers_file=path)
        taking = asyncio.ensure_future(take(source, 2))
        await until(lambda: heard.refused)
        assert len(server.connections) == 1
        path.chmod(0o600)
        assert await taking == ["t1", "t2"]
    assert "can be read by others" in heard.refused[0]
    assert len(heard.gaps) == 1, "the gap is told as for any other outage"


@pytest.mark.parametrize("code", [3000, 3003, 4401, 4403])
async def test_so_is_one_that_lets_us_in_and_then_refuses_us(code):
    async def talk(connection, number):
        if number < 3:
            await connection.close(code, "canary")
        else:
            await connection.send(frame(number))
            await connection.wait_closed()

    async with serving(talk) as server:
        source, heard, time = a_source(server.url)
        assert await take(source, 1) == ["t3"]
    assert len(heard.refused) == 1
    assert f"({code})" in heard.refused[0]
    assert "headers_file" in heard.refused[0], "there is no file yet to be changed"
    assert waits(time) == pytest.approx(2 * 1.2 * REFUSED_WAIT)


async def test_what_was_written_long_before_we_came_is_backlog_and_what_came_meanwhile_is_not():
    async def talk(connection, _):
        for number, age in enumerate((BACKLOG + 5, BACKLOG - 5, 0, None)):
            sent_at = None if age is None else NOW - age
            await connection.send(json.dumps({"text": "t", "id": f"c{number}", "at": sent_at}))
        await connection.send(json.dumps({"text": "t", "id": "c4", "at": NOW, "isHistory": True}))
        await connection.wait_closed()

    fields = compile_fields({"text": "/text", "id": "/id", "sent_at": "/at", "backlog": "/isHistory"}, where="fields")
    async with serving(talk) as server:
        source, _, _ = a_source(server.url, fields=fields)
        comments = source.comments()
        assert [(await anext(comments)).backlog for _ in range(5)] == [True, False, False, False, True]
        await comments.aclose()


async def test_a_tool_whose_clock_is_slow_is_told_once_a_connection():
    async def talk(connection, _):
        for number in range(4):
            await connection.send(json.dumps({"text": "t", "id": f"c{number}", "at": NOW - 4000}))
        await connection.wait_closed()

    fields = compile_fields({"text": "/text", "id": "/id", "sent_at": "/at"}, where="fields")
    async with serving(talk) as server:
        source, heard, time = a_source(server.url, fields=fields)
        comments = source.comments()
        await anext(comments)
        assert heard.stale == [], "this is chat history"
        time.now += STALE + 1
        for _ in range(3):
            assert (await anext(comments)).backlog
        await comments.aclose()
    assert heard.stale == [NOW + STALE + 1]


async def test_while_a_silent_server_gave_signs_of_life_there_was_no_gap():
    async def talk(connection, number):
        await connection.send(frame(number))
        if number == 1:
            await lost.wait()
            connection.transport.abort()
        await connection.wait_closed()

    lost = asyncio.Event()
    async with serving(talk) as server:
        source, heard, time = a_source(server.url)
        comments = source.comments()
        await anext(comments)
        coming = asyncio.ensure_future(anext(comments))
        for times in (1, 2):
            await until_asleep(time, QUIET, times)
            time.over(QUIET)
            await until_asleep(time, PATIENCE, times)
        await until_asleep(time, QUIET, 3)
        silent = time.now
        lost.set()
        await coming
        await comments.aclose()
    assert silent >= NOW + 2 * QUIET
    assert heard.gaps == [(silent, time.now)]


async def test_a_clock_that_is_set_back_makes_no_backlog_of_what_comes_from_then_on():
    async def talk(connection, _):
        for number in range(3):
            await moved.acquire()
            await connection.send(json.dumps({"text": "t", "id": f"c{number}", "at": time.now}))
        await connection.wait_closed()

    moved = asyncio.Semaphore(1)
    fields = compile_fields({"text": "/text", "id": "/id", "sent_at": "/at"}, where="fields")
    async with serving(talk) as server:
        source, _, time = a_source(server.url, fields=fields)
        comments = source.comments()
        backlog = []
        for step in (-3600, 10, 0):
            backlog.append((await anext(comments)).backlog)
            time.now += step
            moved.release()
        await comments.aclose()
    assert backlog == [False, False, False]


async def test_a_busy_server_says_when_to_come_again():
    def busy(connection, _):
        if len(asked) < 2:
            asked.append(1)
            response = connection.respond(429 if len(asked) == 1 else 503, "later")
            response.headers["Retry-After"] = "33"
            return response
        return None

    async def talk(connection, _):
        await connection.send(frame(1))
        await connection.wait_closed()

    asked = []
    async with serving(talk, process_request=busy) as server:
        source, heard, time = a_source(server.url)
        assert await take(source, 1) == ["t1"]
    assert [seconds for seconds in time.slept if seconds != QUIET] == [33, 33]
    assert "(429)" in heard.links[1][1]


async def test_a_redirect_is_not_followed_since_our_headers_would_go_along(tmp_path):
    async def talk(connection, number):
        await connection.send(frame(number))
        await connection.wait_closed()

    def away(connection, request):
        if "first" not in seen:
            seen.append("first")
            response = connection.respond(302, "elsewhere")
            response.headers["Location"] = other.url
            return response
        return None

    seen = []
    async with serving(talk) as other, serving(talk, process_request=away) as server:
        source, heard, _ = a_source(server.url, headers_file=a_headers_file(tmp_path))
        assert await take(source, 1) == ["t1"]
    assert other.connections == []
    assert "(302)" in heard.links[1][1]


async def test_a_server_that_is_no_websocket_is_tried_again():
    async def speak(reader, writer):
        writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")
        writer.close()
        tried.append(1)

    tried = []
    async with await asyncio.start_server(speak, "127.0.0.1", 0) as server:
        source, heard, _ = a_source(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
        taking = asyncio.ensure_future(take(source, 1))
        await until(lambda: len(tried) >= 3)
        taking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await taking
    assert any("does not speak WebSocket" in detail for _, detail in heard.links)


async def deaf(connection, number):
    """Sends one comment and then neither reads nor speaks: the other end of a cable that was pulled."""
    await connection.send(frame(number))
    if number == 1:
        connection.transport.pause_reading()
    await connection.wait_closed()


async def until_live(heard: Heard) -> None:
    await until(lambda: any(link is Link.LIVE for link, _ in heard.links))


async def test_a_link_whose_other_end_is_gone_is_noticed_within_forty_seconds():
    async with serving(deaf, ping_interval=None, close_timeout=0.01) as server:
        source, heard, time = a_source(server.url)
        comments = source.comments()
        assert (await anext(comments)).text == "t1"
        coming = asyncio.ensure_future(anext(comments))
        await until_asleep(time, QUIET)
        time.over(QUIET)
        await until_asleep(time, PATIENCE)
        assert not coming.done()
        time.over(PATIENCE)
        assert (await coming).text == "t2"
        await comments.aclose()
    assert heard.gaps == [(NOW, NOW + QUIET + PATIENCE + 1)]
    assert QUIET + PATIENCE < 40


async def test_a_quiet_server_that_answers_pings_is_left_alone():
    async def talk(connection, _):
        await connection.send(frame(1))
        await speak.wait()
        await connection.send(frame(2))
        await connection.wait_closed()

    speak = asyncio.Event()
    async with serving(talk, ping_interval=None) as server:
        source, heard, time = a_source(server.url)
        comments = source.comments()
        await anext(comments)
        coming = asyncio.ensure_future(anext(comments))
        for times in (1, 2, 3):
            await until_asleep(time, QUIET, times)
            time.over(QUIET)
        await until_asleep(time, PATIENCE, 2)
        speak.set()
        assert (await coming).text == "t2"
        await comments.aclose()
    assert len(server.connections) == 1
    assert heard.gaps == []


async def test_a_pipeline_that_is_held_up_is_no_dead_link():
    async with serving(deaf, ping_interval=None, close_timeout=0.01) as server:
        source, _, time = a_source(server.url)
        comments = source.comments()
        await anext(comments)
        for times in (1, 2, 3):
            await until_asleep(time, QUIET, times)
            time.over(QUIET)
        await until_asleep(time, QUIET, 4)
        assert PATIENCE not in time.slept
        server.connections[0].transport.resume_reading()
        await comments.aclose()


async def test_cancelling_ends_it_and_leaves_nothing_behind():
    async def talk(connection, _):
        await connection.wait_closed()

    async with serving(talk) as server:
        source, heard, _ = a_source(server.url)
        before = asyncio.all_tasks()
        taking = asyncio.ensure_future(take(source, 1))
        await until_live(heard)
        taking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await taking
        await server.connections[0].wait_closed()
        assert server.connections[0].close_code == 1000
        assert not {task for task in asyncio.all_tasks() - before if task.get_name().startswith("watch")}
        with pytest.raises(NotSentError):
            await source.send({})


async def test_headers_and_greeting_are_sent_on_every_connection(tmp_path):
    async def talk(connection, number):
        greetings.append(json.loads(await connection.recv()))
        await connection.send(frame(number))
        if number == 1:
            await connection.close(1012, "restart\x1b[2J")
        await connection.wait_closed()

    greetings = []
    async with serving(talk) as server:
        path = a_headers_file(tmp_path, "Authorization: Bearer canary")
        source, heard, _ = a_source(server.url, headers_file=path, greeting=[{"request": "Subscribe"}])
        assert await take(source, 2) == ["t1", "t2"]
    assert [request.headers["Authorization"] for request in server.requests] == ["Bearer canary"] * 2
    assert greetings == [{"request": "Subscribe"}] * 2
    assert "(1012: restart\\u001b[2J)" in heard.links[2][1]


async def test_a_server_that_hangs_up_on_our_greeting_is_come_back_to():
    async def talk(connection, number):
        if number == 1:
            connection.transport.abort()
            return
        await connection.send(frame(number))
        await connection.wait_closed()

    async with serving(talk) as server:
        source, heard, _ = a_source(server.url, greeting=[{"n": n} for n in range(3)])
        assert await take(source, 1) == ["t2"]
    assert all(since >= NOW for since, _ in heard.gaps)


async def test_neither_url_nor_headers_are_ever_said_or_logged(caplog, tmp_path):
    async def talk(connection, number):
        await connection.send(frame(number))
        if number < 3:
            connection.transport.abort()
        await connection.wait_closed()

    with caplog.at_level(logging.DEBUG):
        async with serving(talk) as server:
            path = a_headers_file(tmp_path, "Authorization: Bearer canary")
            source, heard, _ = a_source(server.url, headers_file=path)
            assert await take(source, 3) == ["t1", "t2", "t3"]
    own = [record for record in caplog.records if record.name != "websockets.server"]
    assert "canary" not in f"{heard.links} {source!r} {[record.getMessage() for record in own]}"


@pytest.mark.parametrize(
    "url", ["", "http://x/canary", "wss://", "ws://u:canary@x/", "wss://x/#canary", "ws://[::1/canary", "ws://a..b/canary"]
)  # fmt: skip
def test_a_url_that_cannot_be_connected_to_is_refused_at_the_start_and_not_shown(url):
    with pytest.raises(ConfigError, match="wss://host/path") as caught:
        a_source(url)
    assert "canary" not in str(caught.value)


CAN = declared_capabilities(dict.fromkeys(Operation, "api"), where="can")
HIDE = Action("e1", Operation.HIDE, "shop", "relay", "shop", comment="c1", author="u1")
POST = Action("e2", Operation.POST, "shop", "relay", "shop", text="yes")


@contextlib.asynccontextmanager
async def acting(answer):
    """An actuator over the connection of a source that is being read; ``answer`` gets each action's frame."""

    async def talk(connection, _):
        async for message in connection:
            await answer(connection, json.loads(message))

    async with serving(talk) as server:
        source, heard, time = a_source(server.url)
        reading = asyncio.ensure_future(take(source, 1))
        await until_live(heard)
        yield WebSocketActuator(source, can=CAN), time, heard
        reading.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await reading


@pytest.mark.parametrize(
    ("status", "result"), [("done", Result.APPLIED), ("failed", Result.FAILED), ("unsupported", Result.UNSUPPORTED)]
)
async def test_an_action_goes_out_over_the_sources_connection_and_its_answer_comes_back(status, result):
    async def answer(connection, action):
        sent.append(action)
        await connection.send(json.dumps({"action_id": "e9:hide", "status": "done"}))
        await connection.send(json.dumps({"action_id": action["action_id"], "status": status, "detail": "so"}))

    sent = []
    async with acting(answer) as (actuator, _, heard):
        assert actuator.capabilities is CAN
        assert await actuator.apply(HIDE) == Outcome(result, "so")
    assert sent[0]["action"] == "hide"
    assert sent[0]["target"]["comment"] == "c1"
    assert heard.rejected == [], "an answer is no comment"


async def test_answers_may_come_in_any_order():
    async def answer(connection, action):
        waiting.append(action["action_id"])
        if len(waiting) == 2:
            for key, status in ((waiting[1], "failed"), (waiting[0], "done")):
                await connection.send(json.dumps({"action_id": key, "status": status}))

    waiting = []
    async with acting(answer) as (actuator, _, _):
        hidden, posted = await asyncio.gather(actuator.apply(HIDE), actuator.apply(POST))
    assert (hidden.result, posted.result) == (Result.APPLIED, Result.FAILED)


async def test_an_answer_that_does_not_come_leaves_a_post_unknown_and_a_hide_to_be_sent_again():
    async def answer(connection, action):
        sent.append(action["action_id"])
        time.over(10.0)

    sent = []
    async with acting(answer) as (actuator, time, _):
        with pytest.raises(RetryError):
            await actuator.apply(HIDE)
        assert (await actuator.apply(POST)).result is Result.UNKNOWN
    assert sent == ["e1:hide", "e2:post"]


async def test_an_answer_that_comes_too_late_is_nobodys():
    async def answer(connection, action):
        if action["action_id"] == "e1:hide":
            time.over(10.0)
            late.append(action["action_id"])
        else:
            for key in (*late, action["action_id"]):
                await connection.send(json.dumps({"action_id": key, "status": "done"}))

    late = []
    async with acting(answer) as (actuator, time, heard):
        with pytest.raises(RetryError):
            await actuator.apply(HIDE)
        assert (await actuator.apply(POST)).result is Result.APPLIED
    assert heard.rejected == []


async def test_an_answer_that_comes_twice_is_taken_once():
    async def answer(connection, action):
        for status in ("done", "failed"):
            await connection.send(json.dumps({"action_id": action["action_id"], "status": status}))

    async with acting(answer) as (actuator, _, heard):
        assert (await actuator.apply(HIDE)).result is Result.APPLIED
        assert (await actuator.apply(POST)).result is Result.APPLIED
    assert [link for link, _ in heard.links] == [Link.CONNECTING, Link.LIVE]


async def test_an_answer_without_a_known_status_leaves_it_unknown():
    async def answer(connection, action):
        await connection.send(json.dumps({"action_id": action["action_id"], "status": "perhaps"}))

    async with acting(answer) as (actuator, _, _):
        assert (await actuator.apply(HIDE)).result is Result.UNKNOWN


async def test_without_a_connection_nothing_was_sent():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        source, _, _ = a_source(f"ws://127.0.0.1:{taken.getsockname()[1]}/")
        with pytest.raises(NotSentError):
            await WebSocketActuator(source, can=CAN).apply(POST)


async def test_a_tool_that_answers_is_asked_what_became_of_an_action():
    async def answer(connection, frame):
        if frame.get("type") == "status":
            asked.append(frame)
            await connection.send(json.dumps({"action_id": frame["action_id"], "status": says.pop(0)}))
        else:
            time.over(10.0)

    asked, says = [], ["pending", "not_found", "done"]
    async with acting(answer) as (actuator, time, heard):
        assert not actuator.reads_back, "unless the tool is said to answer"
        assert (await actuator.apply(POST)).result is Result.UNKNOWN
        found = [await actuator.look_up(POST) for _ in range(3)]
    assert found == [None, Fate.NEVER_CAME, Outcome(Result.CONFIRMED)]
    assert asked[0] == {"type": "status", "action_id": "e2:post", "idempotency_key": "e2:post"}
    assert heard.rejected == []


async def test_a_refusal_is_no_doubt_and_without_a_connection_nothing_can_be_found_out():
    class Refused:
        async def ask(self, key, message, seconds):
            if "target" in message:
                raise AuthError("the relay refuses us.")
            raise NotSentError("there is no connection.", code="not_connected")

    actuator = WebSocketActuator(Refused(), can=CAN, reads_back=True)
    with pytest.raises(AuthError):
        await actuator.apply(HIDE)
    assert actuator.reads_back
    assert await actuator.look_up(HIDE) is None
