"""Canned answers: what is said by which facts, and why nothing is."""

from __future__ import annotations

import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streambot.core.answers import (
    LONGEST,
    LONGEST_NAME,
    VARIABLES,
    Answer,
    Answers,
    Asked,
    Canned,
    Gap,
    Lack,
    Scenario,
    Tone,
    Topic,
    Wording,
)
from streambot.core.labels import Intent

PRICED = ("It is {price}", "{price} today", "Only {price}, {user?friend}")


def canned(*texts: str, **what: Any) -> Canned:
    intent = what.pop("intent", Intent.PRICE)
    topic = Topic(intent, what.pop("scenario", Scenario.REGULAR), what.pop("about", ""))
    tone = what.pop("tone", Tone.CASUAL)
    wordings = tuple(Wording(text) for text in texts)
    return Canned(what.pop("site", "us"), topic, what.pop("language", "en"), tone, wordings, **what)


def asked(intent: Intent = Intent.PRICE, **what: Any) -> Asked:
    return Asked(intent, what.pop("site", "us"), what.pop("language", "en"), what.pop("tone", Tone.CASUAL), **what)


def said(answers: Answers, question: Asked, facts: dict[str, str] | None = None, key: int = 0) -> str:
    answer = answers.answer(question, {"price": "$9"} if facts is None else facts, key=key)
    assert isinstance(answer, Answer), answer
    return answer.text


def gap(answers: Answers, question: Asked, facts: dict[str, str], **more: Any) -> Gap:
    answer = answers.answer(question, facts, key=0, **more)
    assert isinstance(answer, Gap), answer
    return answer


def test_facts_fill_the_wording_and_are_told_with_it() -> None:
    answers = Answers([canned("Hi {user?there}, {item?this one} is {price}, {stock} left")])
    facts = {"price": " $9 ", "stock": "12", "item": "The cup", "user": "Mint", "material": "clay"}
    answer = answers.answer(asked(), facts, key=0)
    assert isinstance(answer, Answer)
    assert answer.text == "Hi Mint, The cup is $9, 12 left"
    assert answer.facts == {"price": "$9", "stock": "12"}
    assert (answer.topic, answer.language, answer.tone) == (Topic(Intent.PRICE), "en", Tone.CASUAL)


def test_who_is_not_named_is_greeted_all_the_same() -> None:
    answers = Answers([canned("Hi {user?there}, {price}")])
    for user in ("", "  ", "{price}", "two\nlines", "x" * (LONGEST_NAME + 1), "turned \u202e round"):
        assert said(answers, asked(), {"price": "$9", "user": user}) == "Hi there, $9"
    assert said(answers, asked(), {"price": "$9", "user": "x" * LONGEST_NAME}) == f"Hi {'x' * LONGEST_NAME}, $9"


@pytest.mark.parametrize("facts", [{}, {"price": ""}, {"price": " \t"}, {"stock": "3"}])
def test_without_the_fact_there_is_no_answer(facts: dict[str, str]) -> None:
    assert gap(Answers([canned(*PRICED)]), asked(), facts) == Gap(Lack.MISSING, ("price",))


def test_a_variable_that_nobody_knows_gives_no_answer() -> None:
    assert gap(Answers([canned("{prise}")]), asked(), {"price": "$9"}) == Gap(Lack.MISSING, ("prise",))


def test_of_several_wants_the_smallest_is_told() -> None:
    answers = Answers([canned("{price} until {ends}, {stock} left", "{price}, {stock} left")])
    assert gap(answers, asked(), {}) == Gap(Lack.MISSING, ("price", "stock"))


def test_as_much_is_said_as_is_known() -> None:
    answers = Answers([canned("{price} until {ends}", "{price}", "{item?It} is {price}", "{price}, up to {ends}")])
    assert {said(answers, asked(), key=key) for key in range(9)} == {"$9", "It is $9"}
    named = {said(answers, asked(), {"price": "$9", "item": "The cup"}, key) for key in range(9)}
    assert named == {"$9", "The cup is $9"}
    until = {said(answers, asked(), {"price": "$9", "ends": "21:30"}, key) for key in range(9)}
    assert until == {"$9 until 21:30", "$9, up to 21:30"}


def test_what_says_most_but_gets_too_long_leaves_room_for_what_says_less() -> None:
    answers = Answers([canned("{price} until {ends}", "{price}")])
    answer = answers.answer(asked(), {"price": "$9", "ends": "21:30"}, key=0, longest=10)
    assert isinstance(answer, Answer)
    assert answer.text == "$9"


@pytest.mark.parametrize("value", ["{stock}", "$9}", "$9\nand more", "$\u202e9", "$9\u2028!"])
def test_a_value_that_would_leave_a_brace_or_break_the_line_is_not_said(value: str) -> None:
    answers = Answers([canned("It is {price}")])
    assert gap(answers, asked(), {"price": value, "stock": "1"}) == Gap(Lack.UNFIT, ("price",))


def test_what_gets_too_long_by_its_values_is_not_said() -> None:
    answers = Answers([canned("Now: {promo}", intent=Intent.PROMO)])
    promo = "x" * (LONGEST - len("Now: "))
    assert len(said(answers, asked(Intent.PROMO), {"promo": promo})) == LONGEST
    assert gap(answers, asked(Intent.PROMO), {"promo": f"{promo}x"}) == Gap(Lack.TOO_LONG, ("promo",))
    assert gap(answers, asked(Intent.PROMO), {"promo": "10% off"}, longest=10) == Gap(Lack.TOO_LONG, ("promo",))


@pytest.mark.parametrize("key", [0, 1, 7, 1_000_003])
def test_neighbours_differ_and_the_same_key_says_the_same(key: int) -> None:
    answers = Answers([canned(*PRICED)])
    three = [said(answers, asked(), key=key + step) for step in range(3)]
    assert len(set(three)) == 3
    assert said(answers, asked(), key=key + 3) == three[0]
    again = Answers([canned(*PRICED)])
    assert [said(again, asked(), key=key + step) for step in range(3)] == three


def test_not_every_question_begins_with_its_first_wording() -> None:
    intents = [intent for intent in Intent if intent.is_question]
    answers = Answers([canned("0", "1", "2", intent=intent) for intent in intents])
    assert {said(answers, asked(intent)) for intent in intents} == {"0", "1", "2"}


def test_site_language_tone_and_intent_are_the_askers_own() -> None:
    answers = Answers([
        canned("us"),
        canned("formal", tone=Tone.FORMAL),
        canned("th", site="th"),
        canned("vi", language="vi"),
        canned("stock", intent=Intent.STOCK),
    ])  # fmt: skip
    assert said(answers, asked()) == "us"
    assert said(answers, asked(tone=Tone.FORMAL)) == "formal"
    assert said(answers, asked(site="th")) == "th"
    assert said(answers, asked(language="vi")) == "vi"
    assert said(answers, asked(Intent.STOCK)) == "stock"
    for other in (asked(language="zh"), asked(site="cn"), asked(Intent.PROMO), asked(site="th", tone=Tone.FORMAL)):
        assert gap(answers, other, {"price": "$9"}) == Gap(Lack.NO_WORDING)


def test_a_room_of_no_certain_site_speaks_a_language_as_at_its_home() -> None:
    answers = Answers([
        canned("us: zh", language="zh"),
        canned("cn: zh", site="cn", language="zh"),
        canned("th: en", site="th"),
        canned("us: en"),
        canned("us: es", language="es"),
    ])  # fmt: skip
    said_at_base = [said(answers, asked(site="base", language=language)) for language in ("zh", "en", "es")]
    assert said_at_base == ["cn: zh", "us: en", "us: es"]
    assert gap(answers, asked(site="base", language="th"), {}) == Gap(Lack.NO_WORDING)


def test_a_scenario_speaks_for_its_lifetime_then_the_regular_answer_does() -> None:
    flash = canned("flash {price}", scenario=Scenario.FLASH_SALE, lasts=1800.0)
    answers = Answers([canned("regular {price}"), flash])
    during = [said(answers, asked(scenario=Scenario.FLASH_SALE, since=since)) for since in (0.0, 1799.9, 1800.0)]
    assert during == ["flash $9", "flash $9", "regular $9"]
    assert said(answers, asked()) == "regular $9"
    assert said(answers, asked(scenario=Scenario.GIFT)) == "regular $9"


def test_a_scenario_without_a_lifetime_goes_on() -> None:
    answers = Answers([canned("out", scenario=Scenario.SOLD_OUT)])
    assert said(answers, asked(scenario=Scenario.SOLD_OUT, since=1e9)) == "out"
    assert gap(answers, asked(), {}) == Gap(Lack.NO_WORDING)


def test_an_aspect_goes_before_the_whole_and_the_scenario_before_the_aspect() -> None:
    shipping = Intent.SHIPPING
    answers = Answers([
        canned("whole", intent=shipping),
        canned("time", intent=shipping, about="time"),
        canned("flash", intent=shipping, scenario=Scenario.FLASH_SALE, lasts=60.0),
    ])  # fmt: skip
    assert said(answers, asked(shipping)) == "whole"
    assert said(answers, asked(shipping, about="time")) == "time"
    assert said(answers, asked(shipping, about="cost")) == "whole"
    assert said(answers, asked(shipping, about="time", scenario=Scenario.FLASH_SALE)) == "flash"


@pytest.mark.parametrize("text", ["{price", "price}", "{{price}}", "{a{b}}", "}{", "{price}}"])
def test_a_brace_without_its_other_is_no_wording(text: str) -> None:
    with pytest.raises(ValueError, match="a brace stands alone"):
        Wording(text)


def test_a_fact_has_no_fall_back() -> None:
    with pytest.raises(ValueError, match=r"not \{price\}"):
        Wording("It is {price?cheap}")


def test_a_name_that_is_needed_once_is_needed() -> None:
    answers = Answers([canned("{user?You}, {user}")])
    assert gap(answers, asked(), {}) == Gap(Lack.MISSING, ("user",))
    answer = answers.answer(asked(), {"user": "Mint"}, key=0)
    assert isinstance(answer, Answer)
    assert (answer.text, answer.facts) == ("Mint, Mint", {})


def test_two_answers_to_the_same_are_refused_and_so_is_one_without_words() -> None:
    with pytest.raises(ValueError, match=r"question\.price is answered twice"):
        Answers([canned("one"), canned("two")])
    with pytest.raises(ValueError, match="no wording"):
        canned()


_PARTS = st.sampled_from(["{user?there}", "{item?it}", "{price}", "{stock}", "so ", "ราคา", "～"])
_VALUES = st.text(alphabet=[*string.printable, "{", "}", "\u202e", "é", "ค", "💛"], max_size=60)


@given(
    texts=st.lists(st.lists(_PARTS, min_size=1, max_size=6).map("".join), min_size=1, max_size=4),
    facts=st.dictionaries(st.sampled_from(sorted(VARIABLES)), _VALUES),
    key=st.integers(min_value=0),
)
def test_no_brace_is_ever_left_over_and_nothing_is_said_that_is_not_known(
    texts: list[str], facts: dict[str, str], key: int
) -> None:
    answer = Answers([canned(*texts)]).answer(asked(), facts, key=key)
    if isinstance(answer, Gap):
        assert answer.variables
        return
    assert not {"{", "}", "\n", "\u202e"} & set(answer.text)
    assert len(answer.text) <= LONGEST
    for name, value in answer.facts.items():
        assert value == facts[name].strip() != ""
        assert value in answer.text
