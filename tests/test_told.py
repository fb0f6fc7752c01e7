"""Every sentence of the server is told in all languages of the screens, by its name and with its values."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from streambot.answers.files import parse_answers
from streambot.catalog.files import parse_catalog
from streambot.console import wire
from streambot.console.words import LANGUAGES, Words
from streambot.core.errors import AuthError, ConfigError
from streambot.core.pack_format import parse_pack
from streambot.core.told import Told, and_more, sentence, told_of, wired
from streambot.orders.files import parse_orders

SOURCES = Path(__file__).parents[1] / "streambot"
PACK = '[pack]\nname = "th"\nversion = "2"\n[[rule]]\nid = "x"\nreason = "r"\n'
ANSWERS = '[answers]\nsite = "th"\nlanguages = ["en"]\n[[answer]]\nintent = "question.price"\n'
SAID = 'say.en.casual = ["It is {pric}"]\nsay.en.formal = ["x"]\n'
REFUSED: dict[str, Callable[[], object]] = {
    "a cell": lambda: parse_catalog(b"number,name.en,stock\n1,shirt,-3\n1,hat,1\n", "a.csv", at=0),
    "a header": lambda: parse_catalog(b"number,name.en,stockk\n1,shirt,3\n", "a.csv", at=0),
    "a pattern": lambda: parse_pack(PACK + 'action = "hide"\npatterns = ["\\\\d+"]\n', file="th.toml"),
    "an action": lambda: parse_pack(PACK + 'action = "smash"\nterms = ["a"]\n', file="th.toml"),
    "an answer": lambda: parse_answers({"th.toml": ANSWERS + SAID}),
    "an order": lambda: parse_orders(b"order,platform,user,placed_at,status\nA-1,tiktok,u,secret,paid\n", "o.csv"),
}


def sentences() -> dict[str, str]:
    """The sentences in the sources, by name, with their places."""
    found = {}
    for path in SOURCES.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Told":
                match call.args:
                    case [ast.Constant(str(name)), ast.Constant(str(text))]:
                        assert found.setdefault(name, text) == text, f"{name} is two sentences"
    return found


def refusal(of: str) -> str:
    with pytest.raises(ConfigError) as caught:
        REFUSED[of]()
    return caught.value.message


def names(value: object) -> list[str]:
    """The names of a sentence that travels and of those inside it."""
    if isinstance(value, list):
        return [name for each in value for name in names(each)]
    if isinstance(value, dict):
        return [value["say"], *names(list(value["values"].values()))]
    return []


def test_the_english_of_the_screens_is_what_the_log_says() -> None:
    found = sentences()
    assert {"at_cell", "cell_negative", "pack_rule", "lacking", "signature"} <= found.keys()
    words = Words("en")
    assert {name: words(f"why.{name}") for name in found} == found


@pytest.mark.parametrize("of", REFUSED)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_wrong_in_a_file_is_told_whole_in_every_language(language: str, of: str) -> None:
    message = refusal(of)
    assert isinstance(message, Told)
    words = Words(language)
    told = words.told(message)
    assert all(words.known(f"why.{name}") for name in names(wired(message)))
    assert not re.search(r"\{(?!pric|Nd)\w+\}|why\.", told)
    assert (told == message) == (language == "en")


def test_a_detail_keeps_file_row_and_column() -> None:
    assert refusal("a cell") == 'a.csv: row 2, stock: "-3" is negative; a.csv: row 3, number: 1 is in row 2 already.'
    assert (
        Words("zh").told(refusal("a cell"))
        == 'a.csv：第 2 行，stock："-3" 是负数；a.csv：第 3 行，number：1 已在第 2 行。'
    )


def test_what_somebody_ordered_travels_in_no_value() -> None:
    assert "secret" not in wire.dumps(wired(refusal("an order")))


def test_text_of_a_library_stays_inside_a_told_sentence() -> None:
    told = Words("th").told(Told("no_toml", "it is not TOML: {why}", why="Invalid statement"))
    assert told.endswith("Invalid statement")
    assert told != "it is not TOML: Invalid statement"


def test_a_notice_carries_the_details_and_plain_words_as_they_are() -> None:
    error = AuthError(Told("unreachable", "{host} cannot be reached.", host="h"), code="x", fix="Look.")
    told = wire.notice("r", {"code": "platform_failing", "text": str(error), "values": {"why": error.told, "n": 3}})
    why = told["values"]["why"]
    assert (why["say"], why["text"], told["values"]["n"]) == ("error_fix", "h cannot be reached. Look.", 3)
    assert why["values"]["fix"] == "Look."
    assert why["values"]["message"]["say"] == "unreachable"


def test_a_sentence_of_several_ends_once_and_numbers_are_grouped() -> None:
    assert sentence(["a.", Told("hint_nearest", "; did you mean {word}?", word="b")]) == "a; ; did you mean b?"
    assert sentence(["a", and_more(1200)]) == "a; and 1,200 more."
    assert told_of(ValueError("plain")) == "plain"
