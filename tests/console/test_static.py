from __future__ import annotations

import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest

CONSOLE = Path(__file__).parents[2] / "streambot" / "console"
STATIC = CONSOLE / "static"
VENDOR = json.loads((STATIC / "vendor" / "VENDOR.json").read_text(encoding="utf-8"))
OURS = sorted([*STATIC.glob("app/*.js"), *CONSOLE.glob("templates/*.html")])
LANGUAGES = ("en", "zh", "th", "vi", "id")
WORDS = {name: json.loads((STATIC / f"i18n/{name}.json").read_text(encoding="utf-8")) for name in LANGUAGES}
IMPORT = re.compile(r"""^import [^"]*"([^"]+)";$""", re.MULTILINE)
VENDORED_IMPORT = re.compile(r"""\bfrom ?"([^"]+)\"""")


def reached(entry: str) -> set[str]:
    """Every file that a module loads, itself included, as paths under static/."""
    found: set[str] = set()
    todo = [entry]
    while todo:
        name = todo.pop()
        if name in found:
            continue
        found.add(name)
        text = (STATIC / name).read_text(encoding="utf-8")
        imported = IMPORT.findall(text) if name.startswith("app/") else VENDORED_IMPORT.findall(text)
        todo += [f"app/{each[2:]}" if each.startswith("./") else VENDOR["imports"][each] for each in imported]
    return found


def weight(*names: str) -> int:
    """Bytes on the wire when every file is compressed alone."""
    return sum(len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in names)


def test_every_vendored_file_is_the_one_that_was_checked():
    recorded = {name: digest for package in VENDOR["packages"] for name, digest in package["files"].items()}
    there = {
        path.relative_to(STATIC / "vendor").as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (STATIC / "vendor").rglob("*")
        if path.is_file() and path.name != "VENDOR.json"
    }
    assert there == recorded


def test_every_package_comes_with_its_licence_and_npm_integrity():
    for package in VENDOR["packages"]:
        assert package["integrity"].startswith("sha512-")
        assert package["licence"] in {"MIT", "Apache-2.0"}
        assert any(name.endswith("/LICENSE") for name in package["files"])
    assert all((STATIC / path).is_file() for path in VENDOR["imports"].values())


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_no_page_or_module_turns_text_into_markup_or_code(path):
    text = path.read_text(encoding="utf-8")
    forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser"
    assert not re.search(f"{forbidden}|dangerouslySet", text)
    assert not re.search(r"\son\w+\s*=\s*\"|javascript:|<script(?![^>]*(src=|importmap))", text)


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_nothing_is_fetched_from_elsewhere(path):
    assert not re.search(r"https?://|wss?://", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("entry", ["app/live.js", "app/host.js", "app/enter.js", "app/rules.js", "app/tickets.js"])
def test_every_import_leads_to_a_file(entry):
    assert all((STATIC / name).is_file() for name in reached(entry))


def test_every_module_is_used_by_a_page():
    used = reached("app/live.js") | reached("app/host.js") | reached("app/enter.js") | reached("app/rules.js")
    used |= reached("app/tickets.js")
    assert {path.relative_to(STATIC).as_posix() for path in STATIC.glob("app/*.js")} <= used


def test_the_pages_stay_within_their_budgets():
    assert weight(*reached("app/live.js"), "css/tokens.css", "css/base.css", "css/live.css") <= 60 * 1024
    assert weight(*reached("app/host.js"), "css/host.css") <= 30 * 1024
    assert weight("app/enter.js", "app/commands.js", "css/tokens.css", "css/base.css", "css/ops.css") <= 15 * 1024


def messages(language: str) -> dict[str, list[str]]:
    """Every form of every message of a language."""
    return {key: list(value.values()) if isinstance(value, dict) else [value] for key, value in WORDS[language].items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_message_with_the_same_placeholders(language):
    theirs, english = messages(language), messages("en")
    assert set(theirs) == set(english)
    for key, forms in theirs.items():
        wanted = {frozenset(re.findall(r"\{(\w+)\}", form)) for form in english[key]}
        assert {frozenset(re.findall(r"\{(\w+)\}", form)) for form in forms} == wanted, key
        assert all(form.strip() for form in forms), key


def test_every_message_that_a_page_names_exists():
    source = "\n".join(path.read_text(encoding="utf-8") for path in STATIC.glob("app/*.js"))
    named = set(re.findall(r"""\bt\(\s*"([^"]+)\"""", source))
    assert named
    assert named <= set(WORDS["en"])


def test_every_label_intent_and_state_has_a_name():
    from streambot.console.rows import Stage, Status
    from streambot.core.action import Act, Operation
    from streambot.core.command import Mode
    from streambot.core.comment import Role
    from streambot.core.labels import Intent, Label
    from streambot.core.status import Link

    groups = {
        "label": Label,
        "intent": Intent,
        "state": Stage,
        "status": Status,
        "role": Role,
        "mode": Mode,
        "link": Link,
    }
    wanted = {f"{group}.{each}" for group, values in groups.items() for each in values}
    wanted |= {f"act.{each}" for each in (*Act, *Operation)}
    assert wanted <= set(WORDS["en"])
