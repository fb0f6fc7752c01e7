"""Files of prompts: what they may say, and every mistake told with its file, line, key and reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from streambot.core.answers import Scenario, Tone
from streambot.core.catalog import SITE_LANGUAGE
from streambot.core.errors import ConfigError
from streambot.core.prompts import At, Begins, Call, Every, Greeted, Unasked
from streambot.kept_files import News
from streambot.prompts.files import load_prompts, parse_prompts
from streambot.prompts.watch import InForce
from streambot.resources import resource

HEAD = '[prompts]\nsite = "us"\nlanguages = ["en"]\n'
SAY = 'say.en.casual = ["Hi!"]\nsay.en.formal = ["Welcome."]\n'


def a_prompt(keys: str = "every_min = 5", name: str = "hi", say: str = SAY) -> str:
    return f'[[prompt]]\nname = "{name}"\n{keys}\n{say}'


def refused(text: str) -> str:
    with pytest.raises(ConfigError) as error:
        parse_prompts({"us.toml": text})
    assert error.value.code == "prompts_invalid"
    return error.value.message


@pytest.mark.parametrize(
    ("keys", "when"),
    [
        ("at_min = 2", At(120.0)),
        ("every_min = 5", Every(300.0)),
        ('on = "item"\nafter_s = 30', Begins(None, 30.0)),
        ('on = "flash_sale"', Begins(Scenario.FLASH_SALE, 0.0)),
        ('on = "greetings"\nviewers = 3\nrest_min = 5', Greeted(3, 300.0)),
        ('on = "no_question"\nfor_min = 4', Unasked(240.0, 600.0)),
    ],
)
def test_a_prompt_has_its_time(keys: str, when: object) -> None:
    (prompt,) = parse_prompts({"us.toml": HEAD + a_prompt(keys)}).prompts
    assert prompt.when == when
    assert [wording.text for wording in prompt.wordings["en", Tone.FORMAL]] == ["Welcome."]


def test_a_prompt_may_ask_for_something_to_be_typed() -> None:
    text = HEAD + a_prompt('at_min = 1\ncall = { expects = ["1", "one"], window_s = 45 }')
    assert parse_prompts({"us.toml": text}).prompts[0].call == Call(("1", "one"), 45.0)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (HEAD + a_prompt(""), "us.toml:4: prompt 1, : it needs one of at_min, every_min and on"),
        (HEAD + a_prompt("at_min = 1\nevery_min = 3"), "it needs one of at_min, every_min and on"),
        (
            HEAD + a_prompt("every_min = 1"),
            "us.toml:4: prompt 1, every_min: Input should be greater than or equal to 2",
        ),
        (HEAD + a_prompt("at_min = 1\nviewers = 4"), "viewers is for on = greetings"),
        (HEAD + a_prompt('on = "itme"'), "did you mean item?"),
        (HEAD + a_prompt("evry_min = 5"), "there is no such key; did you mean every_min?"),
        (HEAD + a_prompt() + a_prompt(), "prompt 2, name: this is the name of another one, in us.toml:4, prompt 1"),
        (
            HEAD + a_prompt(say='say.en.casual = ["{prise}"]\nsay.en.formal = ["a"]'),
            "no variable {prise}; did you mean {price}?",
        ),
        (
            HEAD + a_prompt(say='say.en.casual = ["Hi {user}"]\nsay.en.formal = ["a"]'),
            "a prompt has no variable {user}",
        ),
        (
            HEAD + a_prompt(say='say.en.casual = ["{"]\nsay.en.formal = ["a"]'),
            "us.toml:7: prompt 1, say.en.casual[0]: a brace",
        ),
        (HEAD + a_prompt(say=f'say.en.casual = ["{"a" * 201}"]\nsay.en.formal = ["a"]'), "201 characters"),
        (HEAD + a_prompt(say='say.en.casual = ["a"]'), "say.en.formal: it is missing"),
        (
            HEAD.replace('["en"]', '["en", "th"]') + a_prompt(),
            "say.th: it is missing, though prompts.languages lists it",
        ),
        (HEAD + a_prompt('at_min = 1\ncall = { expect = ["1"] }'), "did you mean expects?"),
        (HEAD + "[[prompt]\n", "us.toml:4: it is not TOML"),
    ],
)
def test_a_mistake_is_told_with_line_key_and_reason(text: str, told: str) -> None:
    assert told in refused(text)


@pytest.mark.parametrize("site", [site for site in SITE_LANGUAGE if site != "base"])
def test_the_shipped_prompts_speak_the_language_of_their_site_first(site: str) -> None:
    prompts = load_prompts(resource(f"config/prompts/{site}.toml"))
    assert prompts.languages[0] == SITE_LANGUAGE[site]
    assert {type(prompt.when) for prompt in prompts.prompts} == {At, Every, Begins, Greeted, Unasked}
    assert any(prompt.call is not None for prompt in prompts.prompts)
    assert all(
        len(prompt.wordings[language, tone]) >= 2
        for prompt in prompts.prompts
        for language in prompts.languages
        for tone in Tone
    )


def test_the_prompts_of_the_demo_are_a_welcome_a_call_and_the_offer_in_its_five_languages() -> None:
    prompts = load_prompts(resource("config/prompts/demo.toml"))
    assert prompts.languages == ("en", "zh", "th", "vi", "id")
    assert [type(prompt.when) for prompt in prompts.prompts] == [At, Begins, Every]
    assert [prompt.call is not None for prompt in prompts.prompts] == [False, True, False]


async def test_a_broken_file_leaves_the_old_prompts_in_force(tmp_path: Path) -> None:
    file, told = tmp_path / "us.toml", []
    file.write_text(HEAD + a_prompt(name="old"), encoding="utf-8")
    in_force = InForce(file, lambda news, why: told.append((news, why)))
    file.write_text(HEAD + a_prompt("every_min = 0"), encoding="utf-8")
    assert await in_force.reload() is News.REFUSED
    assert [prompt.name for prompt in in_force.prompts.prompts] == ["old"]
    assert "every_min" in told[-1][1]
    assert str(file) in told[-1][1]
    file.write_text(HEAD + a_prompt(name="new"), encoding="utf-8")
    assert await in_force.reload() is News.CHANGED
    assert [prompt.name for prompt in in_force.prompts.prompts] == ["new"]
