"""The house stands as DESIGN.md draws it: imports go down, files hold one idea, nothing is swallowed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "streambot"
FILES = sorted(PACKAGE.rglob("*.py"))

# Which floor a part stands on. A part may import what is below; on floors 3 and up also its neighbours.
FLOORS = {
    "__init__": 0,
    "core": 0,
    "nearest": 0,
    "printable": 0,
    "watching": 0,
    "hub": 1,
    "ports": 1,
    "kept_files": 1,
    "toml_tables": 1,
    "answers": 2,
    "catalog": 2,
    "classify": 2,
    "console": 2,
    "garbage": 2,
    "ids": 2,
    "logs": 2,
    "platforms": 2,
    "prompts": 2,
    "resources": 2,
    "settings": 2,
    "store": 2,
    "testing": 2,
    "training": 2,
    "case": 3,
    "casework": 3,
    "decision": 3,
    "desk": 3,
    "dispatcher": 3,
    "doubts": 3,
    "echoes": 3,
    "pipeline": 3,
    "last_look": 3,
    "late": 3,
    "means": 3,
    "sequels": 3,
    "pacing": 3,
    "packs": 3,
    "pending": 3,
    "planning": 3,
    "questionwork": 3,
    "relearning": 3,
    "replywork": 3,
    "room": 3,
    "rooms": 3,
    "scribe": 3,
    "sender": 3,
    "troubles": 3,
    "connectors": 3,
    "feeds": 3,
    "hinting": 3,
    "intake": 3,
    "judging": 3,
    "knowledge": 3,
    "answerer": 3,
    "prompting": 3,
    "offers": 3,
    "orders": 3,
    "ticketing": 3,
    "voting": 3,
    "app": 4,
    "bench": 4,
    "live_sources": 4,
    "serve": 4,
    "cli": 5,
    "__main__": 6,
}

# What core may not touch: the world outside, its clocks and its dice.
IMPURE = {
    "aiohttp", "aiosqlite", "asyncio", "concurrent", "glob", "http", "io", "logging", "multiprocessing", "os",
    "pathlib", "random", "secrets", "selectors", "shutil", "signal", "socket", "sqlite3", "structlog", "subprocess",
    "sys", "tempfile", "threading", "time", "urllib", "uuid",
}  # fmt: skip

MOST_LINES = 320
LONGER_FILES: dict[str, str] = {}

# Blind handlers that go on instead of raising, each with its reason.
GO_ON = {
    "classify/batcher.py": "a batch: its waiters hear the error, the next batch runs",
    "cli/__init__.py": "the last stop: whatever ends a command is told in one sentence",
    "cli/_offline.py": "a thread: its error is raised again where the lines are taken",
    "decision.py": "a comment: it goes to a person, the next one is decided",
    "doubts.py": "an action: what one actuator gets wrong must not stop the others",
    "sender.py": "an action: what one actuator gets wrong must not stop the others",
    "live_sources.py": "a source: its room shows that it ended, the other rooms go on",
    "packs/shadow.py": "a pack that is only tried: what it gets wrong must not touch the decision",
    "pipeline.py": "a source: what it gave before it broke is decided first, then the error is raised",
    "console/faults.py": "a request: the client gets an error id, the log the traceback",
}


def name_of(file: Path) -> str:
    return file.relative_to(PACKAGE).as_posix()


def part_of(file: Path) -> str:
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(file: Path) -> Iterator[str]:
    """The full names of everything that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(file)} has a relative import; write it in full"
            assert node.module is not None
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def parts_imported(file: Path) -> Iterator[str]:
    for name in imports_of(file):
        path = name.split(".")
        if path[0] == "streambot" and len(path) > 1:
            yield path[1] if path[1] in FLOORS or (PACKAGE / path[1]).exists() else "__init__"


def each_file(files: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("file", files, ids=name_of)


def test_there_is_something_to_look_at() -> None:
    assert len(FILES) > 30


def test_every_part_has_a_floor() -> None:
    assert {part_of(file) for file in FILES} <= FLOORS.keys()


@each_file(FILES)
def test_imports_go_down(file: Path) -> None:
    part = part_of(file)
    floor = FLOORS[part]
    for other in set(parts_imported(file)) - {part}:
        allowed = FLOORS[other] < floor or (FLOORS[other] == floor and floor >= 3)
        assert allowed, f"{name_of(file)} (floor {floor}) imports streambot.{other} (floor {FLOORS[other]})"


@each_file([file for file in FILES if part_of(file) == "core"])
def test_core_is_pure(file: Path) -> None:
    assert {name.partition(".")[0] for name in imports_of(file)}.isdisjoint(IMPURE)
    assert set(parts_imported(file)) <= {"core"}
    names = {node.func.id for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
             if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}  # fmt: skip
    assert names.isdisjoint({"open", "print", "input"})


@each_file([file for file in FILES if part_of(file) == "core"])
def test_core_does_not_wait(file: Path) -> None:
    waiting = (ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith)
    assert not [node for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, waiting)]


@each_file(FILES)
def test_a_file_holds_one_idea(file: Path) -> None:
    lines = len(file.read_text(encoding="utf-8").splitlines())
    assert lines <= MOST_LINES or name_of(file) in LONGER_FILES, f"{name_of(file)} has {lines} lines: split it"


def is_blind(handler: ast.ExceptHandler) -> bool:
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(
        one is None or (isinstance(one, ast.Name) and one.id in {"Exception", "BaseException"}) for one in caught
    )


@each_file(FILES)
def test_nothing_is_swallowed(file: Path) -> None:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ExceptHandler) and is_blind(node) and not isinstance(node.body[-1], ast.Raise):
            assert name_of(file) in GO_ON, f"{name_of(file)}:{node.lineno} catches everything and goes on"


def test_every_blind_handler_on_the_list_is_still_there() -> None:
    for name in GO_ON:
        handlers = [node for node in ast.walk(ast.parse((PACKAGE / name).read_text(encoding="utf-8")))
                    if isinstance(node, ast.ExceptHandler) and is_blind(node)]  # fmt: skip
        assert handlers, f"{name} no longer needs its place on the list"


def test_pages_never_set_inner_html() -> None:
    static = PACKAGE / "console" / "static"
    own = [file for file in static.rglob("*.js") if "vendor" not in file.parts]
    assert own
    for file in [*own, *(PACKAGE / "console" / "templates").rglob("*.html")]:
        text = file.read_text(encoding="utf-8")
        for unsafe in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "| safe", "|safe"):
            assert unsafe not in text, f"{file.name} has {unsafe}: text of viewers could run as code"
