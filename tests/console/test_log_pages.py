from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import ClientPayloadError, ClientSession

from streambot.console.log_export import COLUMNS, guard
from streambot.console.words import LANGUAGES, Words
from tests.console.fakes import NOW, STATUS, Console, a_row


async def get(console: Console, path: str, **params: str) -> tuple[int, str]:
    async with console.session.get(console.url + path, params=params) as answer:
        return answer.status, await answer.text(encoding="utf-8")


@pytest.fixture
def filled(console):
    console.log.stored = [
        a_row(1, "hello"),
        a_row(2, "add me on line", act="hide", labels={"diversion": 0.93}, outcome="applied", state="settled"),
        a_row(3, "buy", act="hide", labels={"spam": 0.8}, actor="nok"),
    ]
    return console


async def test_the_log_shows_newest_first_with_both_clocks_and_a_way_to_each_chain(filled):
    status, page = await get(filled, "/log")
    assert status == 200
    assert re.findall(r'href="/log/(e\d)"', page) == ["e3", "e2", "e1"]
    assert "2026-11-18 11:06:42.000" in page
    assert "01:00:02" in page
    assert "diversion 0.93" in page
    assert "3 events" in page


async def test_the_time_in_the_broadcast_is_told_for_the_one_on_air_only(console):
    console.live.statuses = [replace(STATUS, broadcast="b2")]
    console.log.stored = [a_row(1, broadcast="b2"), a_row(2, broadcast="b1"), a_row(-4000, broadcast="b2")]
    raw = (await get(console, "/log.csv", bom="off"))[1]
    assert [line["t_plus"] for line in csv.DictReader(io.StringIO(raw))] == ["01:00:01", "", ""]


async def test_filters_survive_in_every_link(filled):
    _, page = await get(filled, "/log", act="hide", q="add", size="1")
    links = re.findall(r'href="(/log[^"]*)"', page)
    assert any("label" not in link and "act=hide" in link and "q=add" in link for link in links if "csv" in link)
    assert any(link.startswith("/log?") and "q=add" in link and "act=hide" not in link for link in links)
    assert '<input type="hidden" name="act" value="hide">' in page
    assert 'name="q" value="add"' in page


async def test_a_facet_sets_its_filter_and_the_set_one_takes_it_away(filled):
    _, page = await get(filled, "/log")
    assert '<a href="/log?act=hide"><span>hide</span> <span class="number">2</span></a>' in page
    _, page = await get(filled, "/log", act="hide", room="demo")
    assert '<a href="/log?room=demo" aria-current="true"><span>hide</span>' in page


async def test_paging_goes_on_where_the_page_ended(filled):
    _, page = await get(filled, "/log", size="2")
    [older] = re.findall(r'href="([^"]*before=[^"]*)"', page)
    assert older == "/log?size=2&amp;before=2"
    _, page = await get(filled, "/log", size="2", before="2")
    assert re.findall(r'href="/log/(e\d)"', page) == ["e1"]
    assert "before=" not in "".join(re.findall(r'href="(/log\?[^"]*)"', page))
    assert "3 events" in page


async def test_an_empty_view_says_which_filter_emptied_it(filled):
    _, page = await get(filled, "/log", act="hide", label="scam")
    text = re.sub(r"<[^>]+>", "", page)
    assert "0 with label=scam; 2 without it" in text
    assert "act=hide;" not in text
    assert 'href="/log?act=hide"' in page


async def test_an_empty_log_says_what_will_be_there(console):
    assert "The log is empty." in (await get(console, "/log"))[1]


async def test_a_count_that_was_stopped_says_so(filled, monkeypatch):
    async def many(query, cap=10_000):
        return cap + 1

    monkeypatch.setattr(filled.log, "count", many)
    assert "&gt;10,000 events" in (await get(filled, "/log"))[1]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("2026-11-14T20:12:33+07:00", datetime(2026, 11, 14, 13, 12, 33, tzinfo=UTC).timestamp()),
        ("2026-11-14T20:12:33 07:00", datetime(2026, 11, 14, 13, 12, 33, tzinfo=UTC).timestamp()),
        ("2026-11-14T13:12Z", datetime(2026, 11, 14, 13, 12, tzinfo=UTC).timestamp()),
        ("2026-11-14 13:12", datetime(2026, 11, 14, 13, 12, tzinfo=UTC).timestamp()),
        ("T+00:30", NOW - 3600 + 1800),
        ("T+01:12:33", NOW - 3600 + 4353),
    ],
)
async def test_times_may_be_of_the_day_or_of_the_broadcast(console, given, expected):
    assert (await get(console, "/log", room="demo", t0=given))[0] == 200
    assert {query.t0 for query in console.log.queries} >= {expected}


@pytest.mark.parametrize(
    "params",
    [
        {"t0": "yesterday"},
        {"t0": "T+1:00"},
        {"size": "0"},
        {"size": "501"},
        {"size": "x"},
        {"before": "-1"},
        {"q": "x" * 501},
    ],
)
async def test_a_value_that_means_nothing_is_told(console, params):
    status, page = await get(console, "/log", **params)
    assert status == 400
    assert next(iter(params)) in page


async def test_unknown_parameters_are_ignored_on_the_page_and_refused_in_data(filled):
    assert (await get(filled, "/log", lable="scam"))[0] == 200
    for path in ("/log.csv", "/log.jsonl"):
        status, told = await get(filled, path, lable="scam")
        assert (status, json.loads(told)["ok"]) == (400, False)


async def test_the_csv_has_what_the_page_shows_and_opens_in_a_spreadsheet(filled):
    async with filled.session.get(f"{filled.url}/log.csv?act=hide") as answer:
        raw = await answer.read()
        assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert raw.startswith(b"\xef\xbb\xbf")
    lines = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert [line["text"] for line in lines] == ["add me on line", "buy"]
    assert tuple(lines[0]) == COLUMNS
    assert (lines[0]["ts_utc"], lines[0]["t_plus"]) == ("2026-11-18T11:06:42.000Z", "01:00:02")
    assert lines[0]["labels"] == "diversion:0.930"


async def test_the_byte_order_mark_can_be_left_out(filled):
    assert (await get(filled, "/log.csv", bom="off"))[1].startswith('"event"')
    assert (await get(filled, "/log.csv", bom="maybe"))[0] == 400


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠", " =", "\n=", "\u3000＝"])
async def test_no_comment_is_a_formula(console, start):
    hostile = f'{start}HYPERLINK("http://evil.example";"x")'
    console.log.stored = [a_row(1, hostile, author_name=hostile)]
    raw = (await get(console, "/log.csv"))[1]
    [line] = csv.DictReader(io.StringIO(raw.lstrip("\ufeff"), newline=""))
    assert line["text"] == line["author_name"] == f"'{hostile}"
    [row] = [json.loads(line) for line in (await get(console, "/log.jsonl"))[1].splitlines()]
    assert row["text"] == hostile


def test_what_is_no_formula_stays_as_it_is():
    for cell in ("", " ", "hello = world", "a-b", "0.93", "'=1"):
        assert guard(cell) == cell


async def test_a_text_of_many_lines_and_quotes_stays_one_cell(console):
    text = 'one\r\ntwo "three", four\u2028five'
    console.log.stored = [a_row(1, text)]
    [line] = csv.DictReader(io.StringIO((await get(console, "/log.csv"))[1].lstrip("\ufeff"), newline=""))
    assert line["text"] == text


async def test_the_jsonl_is_the_log_as_it_is(filled):
    lines = (await get(filled, "/log.jsonl"))[1].split("\n")
    assert [json.loads(line) for line in lines[:-1]] == filled.log.stored


@pytest.mark.parametrize("path", ["/log.csv", "/log.jsonl"])
async def test_an_export_that_breaks_off_is_never_taken_for_a_whole_one(filled, path):
    filled.log.breaks_after = 2
    received = b""
    async with filled.session.get(filled.url + path) as answer:
        with pytest.raises(ClientPayloadError):  # noqa: PT012 - what came before the break is looked at
            async for chunk in answer.content.iter_any():
                received += chunk
    assert "not complete" in received.decode().splitlines()[-1]


async def test_the_chain_tells_text_evidence_verdict_outcome_and_who_took_it_back(console):
    evidence = [
        {"rule": "r7", "source": "lexicon", "span": [2, 9], "text": "แอดไลน์", "label": "diversion", "score": 0.9}
    ]
    console.log.stored = [
        a_row(1, "🔥 แอดไลน์ @x", act="hide", evidence=evidence, labels={"diversion": 0.9}, outcome="applied"),
        a_row(2, None, comment="c1", kind="undo", act=None, actor="nok", reverses="e1", reason="a friend"),
        a_row(3, "another"),
    ]
    status, page = await get(console, "/log/e2")
    assert status == 200
    assert '🔥 <mark title="diversion">แอดไลน์</mark> @x' in page
    assert page.index('id="event-e1"') < page.index('id="event-e2"')
    assert "Taken back by <strong>nok</strong>" in page
    assert '<li id="event-e2" aria-current="true">' in page
    for said in ("r7", "applied", "a friend", "pack base", "model m1", "T+01:00:01"):
        assert said in page
    assert "another" not in page


def found_by(rule: str, reason: str) -> dict[str, Any]:
    return {"rule": rule, "source": "lexicon", "span": [0, 3], "text": "buy", "label": "spam", "reason": reason}


@pytest.mark.parametrize("path", ["/log", "/log/e1"])
async def test_why_a_rule_spoke_is_told_in_the_language_of_the_page(console, path):
    why = "Spam, in en."
    console.log.stored = [a_row(1, "buy", act="hide", evidence=[found_by("spam", why)], reason=why)]
    assert why in (await get(console, path))[1]
    for how in (
        {"params": {"ui": "th"}},
        {"cookies": {"lang": "th"}},
        {"headers": {"Accept-Language": "xx,th-TH;q=0.9"}},
    ):
        async with ClientSession() as session, session.get(console.url + path, **how) as answer:
            page = await answer.text()
            assert ("Spam, in th." in page, why in page) == (True, False), how
            kept = answer.cookies.get("lang")
            assert (kept.value if kept else None) == ("th" if "params" in how else None)


@pytest.mark.parametrize("path", ["/log?act=hide", "/log/e1"])
@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_page_itself_is_in_its_language_too(console, path, language):
    console.log.stored = [a_row(1, "buy", act="hide", labels={"spam": 0.8})]
    async with console.session.get(console.url + path, headers={"Accept-Language": language}) as answer:
        page = await answer.text()
    words = Words(language)
    assert f'<html lang="{language}"' in page
    assert words("event.happened" if "e1" in path else "log.remove_all") in page
    assert words.wired("label", "spam") + " 0.80" in page
    assert not re.search(r">\s*(?:log|event|kind|act)\.\w+", page), "a message without words"
    ways = re.findall(r'<a href="([^"]+)" lang="(\w+)" hreflang="\w+"( aria-current="true")?', page)
    assert [code for _, code, _ in ways] == list(LANGUAGES)
    assert [code for _, code, here in ways if here] == [language]
    assert all(f"ui={code}" in way and ("act=hide" in way) == ("act=hide" in path) for way, code, _ in ways)


@pytest.mark.parametrize("path", ["/log", "/log/e1"])
async def test_a_rule_that_is_gone_or_says_something_else_by_now_is_told_as_it_was_logged(console, path):
    for rule, why in (("gone", "Spam, in en."), ("spam", "Spam, as it was called then.")):
        console.log.stored = [a_row(1, "buy", act="hide", evidence=[found_by(rule, why)], reason=why)]
        assert why in (await get(console, path, ui="th"))[1]


@pytest.mark.parametrize("path", ["/log", "/log/e1"])
async def test_a_room_that_is_closed_is_told_by_the_rules_of_one_that_is_open(console, path):
    why = "Spam, in en."
    console.log.stored = [a_row(1, "buy", act="hide", room="closed", evidence=[found_by("spam", why)], reason=why)]
    assert "Spam, in th." in (await get(console, path, ui="th"))[1]


async def test_what_a_person_wrote_is_not_retold(console):
    reason = "Spam, in en."
    console.log.stored = [a_row(1, None, kind="undo", act=None, actor="nok", reason=reason)]
    assert reason in (await get(console, "/log", ui="th"))[1]


async def test_the_data_are_the_log_as_it_is_in_every_language(console):
    why = "Spam, in en."
    console.log.stored = [a_row(1, "buy", act="hide", evidence=[found_by("spam", why)], reason=why)]
    async with console.session.get(f"{console.url}/log.jsonl", cookies={"lang": "th"}) as answer:
        assert json.loads(await answer.text())["reason"] == why


async def test_an_event_that_the_log_does_not_have_is_404(console):
    assert (await get(console, "/log/zzz"))[0] == 404
