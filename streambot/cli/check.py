"""``streambot check``: judge lines of text, each alone."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections import OrderedDict
from collections.abc import AsyncIterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from streambot.cli._base import out_json, say
from streambot.cli._offline import arriving, unhurried
from streambot.cli._words import LANGUAGE_OF, Language, SiteName, Words
from streambot.core.comment import Comment
from streambot.core.errors import ClassifierError
from streambot.core.history import History
from streambot.core.pack import TOO_LONG, Pack
from streambot.core.verdict import Evidence, Judgement, Verdict
from streambot.core.wording import in_language
from streambot.printable import printable
from streambot.settings import Settings, load_settings

AHEAD = 512
"""Lines given to the model before the first must be answered; memory does not grow with the input."""
ROOMS = 64
"""Rooms whose past is remembered at once, for records that say who and when; the least recently heard goes first."""


class Format(StrEnum):
    """How verdicts are written."""

    JSONL = "jsonl"
    TABLE = "table"


def check(
    texts: Annotated[
        list[str] | None, typer.Argument(metavar="TEXT…|-", help="Comments; - reads lines from stdin.")
    ] = None,
    *,
    site: Annotated[SiteName, typer.Option(help="Whose rules apply.")] = SiteName.BASE,
    lang: Annotated[
        Language | None,
        typer.Option(
            help="Language of the reasons. A table has them in the site's anyway, JSON only if this is given."
        ),
    ] = None,
    format_: Annotated[
        Format, typer.Option("--format", help="One JSON object a line, or a table to read.")
    ] = Format.JSONL,
    config: Annotated[Path | None, typer.Option(help="A configuration file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format jsonl.")] = False,
) -> None:
    r"""Judge comments: one verdict out per line in, in order.

    A line that is a JSON object with a string "text" is a record (id, lang, author, room and sent_at may stand beside
    it); any other line is the text itself.

    Example: `printf 'add me on LINE @cheap99\n' | streambot check -`, or
    `streambot check --format table --lang th "加薇信便宜一半"`
    """
    lines: AsyncIterator[bytes]
    if texts and texts != ["-"]:
        lines = _given(texts)
    elif texts or not sys.stdin.isatty():
        lines = arriving("-")
    else:
        raise typer.BadParameter("give comments as arguments, or - to read them from stdin")
    settings = unhurried(load_settings(config, environ=os.environ))
    table = format_ is Format.TABLE and not as_json
    words = Words(lang or LANGUAGE_OF[site]) if table or lang else None
    asyncio.run(_check(settings, site.value, lines, words, table=table))


async def _given(texts: list[str]) -> AsyncIterator[bytes]:
    for text in texts:
        yield os.fsencode(text)


async def _check(
    settings: Settings, site: str, lines: AsyncIterator[bytes], words: Words | None, *, table: bool
) -> None:
    # The model and the packs take a moment to import; `--help` need not wait for them.
    from streambot.judging import judging
    from streambot.platforms.records import parse_check_line

    async with judging(settings) as judge:
        pack, matcher = judge.packs.get(site, None)
        past = _Past()
        waiting: asyncio.Queue[tuple[Comment, asyncio.Task[Judgement | ClassifierError]] | None] = asyncio.Queue(AHEAD)

        async def judgement_of(comment: Comment) -> Judgement | ClassifierError:
            try:
                return await judge.classifier.classify(comment)
            except ClassifierError as error:
                return error

        async def answer() -> None:
            failed = False
            while (item := await waiting.get()) is not None:
                comment, task = item
                answered = await task
                judgement = answered if isinstance(answered, Judgement) else None
                if isinstance(answered, ClassifierError) and not failed:
                    failed = True
                    say(f"warning: {answered.message} Rules alone decide line {comment.id} and all marked degraded.")
                history = past.of(comment)
                before = history.scraps(comment) if history else ()
                signals = [*matcher.signals(comment, before), *(history.observe(comment) if history else ())]
                verdict = pack.decide(comment, judgement, signals, thresholds=judge.manifest)
                if history and verdict.strikes and not comment.author.exempt:
                    history.strike(comment.author.id, verdict.strikes)
                row = result(comment, verdict)
                if words is not None:
                    _explain(row, comment, verdict, pack, words)
                if table and words is not None:
                    sys.stdout.write(_table(row, words))
                    sys.stdout.flush()
                else:
                    out_json(row)

        async with asyncio.TaskGroup() as tasks:
            answering = tasks.create_task(answer())
            number = 0
            async for line in lines:
                number += 1
                comment = parse_check_line(line, number=number, now=time.time())
                await waiting.put((comment, tasks.create_task(judgement_of(comment))))
            await waiting.put(None)
            await answering


class _Past:
    """The histories of the rooms in the input; only records that say who and when have one."""

    def __init__(self) -> None:
        self._rooms: OrderedDict[str, History] = OrderedDict()

    def of(self, comment: Comment) -> History | None:
        """The history that speaks about a comment, None for one that is judged alone."""
        if not comment.traceable:
            return None
        name = comment.room.name
        history = self._rooms.setdefault(name, History())
        self._rooms.move_to_end(name)
        if len(self._rooms) > ROOMS:
            self._rooms.popitem(last=False)
        return history


def result(comment: Comment, verdict: Verdict) -> dict[str, Any]:
    """One verdict in the form of the contract."""
    return {
        "id": comment.id,
        "text": comment.text,
        "lang": comment.language_hint or verdict.language,
        "action": verdict.action,
        "labels": {label: round(score, 4) for label, score in verdict.labels.items()},
        "scores": {label: round(score, 4) for label, score in verdict.scores.items()},
        "intent": {"name": verdict.intent, "score": round(verdict.intent_score, 4)},
        "evidence": [
            {"rule": e.rule, "source": e.source, "span": list(e.span), "text": e.text} for e in verdict.evidence
        ],
        "degraded": verdict.degraded,
        "pack": verdict.pack,
        "model": verdict.model,
    }


def _explain(row: dict[str, Any], comment: Comment, verdict: Verdict, pack: Pack, words: Words) -> None:
    """Put the reasons into the evidence, in the reader's language."""
    for entry, evidence in zip(row["evidence"], verdict.evidence, strict=True):
        entry.update(_explained(evidence, pack, words, own=comment.author.exempt))


def _explained(evidence: Evidence, pack: Pack, words: Words, *, own: bool) -> dict[str, str]:
    """Why, and for the shop's ``own`` words what to say instead, in the reader's language; else what was logged."""
    rule = pack.rule(evidence.rule)
    if rule is None:
        return {"why": words.say("rule.too_long") if evidence.rule == TOO_LONG else evidence.reason}
    why = {"why": in_language(rule.reason, words.language)}
    return why | ({"suggestion": in_language(rule.suggestion, words.language)} if own else {})


def _table(row: dict[str, Any], words: Words) -> str:
    """A line with the verdict, and under it one for each reason."""
    labels = ", ".join(f"{label} {score:.2f}" for label, score in row["labels"].items()) or "–"
    language, intent = printable(row["lang"]), row["intent"]["name"] or "–"
    lines = [f"{row['action']:<7} {labels:<32} {language:<5} {intent:<22} {printable(row['text'][:80])}"]
    for entry in row["evidence"]:
        place = "" if entry["source"] == "model" else f" «{printable(entry['text'][:60])}»"
        lines.append(f"        {entry['why']}{place} [{entry['rule']}]")
        if entry.get("suggestion"):
            lines.append(f"        {words.say('why.instead', text=entry['suggestion'])}")
    return "\n".join(lines) + "\n"
