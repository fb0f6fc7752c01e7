"""Words in disguise get what the plain words get, and honest buyers pay nothing for it (issue 5, acceptance 1).

``pytest -s tests/disguise`` prints the tables; ``DISGUISE_SUITE=all`` runs every way three times and 25 pairs a line.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from streambot.core.labels import Label
from tests.disguise.judged import HERE, PLAIN, Cost, Judged, cases, clean, judge_all, violations
from tests.disguise.table import disguised, gained, lines, share, shares, way
from tests.disguise.ways import LANGUAGES

SIZE = "all" if os.environ.get("DISGUISE_SUITE") == "all" else "sample"
CASES = {"all": {"tries": 3, "paired": 25}, "sample": {"tries": 1, "paired": 5}}[SIZE]
FLOORS: Mapping[str, Any] = tomllib.loads((HERE / "floors.toml").read_text(encoding="utf-8"))

pytestmark = pytest.mark.timeout(600)  # the fixture judges everything, and the machine may be busy


@pytest.fixture(scope="module")
def suite() -> tuple[list[Judged], list[Cost]]:
    judged, costs = judge_all(cases(**CASES), clean())
    print(*lines(judged, costs), sep="\n")  # noqa: T201 - the report; pytest shows it on -s and on failure
    return judged, costs


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_disguise_does_not_get_words_through(suite, language):
    judged = [j for j in disguised(suite[0]) if j.case.violation.language == language]
    measured = {"known": share(j for j in judged if j.known).percent, "every": share(judged).percent}
    short = {name: was for name, was in measured.items() if was < FLOORS[SIZE][name][language]}
    assert not short, f"{short} of {language} fell below {FLOORS[SIZE]}"


def test_no_way_to_disguise_words_works_better_than_it_did(suite):
    measured = shares(disguised(suite[0]), way)
    floors = FLOORS[SIZE]["ways"]
    assert measured.keys() == floors.keys()
    assert {name: one.percent for name, one in measured.items() if one.percent < floors[name]} == {}


def test_plain_words_get_the_act_that_their_label_asks_for(suite):
    plain = shares((j for j in suite[0] if j.case.disguise == PLAIN), lambda j: j.case.violation.language)
    assert {name: one.percent for name, one in plain.items() if one.percent < FLOORS["plain"][name]} == {}


def test_the_rules_cost_honest_buyers_nothing(suite):
    hides, reviews = gained(suite[1])
    assert hides <= FLOORS["aims"]["clean_hides"]
    assert reviews <= FLOORS["aims"]["clean_reviews"]


def test_every_language_has_violations_of_every_label_and_enough_of_no_list():
    lines_by = {language: [v for v in violations() if v.language == language] for language in LANGUAGES}
    for language, some in lines_by.items():
        assert {v.label for v in some} == set(Label), language
        assert len(some) >= 40
        assert sum(v.kind == "fresh" for v in some) >= 0.3 * len(some)


def test_the_clean_suite_is_large_and_repeats_nothing():
    texts = clean()
    assert len({text.casefold() for _, text in texts}) == len(texts) >= 2000
    for language in LANGUAGES:
        some = [text for of, text in texts if of == language]
        assert len(some) >= 400
        assert list(_near(some)) == []


def _near(texts: list[str]) -> Iterator[tuple[str, str]]:
    """Pairs of lines that share more than three quarters of their trigrams."""
    grams = [{text[i : i + 3] for i in range(len(text) - 2)} for text in map(str.casefold, texts)]
    for i, one in enumerate(grams):
        for j in range(i):
            if len(one & grams[j]) > 0.75 * len(one | grams[j]) and len(texts[i]) > 12:
                yield texts[j], texts[i]


def test_the_same_suite_is_built_every_time():
    assert [case.text for case in cases(**CASES)] == [case.text for case in cases(**CASES)]
