"""Where the English teacher places lines, with a tiny file of its kind."""

from __future__ import annotations

import hashlib

import pytest

torch = pytest.importorskip("torch")

from tokenizers import Tokenizer, models, pre_tokenizers  # noqa: E402

from streambot.core.labels import Label  # noqa: E402
from streambot.training import base, teacher  # noqa: E402
from streambot.training.corpus import OWN, Row  # noqa: E402
from streambot.training.losses import taught_loss  # noqa: E402
from tests.training.minilm import write_minilm  # noqa: E402

pytestmark = pytest.mark.torch

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "price", "size", "red", "blue", "hat"]
DIMENSIONS = 4


def a_row(text, language="en"):
    return Row(text, language, OWN, (False,) * len(Label), (1.0,) * len(Label))


@pytest.fixture
def weights(tmp_path, monkeypatch):
    path = write_minilm(tmp_path, WORDS, layers=2)
    monkeypatch.setattr(base, "SHA256", hashlib.sha256(path.read_bytes()).hexdigest())
    return path


def places(weights, rows=(), groups=None):
    return teacher.places(weights, rows, groups or {}, dimensions=DIMENSIONS)


def test_english_lines_get_a_place_of_length_one_and_others_none(weights):
    found = places(weights, [a_row("red hat"), a_row("blue hat"), a_row("price"), a_row("ราคา", "th")])
    assert found.keys() == {"red hat", "blue hat", "price"}
    for place in found.values():
        assert place.shape == (DIMENSIONS,)
        assert float(place.norm()) == pytest.approx(1.0, abs=1e-5)


def test_the_other_lines_of_a_group_lie_amid_its_english_ones(weights):
    group = [a_row("red hat"), a_row("hat red price"), a_row("หมวกแดง", "th")]
    lonely = [a_row("กี่บาท", "th")]
    found = places(weights, [a_row("size"), a_row("blue")], {"a/1": group, "a/2": lonely})
    middle = found["red hat"] + found["hat red price"]
    assert torch.allclose(found["หมวกแดง"], middle / middle.norm(), atol=1e-5)
    assert "กี่บาท" not in found


def test_a_line_of_ours_in_another_language_lies_where_its_glosses_lie(weights):
    said = {"หมวกแดง": "red hat", "ราคา": "price"}
    rows = [a_row("red hat"), a_row("blue"), a_row("price"), a_row("หมวกแดง", "th"), a_row("อะไร", "th")]
    found = teacher.places(weights, rows, {}, dimensions=DIMENSIONS, translate=lambda text: said.get(text, ""))
    assert torch.allclose(found["หมวกแดง"], found["red hat"], atol=1e-5)
    assert "อะไร" not in found


def test_a_text_is_translated_word_for_word_if_most_of_its_pieces_are_known():
    tokenizer = Tokenizer(models.WordLevel({"ราคา": 0, "เท่าไหร่": 1, "คะ": 2, "!": 3, "zz": 4}, unk_token="zz"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    translate = teacher.word_for_word(tokenizer, {"ราคา": "price", "เท่าไหร่": "how much"})
    assert translate("ราคา เท่าไหร่ คะ !") == "price how much"
    assert translate("ราคา zz zz") == ""
    assert translate("!") == ""


def test_a_line_of_a_batch_is_placed_as_it_is_alone(weights):
    rows = [a_row("red hat"), a_row("blue"), a_row("price size red blue hat price"), a_row("hat")]
    assert torch.allclose(
        teacher._encode(weights, [row.text for row in rows])[1], teacher._encode(weights, ["blue"])[0], atol=1e-5
    )


def test_without_english_there_is_nothing_to_teach(weights):
    assert places(weights, [a_row("ราคา", "th")]) == {}


def test_only_lines_with_a_place_are_drawn_to_it():
    embedding = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]], requires_grad=True)
    loss = taught_loss(embedding, [torch.tensor([0.0, 1.0]), None, torch.tensor([0.6, 0.8])])
    assert float(loss.detach()) == pytest.approx(0.5)
    loss.backward()
    assert embedding.grad[1].abs().sum() == 0.0
    assert float(taught_loss(embedding, [None] * 3).detach()) == 0.0
