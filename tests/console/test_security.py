from __future__ import annotations

import asyncio
import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest
from aiohttp import ClientSession, WSServerHandshakeError, web

from streambot.console import log_pages
from tests.console.fakes import Console, a_row, build, serve

COMMAND = {"act": "hide", "target": "c1"}
OURS = "http://localhost:{port}"


async def ask(console: Console, method: str, path: str, headers: dict[str, str], body: str = "{}") -> tuple[int, dict]:
    """A request as these header lines say, and nothing a client library would add or mend."""
    given = {"Host": f"127.0.0.1:{console.port}", "Content-Length": str(len(body)), **headers}
    lines = [f"{method} {path} HTTP/1.1", "Connection: close"]
    lines += [f"{name}: {value.format(port=console.port)}" for name, value in given.items() if value != "-"]
    reader, writer = await asyncio.open_connection("127.0.0.1", console.port)
    writer.write(("\r\n".join(lines) + "\r\n\r\n" + body).encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    writer.close()
    return int(head[0].split()[1]), dict(line.lower().split(": ", 1) for line in head[1:] if line)


UPGRADE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
}
JSON = {"Content-Type": "application/json"}
POST = "/api/v1/rooms/demo/commands"


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/live", {"Host": "evil.example"}, 421),
        ("GET", "/live", {"Host": "evil.example:{port}"}, 421),
        ("GET", "/live", {"Host": "localhost:1"}, 421),
        ("GET", "/live", {"Host": "127.0.0.1.evil.example:{port}"}, 421),
        ("GET", "/log.csv", {"Host": "-"}, 400),
        (
            "GET",
            "/ws/v1",
            {**UPGRADE, "Host": "rebound.example:{port}", "Origin": "http://rebound.example:{port}"},
            421,
        ),
        ("GET", "/ws/v1", {**UPGRADE, "Origin": "https://evil.example"}, 403),
        ("GET", "/ws/v1", {**UPGRADE, "Origin": "null"}, 403),
        ("GET", "/ws/v1", {**UPGRADE, "Origin": "http://localhost:3000"}, 403),
        ("GET", "/ws/v1", {**UPGRADE, "Origin": "http://localhost:{port}.evil.example"}, 403),
        ("POST", POST, {**JSON, "Origin": "https://evil.example"}, 403),
        ("POST", POST, {**JSON, "Origin": "null"}, 403),
        ("POST", POST, {**JSON, "Sec-Fetch-Site": "cross-site"}, 403),
        ("POST", POST, {**JSON, "Sec-Fetch-Site": "same-site", "Origin": OURS}, 403),
        ("POST", POST, {"Content-Type": "text/plain"}, 415),
        ("POST", POST, {"Content-Type": "application/x-www-form-urlencoded", "Origin": OURS}, 415),
        ("POST", POST, {}, 415),
        ("POST", "/api/v1/session", {**JSON, "Origin": "https://evil.example"}, 403),
        ("PUT", POST, JSON, 405),
        ("POST", "/live", JSON, 405),
    ],
)
async def test_a_strange_page_is_kept_out(console, method, path, headers, status):
    assert (await ask(console, method, path, headers))[0] == status
    assert console.desk.heard == []


@pytest.mark.parametrize("host", ["127.0.0.1:{port}", "localhost:{port}", "LOCALHOST:{port}", "[::1]:{port}"])
async def test_our_own_names_are_answered(console, host):
    assert (await ask(console, "GET", "/-/health", {"Host": host}))[0] == 200


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": OURS}, {"Origin": OURS, "Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}]
)
async def test_our_own_pages_and_programs_may_send_commands(console, headers):
    body = '{"act":"hide","target":"c1"}'
    assert (await ask(console, "POST", POST, {**JSON, **headers}, body))[0] == 202


async def test_configured_names_are_answered_with_our_port_or_behind_a_proxy(open_console):
    console = await open_console(allowed_hosts=["Console.lan", "studio.lan:8443"])
    for host, status in (
        ("console.lan", 200),
        ("console.lan:{port}", 200),
        ("console.lan:1", 421),
        ("studio.lan:8443", 200),
        ("studio.lan", 421),
        ("studio.lan:{port}", 421),
    ):
        assert (await ask(console, "GET", "/-/health", {"Host": host}))[0] == status, host
    origin = {**JSON, "Host": "console.lan", "Origin": "https://console.lan"}
    assert (await ask(console, "POST", POST, origin, '{"act":"hide","target":"c1"}'))[0] == 202


async def test_two_hosts_in_one_request_are_refused(console):
    status, _ = await ask(console, "GET", "/live", {"Host": "127.0.0.1:{port}\r\nHost: evil.example"})
    assert status in {400, 421}


@pytest.mark.parametrize("path", ["/live", "/live/demo", "/nothing", "/log.csv", "/-/health", "/api/v1/nothing"])
async def test_every_answer_carries_the_policy(console, path):
    async with console.session.get(console.url + path) as answer:
        headers = answer.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert "unsafe" not in headers["Content-Security-Policy"]


async def test_the_only_inline_script_is_the_import_map_whose_hash_the_policy_names(console):
    async with console.session.get(console.url + "/log") as answer:
        page, policy = await answer.text(), answer.headers["Content-Security-Policy"]
    [inline] = re.findall(r"<script(?![^>]*src)[^>]*>(.*?)</script>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in policy
    assert "style=" not in page
    assert not re.search(r"\son\w+=", page)


async def test_a_body_above_64_kib_is_refused(console):
    status, answer = await console.post({"act": "hide", "target": "c1", "reason": "x" * 70_000})
    assert (status, answer["status"], answer["ok"]) == (413, 413, False)


class Elements(HTMLParser):
    """What a browser would make of a page: its elements, their attributes, and all text, attributes' included."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.texts: list[str] = []
        self.scripts = 0
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.scripts += tag == "script"
        self.attributes |= {name for name, _ in attrs}
        self.texts += [value for _, value in attrs]

    def handle_data(self, data):
        self.texts.append(data)


async def test_a_bug_is_told_by_an_id_and_never_by_its_traceback(console, monkeypatch):
    async def broken(*_):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(console.log, "search", broken)
    monkeypatch.setattr(console.desk, "command", broken)
    async with console.session.get(console.url + "/log") as answer:
        page = await answer.text()
    assert (answer.status, answer.content_type) == (500, "text/html")
    assert re.search(r"Error id <code>[0-9a-f]{12}</code>", page)
    status, told = await console.post(COMMAND)
    assert (status, told["ok"], told["status"]) == (500, False, 500)
    assert re.fullmatch("[0-9a-f]{12}", told["id"])
    assert "secret detail" not in page + str(told)


async def test_a_log_that_cannot_be_read_is_503_with_a_sentence(console):
    console.log.broken = True
    async with console.session.get(console.url + "/log") as answer:
        assert answer.status == 503
        assert "cannot be read" in await answer.text()


async def test_errors_of_data_are_json_of_one_shape_and_errors_of_pages_are_pages(console):
    async with console.session.get(console.url + "/api/v1/nothing") as answer:
        assert await answer.json() == {
            "ok": False,
            "error": "There is nothing here.",
            "told": {"say": "nothing_here", "text": "There is nothing here.", "values": {}},
            "errors": ["There is nothing here."],
            "status": 404,
        }
    async with console.session.get(console.url + "/nothing") as answer:
        assert (answer.status, answer.content_type) == (404, "text/html")


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '"><svg onload=alert(1)>',
        "' onmouseover='alert(1)",
        "{{ 7*7 }}</textarea>",
    ],
)
async def test_hostile_text_is_text_on_every_page(console, text):
    evidence = [{"rule": text, "source": "lexicon", "span": [0, 3], "text": text, "label": text, "reason": text}]
    console.log.stored = [a_row(1, text, author_name=text, reason=text, actor=text, evidence=evidence, language=text)]
    for path, params in (("/log", {}), ("/log/e1", {}), ("/log", {"q": text}), ("/log", {"label": text, "lang": text})):
        async with console.session.get(console.url + path, params=params) as answer:
            page = await answer.text()
            assert answer.status == 200
        seen = Elements(page)
        assert not {"img", "svg"} & seen.tags
        assert seen.scripts == 1
        assert not [name for name in seen.attributes if name.startswith("on") or name == "style"]
        assert text in seen.texts


async def test_an_upgrade_from_our_own_page_is_taken(console):
    origin = f"http://127.0.0.1:{console.port}"
    ws = await console.session.ws_connect(f"{console.url}/ws/v1", origin=origin)
    await ws.close()
    with pytest.raises(WSServerHandshakeError) as refused:
        await console.session.ws_connect(f"{console.url}/ws/v1", origin="https://evil.example")
    assert refused.value.status == 403


def test_evidence_is_cut_by_code_points_and_may_overlap():
    text = "🔥แอดไลน์ @xx"
    found = log_pages.pieces(
        text,
        [
            {"rule": "a", "span": [1, 8], "label": "diversion"},
            {"rule": "b", "span": [6, 12], "label": "scam"},
            {"rule": "c", "span": [90, 99]},
            {"rule": "d", "span": None},
        ],
    )
    assert [(piece.text, piece.rules) for piece in found] == [
        ("🔥", ""),
        (text[1:6], "diversion"),
        (text[6:8], "diversion, scam"),
        (text[8:12], "scam"),
    ]
    assert "".join(piece.text for piece in found) == text
    assert log_pages.pieces("", []) == []


async def test_a_route_added_from_outside_is_behind_the_gate_and_checks_for_itself_who_asks():
    async def door(request):
        return web.json_response({"ok": request.headers["Authorization"] == "Bearer key"})

    app, _ = build(require_token=True)
    app.router.add_post("/-/door", door)
    runner, url = await serve(app)
    async with ClientSession() as session:
        async with session.post(f"{url}/-/door", json={}, headers={"Authorization": "Bearer key"}) as answer:
            assert await answer.json() == {"ok": True}
        headers = {"Authorization": "Bearer key", "Origin": "https://evil.example"}
        async with session.post(f"{url}/-/door", json={}, headers=headers) as answer:
            assert answer.status == 403
    await runner.cleanup()
