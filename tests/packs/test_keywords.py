from __future__ import annotations

from streambot.core.pack_format import parse_pack
from streambot.packs.keywords import keywords
from tests.packs.shelf import pack, rule

PACK = parse_pack(
    pack(
        "1",
        rule("mild", "gentle", "review"),
        rule("plain", "badword"),
        rule("harsh", "worseword", "ban"),
        rule("star", "*anywhere*"),
        rule("short", "ab"),
        rule("asks", "scamming", extra="unless_question = true"),
        rule("warns", "cheater", extra="unless_warning = true"),
        rule("excused", "hell", extra='except_terms = ["hello"]'),
        rule("beside", "damn", extra='except_terms = ["hello"]'),
        rule("staff", "exempted", extra='exempt_roles = ["member"]'),
        rule("spoken", "scripted", extra='scope = ["script"]'),
        rule("thai", "พนัน"),
        rule("han", "赌博"),
        rule("viet", "lừa đảo"),
        rule("again", "BadWord"),
    ),
    file="th.toml",
)


def words(**options: object) -> list[str]:
    found, _ = keywords(PACK, **{"limit": 100, "longest": 60, **options})  # type: ignore[arg-type]
    return [word.text for word in found]


def test_only_plain_words_of_severe_rules_leave_the_severest_first() -> None:
    assert words() == ["worseword", "badword", "anywhere", "damn", "พนัน", "赌博", "lừa đảo"]


def test_what_is_left_out_is_counted_by_its_reason() -> None:
    _, left = keywords(PACK, limit=100, longest=60)
    assert left == {
        "only for review": 1,
        "too short": 1,
        "depends on who says it and how": 3,
        "stands in a word that is excused": 1,
        "not about comments": 1,
    }


def test_a_filter_that_looks_inside_words_gets_only_words_that_may_stand_there() -> None:
    assert words(match="substring") == ["anywhere", "พนัน", "赌博"]


def test_a_language_gets_what_its_script_writes() -> None:
    assert words(language="th") == ["พนัน"]
    assert words(language="zh") == ["赌博"]
    assert words(language="vi") == ["worseword", "badword", "anywhere", "damn", "lừa đảo"]
    assert words(language="en") == ["worseword", "badword", "anywhere", "damn"]


def test_limits_are_kept_and_told() -> None:
    found, left = keywords(PACK, limit=2, longest=8)
    assert [word.text for word in found] == ["badword", "anywhere"]
    assert (left["over the limit"], left["too long"]) == (4, 1)
