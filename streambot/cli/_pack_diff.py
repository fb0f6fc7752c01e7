"""What ``streambot pack diff`` shows: two packs, the files against what is in force, a shadow's score."""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer

from streambot.cli._base import out_json, progress, say
from streambot.cli._offline import arriving, unhurried
from streambot.cli._packs import find, line_for, named, shelf_of
from streambot.core.command import EVERYWHERE
from streambot.core.errors import ConfigError
from streambot.core.pack import Pack
from streambot.core.pack_diff import PackDiff, compare, rule_fields
from streambot.packs.air import still_standing
from streambot.packs.files import PackFiles
from streambot.packs.found import Found
from streambot.packs.release import Release, restored
from streambot.packs.telling import iso
from streambot.printable import printable
from streambot.settings import Settings
from streambot.store.packs import PackShelf

EXAMPLES = 20
"""Changed verdicts that are listed; all are counted."""


async def two(settings: Settings, db: Path, before: str, after: str, on: Path | None, *, as_json: bool) -> None:
    """Rules that differ and, on a capture, verdicts that change. Raises ConfigError."""
    files = PackFiles(settings.packs.folder)
    old, new = await find(before, files, db), await find(after, files, db)
    found = compare(old.pack, new.pack)
    said: dict[str, Any] = {"before": old.pack.id, "after": new.pack.id, **_json(found)}
    if not as_json:
        typer.echo(f"{old.pack.id} → {new.pack.id}{'' if found else ': the same rules'}")
        _print(found, old.pack, new.pack)
    if on is not None:
        said["verdicts"] = await _on_capture(settings, old, new, on, as_json=as_json)
    if as_json:
        out_json(said)


async def in_force(settings: Settings, db: Path, room: str, *, as_json: bool) -> None:
    """For each room: what is in force, what the file says, and the rules added on air. Raises ConfigError."""
    files = PackFiles(settings.packs.folder)
    async with shelf_of(db) as shelf:
        standing = still_standing(await shelf.rules(), time.time()).values()
        found = await Found(shelf).of(standing)
        for name in await named(settings, shelf, room):
            said = await _room(settings, files, shelf, name)
            said["air"] = [
                {
                    "rule": rule.rule.id,
                    "room": rule.room,
                    "by": rule.author,
                    "at": iso(rule.at),
                    "until": iso(rule.expires_at),
                    "found": found[rule.rule.id],
                    **rule_fields(rule.rule),
                }
                for rule in standing
                if rule.holds_in(name)
            ]
            if as_json:
                out_json(said)
            else:
                _print_room(said)


async def shadows(settings: Settings, db: Path, room: str, *, as_json: bool) -> None:
    """What each room's shadow would have changed so far. Raises ConfigError."""
    shown = 0
    async with shelf_of(db) as shelf:
        for name in await named(settings, shelf, room):
            last = await shelf.last(name)
            chosen = await shelf.choice("shadow", name, last.partition("@")[0])
            if chosen is None or chosen.value is None:
                continue
            shown += 1
            counts = await shelf.shadowed(name, chosen.value, chosen.seq)
            changed = {f"{act}→{other}": n for (act, other), n in counts.items() if act != other}
            examples = await shelf.shadow_examples(name, chosen.value, chosen.seq, EXAMPLES)
            said = {"room": name, "pack": last, "shadow": chosen.value, "since": iso(chosen.at), "by": chosen.actor,
                    "seen": sum(counts.values()), "changed": changed, "examples": examples}  # fmt: skip
            if as_json:
                out_json(said)
                continue
            typer.echo(
                f"{name}: {chosen.value} beside {last}, {said['seen']} seen, {sum(changed.values())} would change"
            )
            _print_counts(changed)
            for each in examples:
                typer.echo(_line(each["act"], each["shadow"], each["text"], each["rules"]))
    if not shown:
        say("No pack is in shadow: `streambot pack activate VERSION --shadow`.")


async def _room(settings: Settings, files: PackFiles, shelf: PackShelf, name: str) -> dict[str, Any]:
    last, line = await shelf.last(name), line_for(settings, name)
    chosen, kept = await shelf.choice("pack", name, line.name), await shelf.kept(last)
    said: dict[str, Any] = {"room": name, "pack": last, "pinned": bool(chosen and chosen.pinned)}
    try:
        file = files.release(line).pack
        now = restored(kept).pack if kept is not None else file
    except ConfigError as error:
        return {**said, "error": error.message}
    return {**said, "file": file.id, **_json(compare(now, file))}


async def _on_capture(settings: Settings, old: Release, new: Release, file: Path, *, as_json: bool) -> dict[str, Any]:
    from streambot.cli.replay import room_name
    from streambot.judging import judging
    from streambot.packs.changes import both_verdicts
    from streambot.platforms.replay import ReplaySource

    counts: Counter[str] = Counter()
    examples: list[dict[str, Any]] = []
    seen = 0
    async with judging(unhurried(settings)) as judge:
        source = ReplaySource(
            arriving(str(file)), room=room_name(str(file)), speed=None, clock=time.time, sleep=asyncio.sleep,
            on_reject=lambda error, line: say(f"warning: line {line} is rejected: {error.message}."),
        )  # fmt: skip
        with progress("Judging") as advance:
            both = both_verdicts(old, new, source.comments(), judge.classifier.classify, judge.manifest)
            async for each in both:
                seen += 1
                advance(1)
                if not each.changed:
                    continue
                counts[f"{each.before.action}→{each.after.action}"] += 1
                if len(examples) < EXAMPLES:
                    spoke = {e.rule for e in each.before.evidence} ^ {e.rule for e in each.after.evidence}
                    examples.append({
                        "id": each.comment.id, "text": each.comment.text, "before": each.before.action,
                        "after": each.after.action, "rules": sorted(spoke),
                    })  # fmt: skip
    if not as_json:
        typer.echo(f"{file.name}: {seen} comments, {counts.total()} verdicts change")
        _print_counts(counts)
        for example in examples:
            typer.echo(_line(example["before"], example["after"], example["text"], example["rules"]))
    return {"seen": seen, "changed": dict(counts), "examples": examples}


def _json(found: PackDiff) -> dict[str, Any]:
    changed = {rule: {field: list(pair) for field, pair in what.items()} for rule, what in found.changed.items()}
    return {"added": list(found.added), "removed": list(found.removed), "changed": changed}


def _print(found: PackDiff, old: Pack, new: Pack) -> None:
    for name in found.added:
        typer.echo(f"+ {name}  {_what(new, name)}")
    for name in found.removed:
        typer.echo(f"- {name}  {_what(old, name)}")
    for name, fields in found.changed.items():
        typer.echo(f"~ {name}")
        for field, (before, after) in fields.items():
            typer.echo(f"    {field}: {_change(before, after)}")


def _what(of: Pack, name: str) -> str:
    rule = of.rule(name)
    return "" if rule is None else f"({', '.join(sorted(rule.acts))}; {rule.label or 'no label'})"


def _change(before: Any, after: Any) -> str:
    if isinstance(before, list) and isinstance(after, list):
        # Of a hundred terms, the two that came and the one that went.
        steps = [f"+{item}" for item in after if item not in before] + [f"-{i}" for i in before if i not in after]
        return printable(" ".join(steps)) or "another order"
    return printable(f"{_plain(before)} → {_plain(after)}")


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {text}" for key, text in value.items())
    return "nothing" if value is None else str(value)


def _print_room(said: Mapping[str, Any]) -> None:
    chosen = ", chosen by a person" if said["pinned"] else ""
    typer.echo(f"{said['room']}: {said['pack'] or 'no pack yet'}{chosen}")
    if "error" in said:
        typer.echo(f"    {said['error']}")
    elif said["added"] or said["removed"] or said["changed"]:
        counts = ", ".join(f"{len(said[what])} {what}" for what in ("added", "removed", "changed"))
        typer.echo(f"    the file has {said['file']}: {counts}")
    for rule in said["air"]:
        words = ", ".join((*rule.get("terms", ()), *rule.get("patterns", ())))
        where = " everywhere" if rule["room"] == EVERYWHERE else ""
        does = f"{words} → {', '.join(rule['acts'])}, by {rule['by']} until {rule['until']}"
        so_far = f"{rule['found']} found since {rule['at']}"
        typer.echo(printable(f"    + {rule['rule']}{where}: {does}, {so_far}"))


def _print_counts(counts: Mapping[str, int]) -> None:
    for what, n in sorted(counts.items(), key=lambda item: -item[1]):
        typer.echo(f"  {n:>6}  {what}")
    sys.stdout.flush()


def _line(before: str, after: str, text: str, rules: list[str]) -> str:
    return f"  {before}→{after}: {printable(text[:100])} [{', '.join(rules) or 'the model'}]"
