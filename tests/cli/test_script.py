"""``streambot script`` against its contract (issue 5)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Streambot
from tests.cli.processes import DATA, lines, run

SCRIPTS = DATA / "scripts"
LANGUAGE = {"us": "en", "th": "th", "vn": "vi", "id": "id", "cn": "zh"}
KEYS = ["label", "rule", "span", "why", "source", "suggestion"]


def test_one_line_out_for_each_line_in_counted_from_one(tmp_path: Path) -> None:
    ran = run(tmp_path, "script", "-", "--site", "us", "--json", stdin=b"hello\n\nit cures acne\nlast")
    found = lines(ran.stdout)
    assert [(row["line"], row["text"]) for row in found] == [(1, "hello"), (2, ""), (3, "it cures acne"), (4, "last")]
    assert all(list(row) == ["line", "text", "findings"] for row in found)
    assert [len(row["findings"]) for row in found] == [0, 0, 1, 0]
    (finding,) = found[2]["findings"]
    assert list(finding) == KEYS
    assert (finding["label"], finding["span"]) == ("misleading_claim", [3, 13])
    assert finding["why"]
    assert finding["source"]
    assert finding["suggestion"]
    assert (ran.returncode, ran.stderr) == (6, b"")


def test_a_clean_script_ends_with_zero(streambot: Streambot) -> None:
    Path("clean.txt").write_text("hello\nthe price is on the product card\n", encoding="utf-8")
    ran = streambot("script", "clean.txt", "--json")
    assert (ran.code, ran.err) == (0, "")
    assert [row["findings"] for row in lines(ran.out.encode())] == [[], []]


@pytest.mark.parametrize(("site", "language"), LANGUAGE.items())
def test_a_script_is_explained_in_the_sites_language(streambot: Streambot, site: str, language: str) -> None:
    ran = streambot("script", str(SCRIPTS / f"{site}.txt"), "--site", site, "--json", "--no-model")
    found = lines(ran.out.encode())
    assert (ran.code, len(found)) == (6, 60)
    said = "".join(finding["why"] + finding["suggestion"] for row in found for finding in row["findings"])
    own = {"th": "ผลลัพธ์", "vi": "giỏ", "id": "keranjang", "zh": "商品卡", "en": "product card"}
    assert own[language] in said
    spans = [(row["text"], finding["span"]) for row in found for finding in row["findings"]]
    assert all(0 <= start < end <= len(text) for text, (start, end) in spans)


def test_a_reader_may_ask_for_another_language(streambot: Streambot) -> None:
    Path("s.txt").write_text("包治百病\n", encoding="utf-8")
    why = [
        streambot("script", "s.txt", "--site", "cn", "--lang", lang, "--json", "--no-model").json["findings"][0]["why"]
        for lang in ("en", "zh", "th", "vi", "id")
    ]
    assert len(set(why)) == 5
    assert why[0].isascii()


def test_people_see_the_place_the_reason_and_what_to_say_instead(streambot: Streambot) -> None:
    Path("s.txt").write_text("fine\nso it cures acne, yes \x1b[2J\n", encoding="utf-8")
    ran = streambot("script", "s.txt", "--site", "us")
    assert ran.code == 6
    assert ran.out.startswith("   2  so it «cures acne», yes")
    assert "Say instead: " in ran.out
    assert "\x1b" not in ran.out
    assert "2 lines read by us@" in ran.err
    thai = streambot("script", "s.txt", "--site", "us", "--lang", "th")
    assert "ควรพูดว่า: " in thai.out


def test_answers_are_judged_as_replies(streambot: Streambot) -> None:
    Path("s.txt").write_text("your order 578123456789012345 is packed\n", encoding="utf-8")
    ran = streambot("script", "s.txt", "--json")
    # Of a script the model alone may have its doubts; the rule is about replies.
    assert all(finding["rule"].startswith("model:") for finding in ran.json["findings"])
    ran = streambot("script", "s.txt", "--scope", "reply", "--json")
    assert [finding["rule"] for finding in ran.json["findings"]] == ["shop.personal_data.shown"]


def test_a_byte_order_mark_and_carriage_returns_are_no_words(streambot: Streambot) -> None:
    Path("s.txt").write_bytes(b"\xef\xbb\xbfit cures acne\r\nok\r\n")
    found = lines(streambot("script", "s.txt", "--site", "us", "--json").out.encode())
    assert [row["text"] for row in found] == ["it cures acne", "ok"]
    assert found[0]["findings"][0]["span"] == [3, 13]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"fine\n\xff\xfe\n", "line 2 of s.txt is not UTF-8"),
        ("สวัสดี".encode("utf-16"), "not UTF-8"),
        (b"\x7fELF\x00\x01", "zero byte"),
        (b"a" * 10_000_000, "line 1 of s.txt has 10,000,000 characters"),
        (b"word\n" * 1_000_000, "more than 4 MiB"),
    ],
    ids=["empty", "blank", "not utf-8", "utf-16", "binary", "ten megabytes", "endless"],
)
def test_what_is_no_script_is_told_in_one_sentence(streambot: Streambot, content: bytes, says: str) -> None:
    Path("s.txt").write_bytes(content)
    ran = streambot("script", "s.txt")
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err
    assert ran.err.count("\n") == 1
    as_json = streambot("script", "s.txt", "--json")
    assert (as_json.code, as_json.json["error"]["code"]) == (2, "script_unreadable")


def test_a_script_that_is_not_there_is_named(streambot: Streambot) -> None:
    ran = streambot("script", "gone.txt")
    assert ran.code == 2
    assert "gone.txt" in ran.err


def test_the_operators_own_pack_is_the_one_that_reads(streambot: Streambot) -> None:
    Path("rules").mkdir()
    Path("rules/us.toml").write_text(
        '[pack]\nname = "us"\nversion = "own"\n[[rule]]\nid = "own"\nscope = ["script"]\nterms = ["blue"]\n'
        'action = "review"\nreason = "We say teal."\n',
        encoding="utf-8",
    )
    Path("streambot.toml").write_text('[packs]\nfolder = "rules"\n', encoding="utf-8")
    Path("s.txt").write_text("it cures acne in blue\n", encoding="utf-8")
    ran = streambot("script", "s.txt", "--site", "us", "--json")
    assert [(finding["rule"], finding["label"]) for finding in ran.json["findings"]] == [("own", None)]


UNSEEN = SCRIPTS / "unseen"
"""Sixty lines each, worded by somebody who had not looked at the packs: ! before what is planted, . before the rest."""


def score(streambot: Streambot, *options: str) -> tuple[int, int]:
    """Of 75 planted violations and 225 innocent lines in five languages, in how many something is found."""
    found = [0, 0]
    for site in LANGUAGE:
        marked = (UNSEEN / f"{site}.txt").read_text(encoding="utf-8").splitlines()
        Path("s.txt").write_text("\n".join(line[2:] for line in marked), encoding="utf-8")
        rows = lines(streambot("script", "s.txt", "--site", site, "--json", *options).out.encode())
        for line, row in zip(marked, rows, strict=True):
            found[line[0] != "!"] += bool(row["findings"])
    return found[0], found[1]


def test_the_model_hears_what_no_rule_has_words_for_and_lets_plain_lines_be(streambot: Streambot) -> None:
    by_rules, wrong = score(streambot, "--no-model")
    assert by_rules >= 27
    assert wrong == 0
    with_model, wrong = score(streambot, "--model")
    assert with_model >= by_rules + 15
    assert wrong <= 5


def test_a_finding_of_the_model_says_so_in_the_readers_language(streambot: Streambot) -> None:
    # No rule has words for "settled after the broadcast".
    text = "别在这里拍，下播我把私人号码给你，转账给我便宜一半。"
    Path("s.txt").write_text(text, encoding="utf-8")
    ran = streambot("script", "s.txt", "--site", "cn", "--json")
    [finding] = ran.json["findings"]
    assert (ran.code, list(finding), finding["rule"]) == (6, KEYS, "model:diversion")
    assert finding["span"] == [0, len(text)]
    assert finding["why"].startswith("模型认为这句属于“站外引流”")
    assert finding["source"].startswith("live-mini@")
    assert "商品卡" in finding["suggestion"]
    assert streambot("script", "s.txt", "--site", "cn", "--no-model").code == 0


def test_without_a_model_rules_alone_read_the_script(streambot: Streambot) -> None:
    Path("streambot.toml").write_text('[classifier]\nmodel = "./gone"\n', encoding="utf-8")
    Path("s.txt").write_text("it cures acne\n", encoding="utf-8")
    ran = streambot("script", "s.txt", "--site", "us", "--json")
    assert (ran.code, len(ran.json["findings"])) == (6, 1)
    assert "the model is not heard" in ran.err
    wanted = streambot("script", "s.txt", "--site", "us", "--model")
    assert (wanted.code, wanted.out) == (2, "")
    assert streambot("script", "s.txt", "--site", "us", "--no-model").err.count("\n") == 1
