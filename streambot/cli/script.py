"""``streambot script``: read a script or canned answers before they are said, and say what to say instead."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from streambot.cli._base import ExitCode, out_json, read_lines, say
from streambot.cli._words import LANGUAGE_OF, Language, SiteName, Words
from streambot.core.errors import ConfigError
from streambot.core.script import LONGEST, Finding
from streambot.printable import printable
from streambot.settings import load_settings

MOST_BYTES: Final = 4 << 20
"""Of a whole script; six hours of speech are a tenth of it."""
AS_TEXT: Final = "Give the script as text, one sentence a line."
AROUND: Final = 120
"""Code points shown on each side of a place."""


class Scope(StrEnum):
    """Whose words the lines are."""

    SCRIPT = "script"
    REPLY = "reply"


def script(
    source: Annotated[str, typer.Argument(metavar="FILE|-", help="UTF-8 text, one sentence a line; - reads stdin.")],
    *,
    site: Annotated[SiteName, typer.Option(help="Whose rules apply.")] = SiteName.BASE,
    scope: Annotated[
        Scope, typer.Option(help="script: what the host says on air; reply: canned answers and messages.")
    ] = Scope.SCRIPT,
    lang: Annotated[Language | None, typer.Option(help="Language of the explanations; the site's by default.")] = None,
    model: Annotated[
        bool | None,
        typer.Option("--model/--no-model", help="Let the model judge what no rule spoke of; else it does if it loads."),
    ] = None,
    config: Annotated[Path | None, typer.Option(help="A configuration file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object for every line of the input.")] = False,
) -> None:
    """Read a script before it is said. Exit code 6 if anything was found, 0 if it is clean.

    Each finding names the place, the rule, why, the source, and the wording that complies. It is no legal advice.

    Examples: `streambot script tonight.txt --site th`, `streambot script answers.txt --site cn --scope reply --json`
    """
    # Matchers and packs take a moment to import; `--help` need not wait for them.
    from streambot.classify.lexicon import Matcher
    from streambot.cli._ear import listening, unheard
    from streambot.core.pack import Speaker
    from streambot.core.script import findings
    from streambot.packs.files import Line, PackFiles

    settings = load_settings(config, environ=os.environ)
    lines = _lines(source)
    words = Words(lang or LANGUAGE_OF[site])
    speaker = Speaker(scope.value)
    pack, _, _ = PackFiles(settings.packs.folder).load(Line(site.value))
    matcher = Matcher(pack, {speaker})
    by_rules = [findings(text, pack, speaker, matcher.read, language=words.language) for text in lines]
    ear = unheard if model is False else listening(settings, pack, speaker, words, wanted=model is True)
    bad = 0
    for number, (text, found) in enumerate(zip(lines, ear(lines, by_rules), strict=True), 1):
        bad += bool(found)
        if as_json:
            out_json({"line": number, "text": text, "findings": [_row(finding) for finding in found]})
        else:
            sys.stdout.write("".join(_told(number, text, finding, words) for finding in found))
    sys.stdout.flush()
    if not as_json:
        say(words.say("script.summary", n=len(lines), bad=bad, pack=pack.id))
    if bad:
        raise typer.Exit(ExitCode.FINDINGS)


def _lines(source: str) -> list[str]:
    """The lines of a script, all of them readable. Raises ConfigError naming the first that is not."""
    name = "stdin" if source == "-" else source
    lines: list[str] = []
    size = 0
    for number, line in enumerate(read_lines(source), 1):
        if b"\0" in line:
            raise _unfit(f"{name} is no text: line {number} holds a zero byte", "Save it as plain UTF-8 text.")
        try:
            text = line.removesuffix(b"\r").decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise _unfit(f"line {number} of {name} is not UTF-8 ({error.reason})", "Save it as UTF-8.") from None
        if len(text) > LONGEST:
            raise _unfit(
                f"line {number} of {name} has {len(text):,} characters, more than {LONGEST:,}",
                "Put one sentence on a line.",
            )
        size += len(line) + 1
        if size > MOST_BYTES:
            raise _unfit(f"{name} has more than {MOST_BYTES >> 20} MiB", AS_TEXT)
        lines.append(text)
    if not any(map(str.strip, lines)):
        raise _unfit(f"{name} is empty", AS_TEXT)
    return lines


def _unfit(what: str, fix: str) -> ConfigError:
    return ConfigError(f"{what}.", code="script_unreadable", fix=fix)


def _row(finding: Finding) -> dict[str, Any]:
    """One finding in the form of the contract."""
    return {
        "label": finding.label,
        "rule": finding.rule,
        "span": list(finding.span),
        "why": finding.why,
        "source": finding.source,
        "suggestion": finding.suggestion,
    }


def _told(number: int, text: str, finding: Finding, words: Words) -> str:
    """One finding for a person, its place between «»."""
    start, end = finding.span
    before, place, after = text[max(0, start - AROUND) : start], text[start:end], text[end : end + AROUND]
    marked = f"{'…' * (start > AROUND)}{before}«{place}»{after}{'…' * (end + AROUND < len(text))}"
    dates = [words.say("script.dated", date=finding.source_date)] if finding.source_date else []
    dates += [words.say("script.checked", date=finding.checked_on)] if finding.checked_on else []
    label = f"{words.name('label', finding.label)}: " if finding.label else ""
    return (
        f"{number:>4}  {printable(marked)}\n"
        f"      {label}{finding.why}\n"
        f"      {words.say('why.instead', text=finding.suggestion)}\n"
        f"      {finding.rule} · {', '.join([finding.source, *dates])}\n"
    )
