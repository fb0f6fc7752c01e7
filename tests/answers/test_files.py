"""Files of canned answers: what is refused, where, and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from streambot.answers.files import load_answers, parse_answers
from streambot.core.answers import LONGEST, Answer, Asked, Scenario, Tone
from streambot.core.errors import ConfigError
from streambot.core.labels import Intent
from streambot.toml_tables import MOST_SHOWN

HEAD = """[answers]
site = "th"
languages = ["th", "en"]
lasts_s = { flash_sale = 60 }
"""
PRICE = """
[[answer]]
intent = "question.price"
say.th.casual = ["{price} ค่า", "ราคา {price}"]
say.th.formal = ["ราคา {price} ค่ะ"]
say.en.casual = [
    "It's {price}",
    "{price}, {user?friend}",
]
say.en.formal = ["The price is {price}."]
"""


def answer(intent: str, en: str = '["Yes"]', **keys: str) -> str:
    more = "".join(f"{key} = {value}\n" for key, value in keys.items())
    return (
        f'[[answer]]\nintent = "{intent}"\n{more}say.th.casual = ["ค่า"]\nsay.th.formal = ["ค่ะ"]\n'
        f'say.en.casual = {en}\nsay.en.formal = ["Yes."]\n'
    )


def refused(text: str, file: str = "th.toml") -> str:
    with pytest.raises(ConfigError) as caught:
        parse_answers({file: text})
    assert caught.value.code == "answers_invalid"
    assert caught.value.fix
    return caught.value.message


def test_a_file_is_read_with_every_language_tone_and_scenario(tmp_path: Path) -> None:
    flash = answer("question.price", '["Flash: {price}"]', scenario='"flash_sale"')
    (tmp_path / "th.toml").write_bytes(b"\xef\xbb\xbf" + (HEAD + PRICE + flash).encode())
    answers = load_answers([tmp_path / "th.toml"])

    def said(language: str, tone: Tone, scenario: Scenario = Scenario.REGULAR, since: float = 0.0) -> str:
        asked = Asked(Intent.PRICE, "th", language, tone, scenario=scenario, since=since)
        found = answers.answer(asked, {"price": "฿99"}, key=1)
        assert isinstance(found, Answer)
        return found.text

    assert said("th", Tone.FORMAL) == "ราคา ฿99 ค่ะ"
    assert said("en", Tone.FORMAL) == "The price is ฿99."
    assert said("en", Tone.CASUAL) in {"It's ฿99", "฿99, friend"}
    assert said("en", Tone.CASUAL, Scenario.FLASH_SALE, 59.0) == "Flash: ฿99"
    assert said("en", Tone.CASUAL, Scenario.FLASH_SALE, 60.0) != "Flash: ฿99"


def test_an_unknown_variable_is_told_with_file_line_key_and_the_nearest_name() -> None:
    told = refused(HEAD + PRICE.replace("{price}, {user?friend}", "{prise}, {user?friend}"))
    assert told == "th.toml:12: answer 1, say.en.casual[1]: there is no variable {prise}; did you mean {price}?"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (('say.en.formal = ["The price is {price}."]', ""), "th.toml:6: answer 1, say.en.formal: it is missing"),
        (('["The price is {price}."]', "[]"), "say.en.formal: it is empty"),
        (('"The price is {price}."', '"The price is {price}.", "  "'), "say.en.formal[1]: it says nothing"),
        (("The price is {price}.", "x" * (LONGEST + 1)), f"has {LONGEST + 1} characters, more than {LONGEST}"),
        (('"It\'s {price}"', '"{price}, {user?friend}"'), "say.en.casual[1]: it says the same as [0]"),
        (("It's {price}", "It's {price"), "th.toml:11: answer 1, say.en.casual[0]: a brace stands alone"),
        (("It's {price}", "It's {price?cheap}"), "only {user}, {item} and {place} may have a fall-back, not {price}"),
        (("It's {price}", "It's {}"), "there is no variable {}"),
        (("It's {price}", "It's\\n{price}"), "more than one line"),
        (("question.price", "question.prize"), "did you mean question.price?"),
        (("intent =", "intend ="), "intend: there is no such key; did you mean intent?"),
        (('"question.price"', '"question.price"\nscenario = "flashsale"'), "did you mean flash_sale?"),
        (('"question.price"', '"question.price"\nscenario = "gift"'), "lasts_s does not say how long gift lasts"),
        (('"question.price"', '"question.price"\nabout = "cost"'), "about: 'cost' is asked about no such thing"),
        (('"question.price"', '"question.shipping"\nabout = "tiem"'), "is not one of cost, time; did you mean time?"),
        (("say.en.casual", "say.fr.casual"), "say.fr: 'fr' is not one of en, zh, th"),
        (("say.en.formal", "say.en.frmal"), "say.en.frmal: there is no such key; did you mean formal?"),
        (('"The price is {price}."', "7"), "say.en.formal[0]: it must be a text, in quotes"),
        (('languages = ["th", "en"]', 'languages = ["th", "en", "zh"]'), "say.zh: it is missing, though"),
        (('languages = ["th", "en"]', 'languages = ["th"]'), "say.en: answers.languages does not list it"),
        (('site = "th"', 'site = "uk"'), "answers.site: 'uk' is not one of us, th, vn, id, cn"),
        (("flash_sale = 60", "flash_sale = 0"), "answers.lasts_s.flash_sale: Input should be greater than 0"),
        (("flash_sale = 60", "regular = 60"), "answers.lasts_s: regular answers have no end"),
        (("[answers]", "[answer_file]"), "answers: it is missing"),
        (('["The price is {price}."]', '["The price is {price}."'), "th.toml:15: it is not TOML"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(change: tuple[str, str], says: str) -> None:
    text = HEAD + PRICE
    assert text.count(change[0]) >= 1
    assert says in refused(text.replace(*change))


def test_all_mistakes_are_told_at_once_over_all_files() -> None:
    first = HEAD + answer("question.price", '["{prise}"]') + answer("question.stock", '["{stok}", ""]')
    first += answer("question.promo", "7")
    second = HEAD.replace('"th"\n', '"vn"\n') + answer("question.price", '["{colors}"]')
    with pytest.raises(ConfigError) as caught:
        parse_answers({"a.toml": first, "b.toml": second, "c.toml": "["})
    told = caught.value.message.split("; ")
    places = [part.partition(": ")[0] for part in told if ".toml" in part]
    assert places == ["a.toml:17", "a.toml:9", "a.toml:15", "a.toml:11", "b.toml:9", "c.toml:1"]


def test_of_very_many_mistakes_the_rest_is_counted() -> None:
    wordings = ", ".join(f'"{{x{number}}}"' for number in range(MOST_SHOWN + 5))
    assert refused(HEAD + answer("question.price", f"[{wordings}]")).endswith("; and 5 more.")


def test_the_same_question_is_answered_once() -> None:
    told = refused(HEAD + PRICE + answer("question.price"))
    assert told == "th.toml:15: answer 2, intent: this is answered already, in th.toml:6, answer 1."
    with pytest.raises(ConfigError, match=r"b\.toml:6: answer 1, intent: this is answered already, in a\.toml:6"):
        parse_answers({"a.toml": HEAD + PRICE, "b.toml": HEAD + PRICE})
    inline = 'say = { th = { casual = ["ก"], formal = ["ข"] }, en = { casual = ["a"], formal = ["b"] } }'
    twice = ", ".join([f'{{ intent = "greeting", {inline} }}'] * 2)
    assert "answer 2, intent: this is answered already, in th.toml, answer 1" in refused(f"answer = [{twice}]\n{HEAD}")
    other_site = HEAD.replace('"th"\n', '"vn"\n', 1)
    assert len(list(parse_answers({"a.toml": HEAD + PRICE, "b.toml": other_site + PRICE}))) == 8


@pytest.mark.parametrize("intent", ["complaint", "question.order_status"])
def test_complaints_and_order_questions_state_no_facts(intent: str) -> None:
    assert list(parse_answers({"th.toml": HEAD + answer(intent, '["Sorry {user?friend}, see the chat"]')}))
    told = refused(HEAD + answer(intent, '["{item?It} arrives in {ship_days} days"]'))
    assert f"{{item}} may not stand here: {intent} moves to the private channel" in told
    assert "{ship_days} may not stand here" in told


def test_a_file_that_is_not_there_or_not_utf_8_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"gone\.toml cannot be read"):
        load_answers([tmp_path / "gone.toml"])
    (tmp_path / "th.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match=r"th\.toml cannot be read"):
        load_answers([tmp_path / "th.toml"])
