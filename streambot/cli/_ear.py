"""The model that ``streambot script`` asks about what no rule spoke of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from streambot.cli._base import say
from streambot.cli._words import Words
from streambot.core.errors import ConfigError
from streambot.core.labels import Label
from streambot.core.pack import Pack, Speaker
from streambot.core.script import Finding
from streambot.settings import Settings

BLOCK = 64
"""Lines that are judged before the first of them is shown."""

Ear = Callable[[Sequence[str], Sequence[list[Finding]]], Iterator[list[Finding]]]
"""Lines and what rules found in each; what there is to say of each."""


def unheard(_: Sequence[str], found: Sequence[list[Finding]]) -> Iterator[list[Finding]]:
    """No model: rules alone."""
    yield from found


def listening(settings: Settings, pack: Pack, speaker: Speaker, words: Words, *, wanted: bool) -> Ear:
    """The configured model as a second ear. Where it cannot be loaded: raises ConfigError if it is ``wanted``, else
    says so and leaves it out.
    """
    from streambot.classify.excuses import Excuses
    from streambot.core.ear import SecondEar
    from streambot.judging import open_configured

    try:
        model = open_configured(settings, measure=False).model
    except ConfigError as error:
        if wanted:
            raise
        say(f"warning: rules alone read this, the model is not heard: {error.message}")
        return unheard

    def why(label: Label) -> str:
        return words.say("script.model", label=words.name("label", label))

    ear = SecondEar(
        pack, speaker, model.manifest, Excuses(pack, speaker).let,
        name=model.name, language=words.language, why=why, instead=words.say("script.instead"),
    )  # fmt: skip

    def listen(lines: Sequence[str], found: Sequence[list[Finding]]) -> Iterator[list[Finding]]:
        for start in range(0, len(lines), BLOCK):
            some, known = lines[start : start + BLOCK], found[start : start + BLOCK]
            for by_rules, heard in zip(known, ear.hear(some, known, model.judge), strict=True):
                yield sorted([*by_rules, *heard], key=lambda finding: finding.span)

    return listen
