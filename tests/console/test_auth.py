from __future__ import annotations

import pytest
from aiohttp import WSServerHandshakeError

from tests.console.fakes import Console

PAGES = ("/live", "/live/demo", "/host/demo", "/log", "/log.csv", "/log.jsonl", "/-/metrics", "/-/versions")
MAY = {
    "host": {"/host/demo"},
    "controller": {"/host/demo", "/live", "/live/demo", "/log", "/log.csv", "/log.jsonl"},
    "ops": set(PAGES),
    "admin": set(PAGES),
}


async def get(console: Console, path: str, token: str | None = None, **headers: str) -> int:
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    async with console.session.get(console.url + path, headers=headers, allow_redirects=False) as answer:
        return answer.status


@pytest.mark.parametrize("role", MAY)
async def test_each_role_opens_its_own_pages_and_no_others(console, role):
    for path in PAGES:
        expected = 200 if path in MAY[role] else 403
        assert await get(console, path, f"{role}-token") == expected, path


@pytest.mark.parametrize("require_token", [True, False])
async def test_a_bad_token_is_401_everywhere_even_where_none_is_needed(open_console, require_token):
    console = await open_console(require_token=require_token)
    for path in (*PAGES, "/"):
        assert await get(console, path, "wrong") == 401, path
        assert await get(console, path, Cookie="streambot_session=wrong") == 401, path
    assert await get(console, "/live", Authorization="Basic YTpi") == 401
    assert (await console.post({"act": "hide", "target": "c1"}, token="wrong"))[0] == 401
    with pytest.raises(WSServerHandshakeError) as refused:
        await console.listen("wrong")
    assert refused.value.status == 401


async def test_without_a_token_the_person_at_the_machine_is_the_admin(console):
    for path in PAGES:
        assert await get(console, path) == 200
    assert (await console.post({"act": "hide", "target": "c1"}))[0] == 202
    assert console.desk.heard[0].actor == "local"


async def test_where_tokens_are_required_nothing_but_shells_and_probes_opens_without_one(open_console):
    console = await open_console(require_token=True)
    for path in PAGES:
        assert await get(console, path) == (200 if path in {"/live/demo", "/host/demo"} else 401), path
    assert await get(console, "/-/health") == await get(console, "/-/ready") == 200
    assert (await console.post({"act": "hide", "target": "c1"}))[0] == 401
    with pytest.raises(WSServerHandshakeError) as refused:
        await console.listen()
    assert refused.value.status == 401


async def test_a_link_s_token_becomes_a_cookie_that_no_script_reads_and_no_other_site_sends(open_console):
    console = await open_console(require_token=True)
    async with console.session.post(f"{console.url}/api/v1/session", json={"k": "controller-token"}) as answer:
        assert await answer.json() == {"ok": True, "id": "a-controller", "role": "controller"}
        cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert await get(console, "/live", Cookie=cookie.partition(";")[0]) == 200
    del console.tokens.known["controller-token"]
    assert await get(console, "/live", Cookie=cookie.partition(";")[0]) == 401


async def test_a_cookie_that_went_bad_is_taken_away_and_a_new_link_still_works(console):
    stale = {"Cookie": "streambot_session=old"}
    async with console.session.get(f"{console.url}/live", headers=stale) as answer:
        assert answer.status == 401
        assert "Max-Age=0" in answer.headers["Set-Cookie"]
    url = f"{console.url}/api/v1/session"
    async with console.session.post(url, json={"k": "ops-token"}, headers=stale) as answer:
        assert answer.status == 200


@pytest.mark.parametrize(
    ("body", "status"), [({"k": "wrong"}, 401), ({"k": 1}, 422), ({}, 422), ([], 400), ({"k": ""}, 401)]
)
async def test_a_bad_link_opens_nothing(console, body, status):
    async with console.session.post(f"{console.url}/api/v1/session", json=body) as answer:
        assert answer.status == status
        assert "Set-Cookie" not in answer.headers


async def test_a_host_may_tick_off_questions_and_nothing_else(console):
    for act in ("answered", "reopen"):
        assert (await console.post({"act": act, "target": "q1"}, token="host-token"))[0] == 202
    for act in ("hide", "mute", "ban", "allow", "undo", "done", "drop"):
        assert (await console.post({"act": act, "target": "c1"}, token="host-token"))[0] == 403
    assert (await console.post({"act": "mode", "value": "auto"}, token="host-token"))[0] == 403
    assert [command.verb for command in console.desk.heard] == ["answered", "reopen"]


async def test_a_controller_reads_their_own_events_and_ops_everybody_s(console):
    await get(console, "/log?actor=ploy", "controller-token")
    assert {query.actor for query in console.log.queries} == {"a-controller"}
    console.log.queries.clear()
    await get(console, "/log.csv", "controller-token")
    assert {query.actor for query in console.log.queries} == {"a-controller"}
    console.log.queries.clear()
    await get(console, "/log?actor=ploy", "ops-token")
    assert console.log.queries[0].actor == "ploy"


async def test_a_room_that_does_not_exist_names_the_nearest(console):
    async with console.session.get(f"{console.url}/live/demmo") as answer:
        assert answer.status == 404
        assert "Did you mean demo?" in await answer.text()
