from __future__ import annotations

import random

import numpy as np
import pytest

from streambot.core.errors import ConfigError
from streambot.training.bcubed import bcubed, best_threshold, clusters
from streambot.training.corpus import Split
from streambot.training.groups import Drawing, family, numbered, read_groups, split_groups


def a_line(group, text, lang="en", intent="question.shipping"):
    return {"group": group, "text": text, "lang": lang, "intent": intent}


@pytest.fixture
def groups(tmp_path, write_jsonl):
    lines = [
        a_line(f"{kind}/{number}", f"{kind} {number} wording {wording}")
        for kind in ("shipping", "price", "size")
        for number in range(8)
        for wording in range(4)
    ]
    write_jsonl(tmp_path / "a.jsonl", lines)
    return read_groups(tmp_path)


def test_lines_are_read_by_group(groups):
    assert len(groups) == 24
    assert {len(rows) for rows in groups.values()} == {4}
    assert all(row.is_benign and row.is_own for row in groups["price/3"])


def test_without_a_folder_there_are_no_groups(tmp_path):
    assert read_groups(tmp_path / "none") == {}
    assert Drawing({}).draw(24, random.Random(1)) == ([], [])


def test_a_bad_line_is_named_by_file_and_number(tmp_path, write_jsonl):
    path = write_jsonl(tmp_path / "a.jsonl", [a_line("x/y", "z"), a_line("x/y", "z", intent="question.life")])
    with pytest.raises(ConfigError, match=f"{path}:2"):
        read_groups(tmp_path)


def test_a_group_is_wholly_on_one_side(groups):
    splits = split_groups(groups)
    assert sum(map(len, splits.values())) == len(groups)
    assert not set(splits[Split.TRAIN]) & set(splits[Split.TEST])
    assert len(splits[Split.TRAIN]) > len(splits[Split.VALID])


def test_pairs_are_drawn_beside_their_near_misses(groups):
    rows, names = Drawing(groups).draw(12, random.Random(3))
    assert len(rows) == len(names) >= 12
    assert all(names.count(name) == 2 for name in names)
    assert all(row in groups[name] for row, name in zip(rows, names, strict=True))
    assert len({row.text for row in rows}) == len(rows)
    by_family = [family(name) for name in set(names)]
    assert max(map(by_family.count, by_family)) >= 3


def test_more_lines_than_there_are_is_all_of_them_once(groups):
    few = {name: rows for name, rows in groups.items() if name.startswith("size/")}
    _, names = Drawing(few).draw(1000, random.Random(1))
    assert sorted(set(names)) == sorted(few)


def test_a_question_about_a_number_is_drawn_beside_the_same_about_another(tmp_path, write_jsonl):
    asked = ["price of item 3", "3号多少钱", "nomor 3 berapa", "mã 3 giá sao", "the third one?", "buy 2 of item 3?"]
    write_jsonl(tmp_path / "a.jsonl", [a_line("price/item-3", text) for text in asked])
    groups = read_groups(tmp_path)
    number, lines = numbered(groups["price/item-3"])
    assert number == "3"
    assert [row.text for row in lines] == asked[:4]
    drawing, rng = Drawing(groups), random.Random(5)
    twins = {}
    for _ in range(200):
        rows, names = drawing.draw(48, rng)
        twins |= {row.text: name for row, name in zip(rows, names, strict=True) if name != "price/item-3"}
    assert twins
    for text, name in twins.items():
        other = name.removeprefix("price/item-3 ")
        assert other.isdecimal()
        assert other != "3"
        assert text.replace(other, "3") in asked[:4]


def test_a_price_a_size_with_a_point_and_few_lines_have_no_twin(tmp_path, write_jsonl):
    write_jsonl(
        tmp_path / "a.jsonl",
        [a_line("a/b", f"{word} 3.5") for word in "abcd"] + [a_line("a/c", f"{word} 3") for word in "abc"],
    )
    groups = read_groups(tmp_path)
    assert numbered(groups["a/b"]) == numbered(groups["a/c"]) == ("", [])


def test_bcubed_f1_is_one_for_the_same_clusters_and_falls_when_all_is_one():
    assert bcubed([5, 5, 7, 7], ["a", "a", "b", "b"]) == 1.0
    # All in one: precision 1/2, recall 1.
    assert bcubed([0, 0, 0, 0], ["a", "a", "b", "b"]) == pytest.approx(2 / 3)
    # All apart: precision 1, recall 1/2.
    assert bcubed([0, 1, 2, 3], ["a", "a", "b", "b"]) == pytest.approx(2 / 3)
    assert bcubed([], []) == 0.0


def test_vectors_within_the_threshold_of_a_centre_are_one_cluster():
    angles = np.radians([0, 10, 90, 95, 5])
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    assert clusters(vectors, 0.9) == [0, 0, 1, 1, 0]
    assert len(set(clusters(vectors, 0.9999))) == 5
    assert bcubed(clusters(vectors, best_threshold(vectors, list("aabba"))), list("aabba")) == 1.0
