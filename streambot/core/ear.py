"""The model as a second ear on a script: what it takes for a violation where no rule has spoken.

It learned from viewers' comments. A host's plain sentence ("thirty millilitres, glass bottle") may come near one, so
more is asked than a look: a score well above the review threshold, in two readings of the sentence, of a label that
the shop's own rules know, in words that neither ask nor take back.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from streambot.core.asking import is_asking, is_warning
from streambot.core.disclaiming import takes_back
from streambot.core.labels import Label
from streambot.core.pack import Pack, Speaker, Thresholds
from streambot.core.script import Finding, sentences
from streambot.core.verdict import Judgement, Span
from streambot.core.views import canonical, skeleton
from streambot.core.wording import in_language

RULE: Final = "model:"
"""What stands before the label in the name of a finding that no rule made."""
SURE: Final = 0.75
"""How far a score must stand from the review threshold (0) towards the one for hiding (1). Of 75 violations in five
unseen scripts rules found 27, with the model 50; of 388 innocent lines it spoke of 9. At 0.5 it was 57 and 16."""
TOGETHER: Final = 200
"""Code points of a line that are judged at once: about what a comment has, of which the model learned."""

Judge = Callable[[Sequence[str]], Sequence[Judgement]]


class SecondEar:
    """Listens to what rules let pass. ``lets`` says whether rules of a label would excuse a sentence (its skeleton).

    ``why`` gives the reason for a label, ``instead`` what to say where no rule has a suggestion, ``language`` is the
    reader's.
    """

    def __init__(
        self,
        pack: Pack,
        speaker: Speaker,
        thresholds: Thresholds,
        lets: Callable[[Label, str], bool],
        *,
        name: str,
        language: str,
        why: Callable[[Label], str],
        instead: str,
    ) -> None:
        self._thresholds = thresholds
        self._lets = lets
        self._name = name
        self._why = why
        self._suggestions = _suggestions(pack, speaker, language, instead)

    def hear(self, lines: Sequence[str], found: Sequence[Sequence[Finding]], judge: Judge) -> list[list[Finding]]:
        """For each line what the model adds to what rules ``found`` in it. ``judge`` may raise ClassifierError."""
        asked = [
            (number, place)
            for number, (line, known) in enumerate(zip(lines, found, strict=True))
            for place in _parts(line)
            if not any(start < place[1] and place[0] < end for start, end in (each.span for each in known))
        ]
        texts = [lines[number][start:end] for number, (start, end) in asked]
        judged = judge([*texts, *map(_unpunctuated, texts)])
        added: list[list[Finding]] = [[] for _ in lines]
        for at, (number, place) in enumerate(asked):
            finding = self._finding(texts[at], place, (judged[at], judged[len(texts) + at]))
            if finding is not None:
                added[number].append(finding)
        return added

    def _finding(self, text: str, place: Span, readings: tuple[Judgement, Judgement]) -> Finding | None:
        """The strongest label that both readings are sure of."""
        seen = skeleton(canonical(text))
        if readings[0].intent.startswith("question.") or is_asking(seen) or is_warning(seen):
            return None
        scores = {label: min(reading.labels.get(label, 0.0) for reading in readings) for label in self._suggestions}
        language = readings[0].language
        sure = [label for label, score in scores.items() if score >= self._bar(label, language)]
        for label in sorted(sure, key=lambda label: -scores[label]):
            if not takes_back(label, seen) and not self._lets(label, seen):
                return Finding(
                    label, f"{RULE}{label}", place, self._why(label), self._name, self._suggestions[label]
                )  # fmt: skip
        return None

    def _bar(self, label: Label, language: str) -> float:
        review = self._thresholds.threshold(label, language, "review")
        return review + SURE * max(0.0, self._thresholds.threshold(label, language, "hide") - review)


def _suggestions(pack: Pack, speaker: Speaker, language: str, instead: str) -> Mapping[Label, str]:
    """For each label that rules for this speaker know: the first suggestion that one of them has."""
    found: dict[Label, str] = {}
    for rule in pack.rules:
        if rule.label is not None and speaker in rule.scope:
            found[rule.label] = found.get(rule.label) or in_language(rule.suggestion, language)
    return {label: suggestion or instead for label, suggestion in found.items()}


def _parts(line: str) -> Iterator[Span]:
    """A line's sentences, short ones together: alone they say too little. Without the space around them."""
    together: list[Span] = []
    for start, end in sentences(line):
        if together and end - together[-1][0] <= TOGETHER:
            together[-1] = (together[-1][0], end)
        else:
            together.append((start, end))
    for start, end in together:
        part = line[start:end]
        yield (start + len(part) - len(part.lstrip()), start + len(part.rstrip()))


def _unpunctuated(text: str) -> str:
    """The same words without a mark between them."""
    plain = "".join(" " if unicodedata.category(char).startswith("P") else char for char in text)
    return " ".join(plain.split()) or text
