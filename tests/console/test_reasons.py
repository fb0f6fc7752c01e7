from __future__ import annotations

import pytest


async def asked(console, path: str, token: str | None = None) -> tuple[int, dict]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with console.session.get(f"{console.url}{path}", headers=headers) as answer:
        return answer.status, await answer.json()


@pytest.mark.parametrize(("query", "language"), [("", "en"), ("?lang=th", "th")])
async def test_a_page_is_told_why_each_rule_speaks_in_its_language(console, query, language):
    status, answer = await asked(console, f"/api/v1/rooms/demo/reasons{query}")
    assert (status, answer["ok"]) == (200, True)
    assert answer["rules"] == {"spam": {"why": f"Spam, in {language}.", "instead": "Nothing."}}


async def test_a_room_or_a_language_that_is_not_there_is_refused_in_a_sentence(console):
    assert (await asked(console, "/api/v1/rooms/gone/reasons"))[0] == 404
    status, answer = await asked(console, "/api/v1/rooms/demo/reasons?lang=xx")
    assert (status, answer["error"]) == (422, '"lang" must be one of en, zh, th, vi, id, ms, tl, es, other.')


async def test_a_host_is_not_told(open_console):
    console = await open_console(require_token=True)
    assert (await asked(console, "/api/v1/rooms/demo/reasons", "host-token"))[0] == 403
    assert (await asked(console, "/api/v1/rooms/demo/reasons"))[0] == 401
    assert (await asked(console, "/api/v1/rooms/demo/reasons", "controller-token"))[0] == 200
