from __future__ import annotations

import pytest

from streambot.core.command import Answer, Command, Reply, Verb
from tests.console.fakes import NOW


async def test_a_command_reaches_the_desk_whole_with_who_sent_it_and_its_key(console):
    body = {"act": "hide", "target": "c1", "reason": "scam", "via": "key"}
    status, answer = await console.post(body, token="controller-token", Idempotency_Key="k-1")
    assert console.desk.heard == [
        Command("demo", Verb.HIDE, "a-controller", target="c1", reason="scam", via="key", key="k-1")
    ]
    assert (status, answer) == (
        202,
        {"ok": True, "event": "e-new", "state": "queued", "undo_until": "2026-11-18T11:06:42.000Z"},
    )


async def test_without_a_delay_there_is_no_time_to_withdraw_in(console):
    console.desk.reply = Reply(Answer.ACCEPTED, event="e1")
    assert (await console.post({"act": "hide", "target": "c1"}))[1]["undo_until"] is None


async def test_what_is_already_so_is_quiet(console):
    console.desk.reply = Reply(Answer.NOOP)
    assert await console.post({"act": "hide", "target": "c1"}) == (200, {"ok": True, "state": "noop"})


async def test_the_second_of_two_people_is_told_who_was_first(console):
    console.desk.reply = Reply(Answer.CONFLICT, by="ploy", act="hide", at=NOW - 2)
    assert await console.post({"act": "allow", "target": "c1"}) == (
        409,
        {
            "ok": False,
            "error": "ploy was first: hide.",
            "errors": ["ploy was first: hide."],
            "status": 409,
            "by": "ploy",
            "act": "hide",
            "at": "2026-11-18T11:06:38.000Z",
        },
    )


@pytest.mark.parametrize(
    ("answer", "status"), [(Answer.FORBIDDEN, 403), (Answer.NOT_FOUND, 404), (Answer.INVALID, 422)]
)
async def test_what_the_desk_refuses_is_refused_in_its_words(console, answer, status):
    console.desk.reply = Reply(answer, message="Not here.")
    told = {"ok": False, "error": "Not here.", "errors": ["Not here."], "status": status}
    assert await console.post({"act": "hide", "target": "c1"}) == (status, told)
    console.desk.reply = Reply(answer)
    assert (await console.post({"act": "hide", "target": "c1"}))[1]["error"].endswith(".")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"act": "explode", "target": "c1"}, 422),
        ({"act": "hide"}, 422),
        ({"act": "hide", "target": 7}, 422),
        ({"act": "hide", "target": {"$ne": ""}}, 422),
        ({"act": "hide", "target": "x" * 513}, 422),
        ({"act": ["hide"], "target": "c1"}, 422),
        ({"act": "mode"}, 422),
        ({"act": "merge", "target": "q1"}, 422),
        ({"act": "split", "target": "q1", "value": ""}, 422),
        ({"act": "split", "target": "q1", "value": "x" * 2001}, 422),
        ({"act": "pin"}, 422),
        ({"act": "mode", "value": "berserk"}, 422),
        ([], 400),
        ("hide", 400),
    ],
)
async def test_a_command_that_means_nothing_never_reaches_the_desk(console, body, status):
    told, answer = await console.post(body)
    assert (told, answer["ok"], answer["status"]) == (status, False, status)
    assert answer["errors"]
    assert console.desk.heard == []


async def test_a_body_that_is_not_json_is_400(console):
    url = f"{console.url}/api/v1/rooms/demo/commands"
    for body in (b"{", b"null", b"\xff\xfe", b"[" * 50_000):
        async with console.session.post(url, data=body, headers={"Content-Type": "application/json"}) as answer:
            assert answer.status == 400, body[:9]


async def test_a_mode_needs_a_value_and_no_target(console):
    assert (await console.post({"act": "mode", "value": "assist"}))[0] == 202
    assert (console.desk.heard[0].verb, console.desk.heard[0].value) == (Verb.MODE, "assist")


async def test_an_idempotency_key_that_is_too_long_is_refused(console):
    assert (await console.post({"act": "hide", "target": "c1"}, Idempotency_Key="k" * 201))[0] == 422


@pytest.mark.parametrize("act", ["push", "pin", "unpin", "merge", "split", "drop"])
async def test_what_a_controller_does_to_the_hot_list_a_host_may_not(console, act):
    body = {"act": act, "target": "q1", "value": "q2"}
    assert (await console.post(body, token="host-token"))[0] == 403
    assert console.desk.heard == []
    assert (await console.post(body, token="controller-token"))[0] == 202
    assert console.desk.heard == [Command("demo", Verb(act), "a-controller", target="q1", value="q2")]


@pytest.mark.parametrize("act", ["answered", "reopen"])
async def test_a_host_ticks_a_question_off_and_takes_that_back(console, act):
    assert (await console.post({"act": act, "target": "q1"}, token="host-token"))[0] == 202
