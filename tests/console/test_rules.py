"""``/rules`` and its API: who may what, and what a wrong request is told."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import ClientSession

from streambot.console.app import build_console
from streambot.core.command import Answer, PackOrder, Reply, RuleForm, RulePreview
from tests.console.fakes import build, serve

FOUND = RulePreview("confirmed", of=1000, hits=4, changed=3, broad=True, examples=(("hello", "allow"),))
STANDING = [{"event": "e1", "room": "demo"}, {"event": "e2", "room": "all"}]


@dataclass
class FakeRules:
    """Takes down what it is asked and answers what the test has set."""

    reply: Reply = field(default_factory=lambda: Reply(Answer.ACCEPTED, event="e9", message="done."))
    heard: list[Any] = field(default_factory=list)

    async def overview(self) -> Mapping[str, Any]:
        return {"now": "2026-11-23T10:00:00Z", "rooms": [], "rules": STANDING, "packs": []}

    async def preview(self, form: RuleForm) -> RulePreview | Reply:
        self.heard.append(form)
        return FOUND if self.reply.answer is Answer.ACCEPTED else self.reply

    async def add(self, form: RuleForm) -> Reply:
        self.heard.append(form)
        return self.reply

    async def withdraw(self, rule: str, actor: str, reason: str = "") -> Reply:
        self.heard.append((rule, actor, reason))
        return self.reply

    async def activate(self, order: PackOrder) -> Reply:
        self.heard.append(order)
        return self.reply


@dataclass
class Page:
    url: str
    session: ClientSession
    rules: FakeRules

    async def ask(self, path: str, body: object = None, *, role: str = "admin") -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {role}-token"} if role else {}
        method = "GET" if body is None else "POST"
        async with self.session.request(method, self.url + path, json=body, headers=headers) as answer:
            return answer.status, await (answer.json() if path.startswith("/api") else answer.text())


@asynccontextmanager
async def page_over(rules: FakeRules) -> AsyncIterator[Page]:
    _, parts = build()
    app = build_console(
        parts["log"], parts["live"], parts["desk"], parts["feed"], tokens=parts["tokens"], clock=parts["clock"],
        versions=dict, ready=_ready, require_token=True, rules=rules,
    )  # fmt: skip
    runner, url = await serve(app)
    try:
        async with ClientSession() as session:
            yield Page(url, session, rules)
    finally:
        await runner.cleanup()


async def _ready() -> tuple[bool, list[str]]:
    return True, []


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    async with page_over(FakeRules()) as served:
        yield served


FORM = {"room": "demo", "terms": ["cheap"], "action": "hide", "label": "spam", "minutes": 60}


async def test_the_overview_says_what_may_be_chosen_and_what_i_may(page: Page) -> None:
    status, body = await page.ask("/api/v1/rules", role="controller")
    assert (status, body["ok"], body["me"]) == (
        200,
        True,
        {"id": "a-controller", "role": "controller", "everywhere": False},
    )
    assert body["form"]["actions"] == ["review", "hide", "mute"]
    assert "spam" in body["form"]["labels"]
    assert (await page.ask("/api/v1/rules", role="ops"))[1]["me"]["everywhere"] is True


async def test_a_preview_is_told_with_its_examples(page: Page) -> None:
    status, body = await page.ask("/api/v1/rules/preview", FORM, role="controller")
    assert status == 200
    assert (body["of"], body["hits"], body["changed"], body["broad"]) == (1000, 4, 3, True)
    assert body["examples"] == [{"text": "hello", "act": "allow"}]
    [form] = page.rules.heard
    assert form == RuleForm("demo", "a-controller", "hide", 60, terms=("cheap",), label="spam")


async def test_a_rule_is_added_in_the_name_of_who_asks(page: Page) -> None:
    status, body = await page.ask("/api/v1/rules", {**FORM, "confirm": "confirmed", "actor": "somebody"})
    assert (status, body["event"]) == (202, "e9")
    assert (page.rules.heard[0].actor, page.rules.heard[0].confirm) == ("a-admin", "confirmed")


@pytest.mark.parametrize(
    ("answer", "status"), [(Answer.NOOP, 200), (Answer.INVALID, 422), (Answer.NOT_FOUND, 404), (Answer.ACCEPTED, 202)]
)
async def test_every_answer_has_its_status(page: Page, answer: Answer, status: int) -> None:
    page.rules.reply = Reply(answer, event="e9", message="a reason")
    for path, body in (
        ("/api/v1/rules", FORM),
        ("/api/v1/rules/e1/undo", {}),
        ("/api/v1/packs/activate", {"version": "previous"}),
    ):
        found, said = await page.ask(path, body)
        assert found == status
        assert said.get("error", "a reason") == "a reason"


@pytest.mark.parametrize(
    ("role", "path", "body", "allowed"),
    [
        ("host", "/api/v1/rules", None, False),
        ("host", "/rules", None, False),
        ("controller", "/rules", None, True),
        ("", "/rules", None, True),
        ("host", "/api/v1/rules", FORM, False),
        ("controller", "/api/v1/rules", FORM, True),
        ("controller", "/api/v1/rules", {**FORM, "room": "all"}, False),
        ("controller", "/api/v1/rules/preview", {**FORM, "room": "all"}, False),
        ("ops", "/api/v1/rules", {**FORM, "room": "all"}, True),
        ("controller", "/api/v1/rules/e1/undo", {}, True),
        ("controller", "/api/v1/rules/e2/undo", {}, False),
        ("ops", "/api/v1/rules/e2/undo", {}, True),
        ("controller", "/api/v1/packs/activate", {"version": "previous"}, False),
        ("ops", "/api/v1/packs/activate", {"version": "previous"}, True),
    ],
)
async def test_each_role_may_what_it_may(page: Page, role: str, path: str, body: object, allowed: bool) -> None:
    status, _ = await page.ask(path, body, role=role)
    assert (status < 400) is allowed
    assert allowed or (status == 403 and page.rules.heard == [])


@pytest.mark.parametrize(
    "wrong",
    [
        {"minutes": "60"}, {"minutes": True}, {"minutes": None}, {"action": "ban"}, {"action": ["hide"]},
        {"terms": "cheap"}, {"terms": [1]}, {"terms": [""]}, {"terms": ["x" * 201]}, {"terms": ["x"] * 51},
        {"room": 7}, {"reason": "x" * 301}, {"patterns": ["x" * 1001]},
    ],
    ids=str,
)  # fmt: skip
async def test_a_form_of_the_wrong_shape_is_refused_before_anybody_hears_it(page: Page, wrong: dict[str, Any]) -> None:
    for path in ("/api/v1/rules/preview", "/api/v1/rules"):
        status, said = await page.ask(path, {**FORM, **wrong})
        assert (status, said["ok"]) == (422, False)
    assert page.rules.heard == []


async def test_an_order_for_a_pack_is_passed_on_whole(page: Page) -> None:
    body = {"version": "th@2", "room": "demo", "shadow": True, "reason": "try it", "file": "/etc/passwd"}
    await page.ask("/api/v1/packs/activate", body, role="ops")
    # Files are named on the command line, never by a browser.
    assert page.rules.heard == [PackOrder("th@2", "a-ops", "demo", shadow=True, reason="try it")]
    assert (await page.ask("/api/v1/packs/activate", {"room": "demo"}))[0] == 422
