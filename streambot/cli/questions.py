"""``streambot questions``: what was asked in a capture, the same question in any language on one line."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from streambot.cli._base import out_json, progress, read_lines, say
from streambot.core.errors import CommentError, ConfigError
from streambot.printable import printable
from streambot.settings import load_settings

if TYPE_CHECKING:
    from streambot.core.comment import Comment
    from streambot.core.labels import Intent
    from streambot.core.verdict import Judgement

    Judge = Callable[[Sequence[str]], Sequence[Judgement]]

SLICE: Final = 64
"""Wordings judged in one run of the model."""
_NO_RECORD: Final = frozenset({"bad_utf8", "bad_json", "too_deep", "not_object", "no_text", "bad_text"})
"""Why a line that begins like a record holds no comment; what else is wrong with one costs it only that field."""


def questions(
    file: Annotated[
        str, typer.Argument(metavar="FILE|-", help="A capture, or lines of text; plain or gzipped; - is stdin.")
    ],
    *,
    members: Annotated[bool, typer.Option("--members", help="With the ids of the comments in each cluster.")] = False,
    config: Annotated[Path | None, typer.Option(help="A configuration file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a cluster, also on a terminal.")] = False,
) -> None:
    """List the questions of a capture, one line for each, what most people ask first; one asker is enough.

    A line that is a JSON object with a string "text" is a record of a capture; any other line is the text itself. The
    shop's own comments and what asks nothing are left out, a comment given twice is counted once.

    Examples: `streambot questions last-night.jsonl`, `streambot questions - --members --json < last-night.jsonl`
    """
    settings = load_settings(config, environ=os.environ)
    if file != "-" and not Path(file).exists():
        raise ConfigError(f"there is no file {file}.", code="input_missing", fix="Check the path.")
    # The model takes a moment to import; `--help` need not wait for it.
    from streambot.judging import open_configured

    judge: Judge = open_configured(settings).model.judge
    table = sys.stdout.isatty() and not as_json
    for question in clustered(_comments(file), judge):
        if table:
            sys.stdout.write(_told(question, members=members))
        else:
            out_json(_row(question, members=members))
    sys.stdout.flush()


def _comments(file: str) -> Iterator[Comment]:
    """The comments of a capture; what is no comment is told, once a reason."""
    told: set[str] = set()
    for number, line in enumerate(read_lines(file), 1):
        if not line.strip():
            continue
        try:
            yield _comment(line, number)
        except CommentError as error:
            if error.code not in told:
                told.add(error.code)
                say(f"warning: line {number} is left out: {error.message}. Further ones like it are not named.")


def _comment(line: bytes, number: int) -> Comment:
    """The comment of a line. Raises CommentError if it begins like a record and holds none."""
    from streambot.platforms.records import parse_check_line, parse_record

    now = time.time()
    if line.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        try:
            parse_record(line, room="questions", number=number, previous=None, now=now)
        except CommentError as error:
            if error.code in _NO_RECORD:
                raise
    return parse_check_line(line, number=number, now=now)


@dataclass(slots=True)
class Question:
    """Comments that ask the same: who asked, in which words and languages, and what the model took them for."""

    cluster: str
    ids: list[str] = field(default_factory=list)
    askers: set[tuple[str, str]] = field(default_factory=set)
    texts: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    intents: Counter[Intent] = field(default_factory=Counter)
    items: Counter[str] = field(default_factory=Counter)

    @property
    def text(self) -> str:
        """The commonest wording; of several the shortest."""
        return min(self.texts, key=lambda text: (-self.texts[text], len(text), text))

    @property
    def intent(self) -> Intent:
        """What most were taken for."""
        return min(self.intents, key=lambda intent: (-self.intents[intent], intent))

    @property
    def item(self) -> str:
        """The number of the item that is asked about, "" if nobody names one."""
        return min(self.items, key=lambda item: (-self.items[item], len(item), item), default="")

    def add(self, comment: Comment, intent: Intent, language: str, items: Iterable[str]) -> None:
        """Count a comment."""
        self.ids.append(comment.id)
        self.askers.add((comment.room.platform, comment.author.id))
        self.texts[comment.text.strip()] += 1
        self.languages[comment.language_hint or language] += 1
        self.intents[intent] += 1
        self.items.update(items)


def clustered(comments: Iterable[Comment], judge: Judge) -> list[Question]:
    """The questions among comments, asked by most first; the order of the comments changes nothing but that of ids."""
    from streambot.core.asked import Asking
    from streambot.core.clusters import Clusters
    from streambot.core.items import item_numbers

    said = list(_said(comments))
    counts = Counter(wording for wording, _ in said)
    asked = {
        wording: (Asking.of(wording, intent, judgement.embedding), judgement.language)
        for wording, judgement in _judged(sorted(counts), judge)
        if (intent := _asks(wording, judgement)) is not None
    }
    clusters = Clusters(most=sys.maxsize)
    # What many typed makes a cluster's centre before what few did.
    names = {wording: clusters.add(asked[wording][0]) for wording in sorted(asked, key=lambda one: (-counts[one], one))}
    while moved := clusters.merge():
        names = {wording: moved.get(name, name) for wording, name in names.items()}
    found: dict[str, Question] = {}
    for wording, comment in said:
        if wording in names:
            question = found.setdefault(names[wording], Question(names[wording]))
            asking, language = asked[wording]
            question.add(comment, asking.intent, language, item_numbers(wording))
    return sorted(found.values(), key=lambda one: (-len(one.askers), -len(one.ids), one.text, one.cluster))


def _said(comments: Iterable[Comment]) -> Iterator[tuple[str, Comment]]:
    """The viewers' comments with their canonical wording, each once, however often it was delivered."""
    from streambot.core.canonical import canonical

    seen: set[tuple[str, str, str]] = set()
    for comment in comments:
        if comment.author.exempt or comment.key in seen:
            continue
        seen.add(comment.key)
        if wording := canonical(comment.text):
            yield wording, comment


def _judged(wordings: Sequence[str], judge: Judge) -> Iterator[tuple[str, Judgement]]:
    """Each wording with its judgement. Like lengths go together, and the same ones always: a slice is one run."""
    ordered = sorted(wordings, key=len)
    with progress("Judging", len(ordered)) as advance:
        for start in range(0, len(ordered), SLICE):
            part = ordered[start : start + SLICE]
            yield from zip(part, judge(part), strict=True)
            advance(len(part))


def _asks(wording: str, judgement: Judgement) -> Intent | None:
    """The intent of what asks something: by the model, or by its words where the model hears none."""
    from streambot.core.asking import is_asking
    from streambot.core.labels import Intent

    if judgement.intent.is_question:
        return judgement.intent
    return Intent.OTHER if is_asking(wording) else None


def _row(question: Question, *, members: bool) -> dict[str, Any]:
    """One question in the form of the contract."""
    row = {
        "cluster": question.cluster,
        "question": question.text,
        "intent": question.intent,
        "item": question.item,
        "count": len(question.ids),
        "askers": len(question.askers),
        "languages": _commonest(question.languages),
    }
    return row | ({"members": question.ids} if members else {})


def _told(question: Question, *, members: bool) -> str:
    """One question for people."""
    item = f"#{question.item}" if question.item else ""
    languages = printable(",".join(_commonest(question.languages)))
    text = printable(question.text[:100])
    told = f"{len(question.askers):>5} {question.intent:<22} {item:<5} {languages:<15} {text}\n"
    return told + (f"{'':>5} {printable(' '.join(question.ids))}\n" if members else "")


def _commonest(counts: Counter[str]) -> list[str]:
    """What was counted, the commonest first."""
    return sorted(counts, key=lambda one: (-counts[one], one))
