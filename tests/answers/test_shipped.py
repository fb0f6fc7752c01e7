"""The canned answers that come with streambot: whole, natural lengths, and nothing that a shop may not say."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

from streambot.answers.files import load_answers
from streambot.classify.lexicon import Matcher
from streambot.core.answers import (
    ANY_SITE,
    ASPECTS,
    FALLING_BACK,
    LONGEST,
    PRIVATE,
    Answer,
    Answers,
    Asked,
    Canned,
    Scenario,
    Tone,
)
from streambot.core.labels import Intent
from streambot.core.pack import Pack, Speaker
from streambot.core.script import Finding, findings
from streambot.packs.files import Line, PackFiles
from streambot.resources import names, resource
from tests.answers.facts import facts

SHIPPED = "config/answers"
SITES = {"us": ("en", "zh", "vi"), "th": ("th", "en", "zh"), "vn": ("vi", "en"), "id": ("id", "en"), "cn": ("zh", "en")}
ANSWERED = [*(intent for intent in Intent if intent.is_question), Intent.COMPLAINT, Intent.GREETING]
# What an answer to this states, and what it may add; the others say what holds for every shop.
STATES = {
    (Intent.PRICE, ""): {"price"},
    (Intent.STOCK, ""): {"stock"},
    (Intent.STOCK, "part"): {"part", "left"},
    (Intent.SIZE_FIT, ""): {"size_for"},
    (Intent.SIZE_FIT, "chart"): {"sizes"},
    (Intent.SHIPPING, ""): {"ship_days", "ship_cost"},
    (Intent.SHIPPING, "time"): {"ship_days"},
    (Intent.SHIPPING, "cost"): {"ship_cost"},
    (Intent.PRODUCT, ""): {"material", "colours"},
    (Intent.PRODUCT, "colours"): {"colours"},
    (Intent.PRODUCT, "material"): {"material"},
    (Intent.AUTHENTICITY, ""): {"authenticity"},
    (Intent.PROMO, ""): {"promo"},
}
MAY_ADD = {(Intent.SHIPPING, "cost"): {"free_over"}}
RETURNS = [{"return_days", "returns"}, {"return_days"}, {"returns"}]


@cache
def path(site: str) -> Path:
    return resource(f"{SHIPPED}/{site}.toml")


@cache
def shipped(site: str) -> Answers:
    return load_answers([path(site)])


@cache
def gate(site: str) -> tuple[Pack, Matcher]:
    pack, _, _ = PackFiles().load(Line(site))
    return pack, Matcher(pack, {Speaker.REPLY})


def judged(site: str, text: str) -> Sequence[Finding]:
    pack, matcher = gate(site)
    return findings(text, pack, Speaker.REPLY, matcher.read, language="en")


def spoken(canned: Canned) -> list[str]:
    """Every wording as it is said to somebody by name about an item by name, and to nobody about nothing."""
    named = facts(canned.site, canned.language)
    unnamed = {name: value for name, value in named.items() if name not in FALLING_BACK}
    assert not any(wording.lacks(unnamed) for wording in canned.wordings), canned
    return [wording.filled(known) for wording in canned.wordings for known in (named, unnamed)]


def test_there_is_a_file_for_every_site() -> None:
    assert names(SHIPPED) == sorted(f"{site}.toml" for site in SITES)


@pytest.mark.parametrize("site", SITES)
def test_every_question_has_answers_in_every_language_of_the_site_and_both_tones(site: str) -> None:
    for language in SITES[site]:
        for tone in Tone:
            for intent in ANSWERED:
                for about in ("", *ASPECTS.get(intent, ())):
                    canned = shipped(site).find(Asked(intent, site, language, tone, about))
                    assert canned is not None, (intent, language, tone)
                    assert (canned.topic.about, canned.topic.scenario) == (about, Scenario.REGULAR)
    assert {canned.language for canned in shipped(site)} == set(SITES[site])


@pytest.mark.parametrize("site", SITES)
def test_every_scenario_answers_what_it_changes_for_a_while(site: str) -> None:
    changed = {
        Scenario.FLASH_SALE: {Intent.PRICE, Intent.STOCK, Intent.PROMO},
        Scenario.NEW_ITEM: {Intent.PRICE, Intent.GREETING},
        Scenario.SOLD_OUT: {Intent.PRICE, Intent.STOCK, Intent.HOW_TO_BUY},
        Scenario.GIFT: {Intent.PRICE, Intent.PROMO},
    }
    found: dict[Scenario, set[Intent]] = {}
    for canned in shipped(site):
        if canned.topic.scenario is not Scenario.REGULAR:
            found.setdefault(canned.topic.scenario, set()).add(canned.topic.intent)
        assert (canned.lasts is None) == (canned.topic.scenario is Scenario.REGULAR)
    assert found == changed


@pytest.mark.parametrize("site", SITES)
def test_three_wordings_at_least_and_the_tones_are_two(site: str) -> None:
    by_tone: dict[tuple[object, str], set[str]] = {}
    for canned in shipped(site):
        texts = {wording.text for wording in canned.wordings}
        assert len(texts) >= 3, canned
        other = by_tone.setdefault((canned.topic, canned.language), texts)
        assert other is texts or other.isdisjoint(texts), canned


@pytest.mark.parametrize("site", SITES)
def test_two_answers_in_a_row_differ_however_much_is_known(site: str) -> None:
    for canned in shipped(site):
        known = facts(site, canned.language)
        by_facts = [wording.facts for wording in canned.wordings]
        for stated in set(by_facts) - {frozenset({"return_days"}), frozenset({"returns"})}:
            asked = Asked(
                canned.topic.intent, site, canned.language, canned.tone, canned.topic.about, canned.topic.scenario
            )
            some = {name: value for name, value in known.items() if name in stated | FALLING_BACK}
            two = [shipped(site).answer(asked, some, key=key) for key in (6, 7)]
            assert all(isinstance(answer, Answer) for answer in two), canned
            assert two[0] != two[1], canned


@pytest.mark.parametrize("site", SITES)
def test_no_wording_answers_without_the_fact_that_was_asked_for(site: str) -> None:
    for canned in shipped(site):
        topic = canned.topic
        for wording in canned.wordings:
            if topic.intent is Intent.RETURNS:
                assert wording.facts in RETURNS, wording
            elif topic.scenario is Scenario.REGULAR:
                asked = (topic.intent, topic.about)
                assert wording.facts - MAY_ADD.get(asked, set()) == STATES.get(asked, set()), wording
            elif topic.intent is Intent.PRICE:
                assert "price" in wording.variables, wording
            if topic.intent in PRIVATE:
                assert wording.variables <= {"user"}, wording


@pytest.mark.parametrize("site", SITES)
def test_the_packs_of_the_site_and_of_no_site_find_nothing_to_object_to(site: str) -> None:
    for canned in shipped(site):
        for text in spoken(canned):
            assert judged(site, text) == [], text
            assert judged(ANY_SITE, text) == [], text
            assert len(text) <= LONGEST
            assert not {"{", "}"} & set(text)
            assert "  " not in text


def test_the_gate_would_object() -> None:
    bad = {
        "us": "It cures acne",
        "th": "แอดไลน์มานะคะ",
        "vn": "Kết bạn Zalo với mình nha",
        "id": "Ini serum terbaik kak",
        "cn": "这是全网最低价",
    }
    for site, text in bad.items():
        assert judged(site, text), text


def test_a_room_of_no_site_is_answered_in_five_languages() -> None:
    answers = load_answers([path(site) for site in SITES])
    homes = {"en": "us", "zh": "cn", "th": "th", "vi": "vn", "id": "id"}
    for language, home in homes.items():
        asked = Asked(Intent.PRICE, ANY_SITE, language, Tone.CASUAL)
        found = answers.answer(asked, facts(home, language), key=4)
        assert isinstance(found, Answer)
        canned = answers.find(asked)
        assert canned is not None
        assert canned.site == home
