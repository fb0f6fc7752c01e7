"""What pieces mean: read from files, and put together where only the parts are known."""

from __future__ import annotations

import pytest

from streambot.core.errors import ConfigError
from streambot.training.glossary import glossed, read_glossary

GLOSSES = {"多少": "how much", "钱": "money", "▁giá": "price", "ราคา": "price", "ส่ง": "ship"}


def test_files_are_read_together_and_the_first_gloss_of_a_piece_stays(tmp_path):
    (tmp_path / "a.tsv").write_text("▁giá\tprice\n钱\tmoney\n", encoding="utf-8")
    (tmp_path / "b.tsv").write_text("钱\tcash\nส่ง\tship\n", encoding="utf-8")
    assert read_glossary(tmp_path) == {"▁giá": "price", "钱": "money", "ส่ง": "ship"}


def test_without_a_folder_nothing_is_glossed(tmp_path):
    assert read_glossary(tmp_path / "none") == {}


@pytest.mark.parametrize("line", ["钱 money", "\tmoney", "钱\t", ""])
def test_a_line_that_is_none_is_named(tmp_path, line):
    (tmp_path / "a.tsv").write_text(f"▁giá\tprice\n{line}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"a\.tsv:2"):
        read_glossary(tmp_path)


def test_a_file_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "a.tsv").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="cannot be read"):
        read_glossary(tmp_path)


@pytest.mark.parametrize(
    ("piece", "gloss"),
    [
        ("钱", "money"),
        ("▁钱", "money"),
        ("▁giá", "price"),
        ("多少钱", "how much money"),
        ("▁ส่งราคา", "ship price"),
        ("多好钱", "money"),
        ("好", ""),
        ("▁giáx", ""),
        ("▁", ""),
    ],
)
def test_a_piece_means_what_it_or_its_parts_mean_and_only_unspaced_scripts_have_parts(piece, gloss):
    assert glossed(piece, GLOSSES) == gloss
