from __future__ import annotations

import json

import pytest

from streambot.core.errors import ConfigError
from streambot.core.labels import Intent, Label
from streambot.training.corpus import Row, Split, capped, load, read_own, split_of, unique
from streambot.training.labelmap import load_label_map


def a_row(text, *, source="somewhere", label=None):
    return Row(text, "en", source, tuple(name == label for name in Label), (1.0,) * len(Label))


def test_our_own_lines_are_known_in_every_label(tmp_path, write_jsonl, own_line):
    write_jsonl(tmp_path / "en.jsonl", [own_line("add me on line", labels=["diversion"], intent="chitchat")])
    (row,) = read_own(tmp_path)
    assert row.labels == {Label.DIVERSION}
    assert row.weights == (1.0,) * len(Label)
    assert row.intents == {Intent.CHITCHAT}


@pytest.mark.parametrize(
    "change",
    [{"labels": ["rude"]}, {"intent": "question"}, {"lang": "de"}, {"labels": None}],
)
def test_a_bad_line_is_named_by_file_and_line(tmp_path, write_jsonl, own_line, change):
    write_jsonl(tmp_path / "en.jsonl", [own_line(), own_line("another one") | change])
    with pytest.raises(ConfigError, match=r"en\.jsonl:2 is not a line of the corpus"):
        read_own(tmp_path)


def test_a_damaged_archive_is_refused_with_its_name(tmp_path, own_line):
    (tmp_path / "label_map.json").write_text(json.dumps({"train": {"s": {"known": ["spam"]}}}), encoding="utf-8")
    (tmp_path / "s.jsonl.gz").write_bytes(b"\x1f\x8b\x08\x00 not gzip")
    with pytest.raises(ConfigError, match=r"s\.jsonl\.gz cannot be read"):
        load(tmp_path, tmp_path, load_label_map(tmp_path / "label_map.json", "train"))


def test_the_same_text_in_another_spelling_is_one_text_on_one_side():
    spellings = ["Add me on LINE!", "add  me on line!", "ａｄｄ me on line!", "a\u200bdd me on line!"]
    assert len({split_of(text) for text in spellings}) == 1
    assert len(unique([a_row(text) for text in spellings])) == 1


def test_nothing_is_on_two_sides_and_our_lines_win_over_a_duplicate_elsewhere(tmp_path, write_jsonl, own_line):
    texts = [f"line number {number} about shoes" for number in range(400)]
    write_jsonl(tmp_path / "own" / "en.jsonl", [own_line(text) for text in texts[:200]])
    public = [{"text": text.upper(), "lang": "en", "label": ["fine"], "source": "s"} for text in texts]
    write_jsonl(tmp_path / "data" / "s.jsonl.gz", public)
    (tmp_path / "label_map.json").write_text(
        json.dumps({"train": {"s": {"known": ["spam"], "map": {"fine": []}}}}), encoding="utf-8"
    )
    splits = load(tmp_path / "data", tmp_path / "own", load_label_map(tmp_path / "label_map.json", "train"))
    found = [row.text.lower() for rows in splits.values() for row in rows]
    assert sorted(found) == sorted(texts)
    assert sum(row.is_own for rows in splits.values() for row in rows) == 200
    assert len(splits[Split.VALID]) == pytest.approx(48, abs=20)
    assert len(splits[Split.TEST]) == pytest.approx(32, abs=18)


def test_the_split_depends_on_the_text_alone_and_never_changes():
    # Pinned: moving a line from one side to the other would make every published figure incomparable.
    assert [split_of(f"comment {number}") for number in range(12)] == PINNED


PINNED = [*["train"] * 6, "valid", "train", "train", "valid", "test", "train"]


def test_a_heavy_class_is_cut_down_and_our_lines_are_not():
    rows = [a_row(f"public {number}") for number in range(50)]
    rows += [a_row(f"rude {number}", label=Label.HATE) for number in range(5)]
    rows += [a_row(f"ours {number}", source="own") for number in range(50)]
    kept = capped(rows, cap=10, caps={})
    assert sum(row.source == "somewhere" and row.is_benign for row in kept) == 10
    assert sum(Label.HATE in row.labels for row in kept) == 5
    assert sum(row.is_own for row in kept) == 50
    assert [row.text for row in capped(rows[::-1], cap=10, caps={})][::-1] == [row.text for row in kept]


def test_a_language_that_is_not_ours_is_other_and_an_unknown_one_is_left_open(tmp_path, write_jsonl):
    (tmp_path / "label_map.json").write_text(json.dumps({"train": {"s": {"known": ["spam"]}}}), encoding="utf-8")
    records = [{"text": f"{lang} text", "lang": lang, "label": []} for lang in ("de", "und", "th")]
    write_jsonl(tmp_path / "s.jsonl", records)
    splits = load(tmp_path, tmp_path / "none", load_label_map(tmp_path / "label_map.json", "train"))
    languages = {row.text: row.language for rows in splits.values() for row in rows}
    assert languages == {"de text": "other", "und text": "", "th text": "th"}


def test_nothing_to_train_on_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="nothing to train on"):
        load(None, tmp_path, None)
