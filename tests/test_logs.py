"""Logs: one line an event, on the stream given, in a form that nothing in it can break."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
import warnings
from typing import Any

import pytest
import structlog

from streambot import logs

NASTY = "a\x1b[31m\u2028b\nc \u202e \ud800 中文"


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def json_lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().split("\n") if line]


def test_off_a_terminal_an_event_is_one_line_of_json() -> None:
    stream = io.StringIO()
    logs.configure("info", "auto", stream)
    structlog.get_logger().info("started", room=NASTY, rate=float("nan"), labels={"scam"})
    text = stream.getvalue()
    assert text.count("\n") == 1
    assert not set(text) & set("\x1b\u2028\ud800")
    assert "中文" in text
    [line] = json_lines(stream)
    assert (line["event"], line["level"], line["room"]) == ("started", "info", NASTY)
    assert (line["rate"], line["labels"]) == ("nan", ["scam"])


def test_on_a_terminal_an_event_is_a_line_for_people(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    stream = Terminal()
    logs.configure("info", "auto", stream)
    structlog.get_logger().info("started", room=NASTY)
    text = stream.getvalue()
    assert "started" in text
    assert not text.startswith("{")
    assert not set(text) & set("\x1b\u2028\u202e\ud800")
    assert text.count("\n") == 1


def test_a_terminal_gets_colour_unless_it_asks_for_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for no_color, coloured in (("", True), ("1", False)):
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setenv("NO_COLOR", no_color)
        stream = Terminal()
        logs.configure("info", "console", stream)
        structlog.get_logger().info("started")
        assert ("\x1b[" in stream.getvalue()) is coloured


def test_what_is_below_the_level_is_not_written() -> None:
    stream = io.StringIO()
    logs.configure("warning", "json", stream)
    structlog.get_logger().info("quiet")
    logging.getLogger("library").info("quiet")
    assert stream.getvalue() == ""


def test_libraries_and_warnings_come_out_in_the_same_form() -> None:
    stream = io.StringIO()
    logs.configure("info", "json", stream)
    logging.getLogger("library").warning("took %d s", 3, extra={"room": "a"})
    logging.getLogger("aiohttp.access").info("GET /")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("old", stacklevel=1)
    first, second = json_lines(stream)
    assert (first["event"], first["room"], first["level"]) == ("took 3 s", "a", "warning")
    assert "old" in second["event"]


def test_an_exception_keeps_its_traceback() -> None:
    stream = io.StringIO()
    logs.configure("info", "json", stream)
    try:
        raise ValueError("x")
    except ValueError:
        structlog.get_logger().exception("broke")
    [line] = json_lines(stream)
    assert "Traceback" in line["exception"]
    assert "ValueError: x" in line["exception"]


def test_a_second_call_replaces_the_first() -> None:
    first, second = io.StringIO(), io.StringIO()
    log = structlog.get_logger()
    logs.configure("info", "json", first)
    log.info("one")
    logs.configure("info", "json", second)
    log.info("two")
    assert [line["event"] for line in json_lines(first)] == ["one"]
    assert [line["event"] for line in json_lines(second)] == ["two"]


def test_importing_configures_nothing() -> None:
    script = (
        "import logging, structlog, streambot.logs, streambot.cli;"
        "assert not logging.getLogger().handlers; assert not structlog.is_configured()"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


class Said:
    """Remembers warnings."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, dict[str, Any]]] = []

    def warning(self, event: str, **fields: Any) -> None:
        self.lines.append((event, fields))


def test_a_recurring_problem_is_said_at_once_then_counted_until_it_is_due() -> None:
    said, now = Said(), [0.0]
    recurring = logs.Recurring(said, lambda: now[0], every=60)
    for _ in range(3):
        recurring.warn("bad_json", room="a")
    recurring.warn("bad_time")
    assert said.lines == [("bad_json", {"room": "a"}), ("bad_time", {})]
    now[0] = 60.0
    recurring.warn("bad_json", room="b")
    assert said.lines[2:] == [("bad_json", {"room": "b", "repeated": 3})]


def test_what_was_only_counted_is_said_at_the_end() -> None:
    said = Said()
    recurring = logs.Recurring(said, lambda: 0.0)
    for _ in range(5):
        recurring.warn("bad_json")
    recurring.flush()
    recurring.flush()
    assert said.lines == [("bad_json", {}), ("bad_json", {"repeated": 4})]
