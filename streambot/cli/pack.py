"""``streambot pack``: look at rule packs, try them, put them in force, take them back."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from streambot.cli._base import ExitCode, out_json, say
from streambot.cli._words import Language
from streambot.core.errors import ConfigError
from streambot.printable import printable
from streambot.settings import load_settings

pack = typer.Typer(add_completion=False, no_args_is_help=True, help="Look at rule packs, try them, put them in force.")

Config = Annotated[Path | None, typer.Option("--config", help="A configuration file.")]
Db = Annotated[Path | None, typer.Option("--db", dir_okay=False, help="The moderation log; else the configured one.")]
Json = Annotated[bool, typer.Option("--json", help="JSON in place of text.")]
Names = Annotated[list[str] | None, typer.Argument(metavar="[PACK|FILE]…", help="Which packs; without it all.")]


class Match(StrEnum):
    """How a platform's filter looks for a word."""

    WORD = "word"
    SUBSTRING = "substring"


class Written(StrEnum):
    """How keywords are written."""

    TEXT = "text"
    CSV = "csv"
    JSON = "json"


@pack.command()
def check(packs: Names = None, *, config: Config = None, as_json: Json = False) -> None:
    """Say whether packs are valid; exit 6 if one is not, with file, line and reason.

    Example: streambot pack check packs/th.toml
    """
    from streambot.cli._packs import line_named
    from streambot.packs.files import PackFiles

    files = PackFiles(load_settings(config, environ=os.environ).packs.folder)
    bad = 0
    for line in [line_named(name, files) for name in packs] if packs else files.lines():
        try:
            found = files.release(line).pack
        except ConfigError as error:
            bad += 1
            said = {"pack": line.name, "ok": False, "error": error.message}
        else:
            said = {"pack": line.name, "ok": True, "id": found.id, "rules": len(found.rules)}
        if as_json:
            out_json(said)
        else:
            typer.echo(said.get("error") or f"{said['id']}: {said['rules']} rules, valid")
    if bad:
        raise typer.Exit(ExitCode.FINDINGS)


@pack.command(name="list")
def list_(*, db: Db = None, config: Config = None, as_json: Json = False) -> None:
    """List the packs that the log keeps, newest first: what `activate` and `diff` can name.

    Example: streambot pack list
    """
    from streambot.cli._packs import shelf_of
    from streambot.packs.telling import iso

    settings = load_settings(config, environ=os.environ)

    async def read() -> list[dict[str, Any]]:
        async with shelf_of(db or settings.storage.db) as shelf:
            return [
                {"id": kept.id, "kept_at": iso(kept.kept_at), "effective_from": iso(kept.effective_from)}
                for kept in await shelf.versions()
            ]

    rows = asyncio.run(read())
    for row in rows:
        out_json(row) if as_json else typer.echo(f"{row['id']:<32} since {row['kept_at']}")
    if not rows:
        say("The log keeps no pack yet: it does from the first comment on.")


@pack.command()
def diff(
    before: Annotated[str | None, typer.Argument(metavar="[A]", help="A pack, a file, or an id (th@2026.11).")] = None,
    after: Annotated[str | None, typer.Argument(metavar="[B]", help="Likewise.")] = None,
    *,
    on: Annotated[Path | None, typer.Option(metavar="CAPTURE", help="Count the verdicts that would change.")] = None,
    shadow: Annotated[bool, typer.Option("--shadow", help="What the packs in shadow would have changed.")] = False,
    room: Annotated[str, typer.Option(help="Of this room only (with --shadow, or without A and B).")] = "",
    db: Db = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Show what differs between two packs; without any, between what is in force and the files, rules on air included.

    Example: streambot pack diff th@2026.11 packs/th.toml --on last-night.jsonl.gz
    """
    from streambot.cli import _pack_diff

    settings = load_settings(config, environ=os.environ)
    log = db or settings.storage.db
    if on is not None and not on.exists():
        raise ConfigError(f"there is no file {on}.", code="input_missing", fix="Check the path.")
    if shadow:
        asyncio.run(_pack_diff.shadows(settings, log, room, as_json=as_json))
    elif before is None:
        asyncio.run(_pack_diff.in_force(settings, log, room, as_json=as_json))
    elif after is None:
        raise typer.BadParameter("name two packs, or none")
    else:
        asyncio.run(_pack_diff.two(settings, log, before, after, on, as_json=as_json))


@pack.command(name="test")
def try_cases(packs: Names = None, *, config: Config = None, as_json: Json = False) -> None:
    """Try packs on their cases (NAME.test.toml beside them), by rules alone; exit 6 if one is not kept.

    Example: streambot pack test packs/th.toml
    """
    from streambot.cli._packs import line_named
    from streambot.packs.cases import beside, failures, load_cases
    from streambot.packs.files import PackFiles

    files = PackFiles(load_settings(config, environ=os.environ).packs.folder)
    bad, tried = 0, 0
    for line in [line_named(name, files) for name in packs] if packs else files.lines():
        cases_file = beside(files.path(line, line.name))
        if not cases_file.exists():
            if packs:
                raise ConfigError(
                    f"there is no {cases_file}.", code="cases_missing", fix="Write [[case]] tables in it."
                )
            continue
        cases = load_cases(cases_file)
        tried += len(cases)
        for failure in failures(files.release(line), cases):
            bad += 1
            case, rules = failure.case, list(failure.rules)
            if as_json:
                out_json({"where": case.where, "text": case.text, "says": failure.says, "rules": rules})
            else:
                typer.echo(f"{case.where}: {failure.says}: {printable(case.text)} [{', '.join(rules) or 'no rule'}]")
    say(f"{tried} cases, {bad} not kept." if tried else "No pack has cases: write NAME.test.toml beside NAME.toml.")
    if bad:
        raise typer.Exit(ExitCode.FINDINGS)


@pack.command()
def export(
    name: Annotated[str, typer.Argument(metavar="PACK|FILE", help="Which pack.")],
    *,
    language: Annotated[Language | None, typer.Option(help="Only words that its script can write.")] = None,
    match: Annotated[Match, typer.Option(help="How the platform's filter looks for a word.")] = Match.WORD,
    limit: Annotated[int, typer.Option(min=1, help="At most so many words, the severest rules' first.")] = 500,
    longest: Annotated[int, typer.Option(min=1, help="Words with more characters are left out.")] = 60,
    format_: Annotated[
        Written, typer.Option("--format", help="One word a line, or with rule and label.")
    ] = Written.TEXT,
    config: Config = None,
) -> None:
    """Write the words that a platform's own filter can be trusted with: those that have no exception and no pattern.

    Example: streambot pack export th --language th --limit 200 > keywords.txt
    """
    from streambot.cli._packs import line_named
    from streambot.console.log_export import csv_line
    from streambot.packs.files import PackFiles
    from streambot.packs.keywords import keywords

    files = PackFiles(load_settings(config, environ=os.environ).packs.folder)
    found = files.release(line_named(name, files)).pack
    words, left = keywords(found, match=match.value, language=language, limit=limit, longest=longest)
    if format_ is Written.CSV:
        sys.stdout.write(csv_line(["keyword", "label", "rule", "act"]))
    for word in words:
        if format_ is Written.JSON:
            out_json({"keyword": word.text, "label": word.label, "rule": word.rule, "act": word.act})
        elif format_ is Written.CSV:
            sys.stdout.write(csv_line([word.text, word.label or "", word.rule, word.act]))
        else:
            typer.echo(printable(word.text))
    why = ", ".join(f"{n} {reason}" for reason, n in left.most_common())
    say(f"{len(words)} words of {found.id}; left out: {why or 'none'}.")


@pack.command()
def activate(
    version: Annotated[
        str, typer.Argument(metavar="VERSION|FILE|previous|file", help="An id (th@2026.11), a version, or a file.")
    ],
    *,
    room: Annotated[str, typer.Option(help="In this room only; without it in all that use this pack.")] = "",
    shadow: Annotated[bool, typer.Option("--shadow", help="Beside the one in force: count, do not act.")] = False,
    reason: Annotated[str, typer.Option(help="Why, for the log.")] = "",
    db: Db = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Put a pack in force, also an older one; `previous` goes one step back, `file` follows the file again.

    It stays until you change it; with --shadow, `none` ends it. Works beside a running streambot, at once.

    Example: streambot pack activate th@2026.12 --room th-beauty --shadow
    """
    from streambot.cli._packs import is_file, order, who
    from streambot.packs.files import PackFiles, line_of_file

    settings = load_settings(config, environ=os.environ)
    body: dict[str, Any] = {
        "do": "activate", "version": version, "actor": who(), "room": room, "shadow": shadow, "reason": reason
    }  # fmt: skip
    if is_file(version):
        # Read here too: what is wrong with it is told before anybody is asked.
        PackFiles(settings.packs.folder).release(line_of_file(Path(version)))
        body |= {"file": str(Path(version).absolute())}
    answer = asyncio.run(order(settings, db or settings.storage.db, body, wanted="answer"))
    if not answer["ok"]:
        raise ConfigError(str(answer["message"]), code="pack_unknown", fix="")
    if as_json:
        out_json({"ok": True, "answer": answer["answer"], "event": answer["event"], "message": answer["message"]})
    else:
        typer.echo(answer["message"] or "It is so already.")


@pack.command()
def adopt(
    rules: Annotated[list[str] | None, typer.Argument(metavar="[RULE]…", help="Ids of rules on air; else all.")] = None,
    *,
    into: Annotated[Path, typer.Option(metavar="FILE", dir_okay=False, help="The pack file that takes them in.")],
    inherits: Annotated[str, typer.Option(help="The parent, if the file is new.")] = "",
    db: Db = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Save rules that were added on air into a pack file; where it is in force they end on air.

    Example: streambot pack adopt --into packs/shop-th.toml
    """
    from streambot.cli._packs import order, shelf_of, who
    from streambot.packs.adopt import adopted, save
    from streambot.packs.air import still_standing
    from streambot.packs.files import PackFiles, read_file

    settings = load_settings(config, environ=os.environ)
    log = db or settings.storage.db

    async def carry_out() -> tuple[list[str], list[str]]:
        async with shelf_of(log) as shelf:
            standing = still_standing(await shelf.rules(), time.time())
        known = {rule.rule.id: rule for rule in standing.values()}
        if missing := [name for name in rules or () if name not in known]:
            raise ConfigError(f"no rule {missing[0]} is on air.", code="rule_unknown", fix="See `streambot pack diff`.")
        taken = [rule for name, rule in known.items() if not rules or name in rules]
        if not taken:
            return [], []
        parent = f'inherits = "{inherits}"\n' if inherits else ""
        text = read_file(into) if into.exists() else f'[pack]\nname = "{into.stem}"\nversion = "1"\n{parent}'
        save(into, adopted(text, taken), PackFiles(settings.packs.folder))
        body = {
            "do": "adopted",
            "rules": [rule.event for rule in taken],
            "actor": who(),
            "reason": f"now in {into.name}",
        }
        answer = await order(settings, log, body, wanted="withdrawn")
        return [rule.rule.id for rule in taken], list(answer["withdrawn"])

    taken, ended = asyncio.run(carry_out())
    if as_json:
        out_json({"ok": True, "rules": taken, "ended_on_air": ended, "file": str(into)})
    else:
        typer.echo(f"{len(taken)} rules: {', '.join(taken)}" if taken else "No rule is on air.")
    if len(ended) < len(taken):
        say(f"{len(taken) - len(ended)} stay on air too: not every room that they are about uses {into.name} now.")
