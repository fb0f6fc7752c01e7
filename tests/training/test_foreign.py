"""Somebody else's encoder, fine-tuned into a model of ours: a tiny random BERT that the tests make."""

from __future__ import annotations

import json
import shutil

import pytest

from streambot.cli import run
from tests.checkpoints import tiny_bert

pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore::DeprecationWarning:torch")]

FORMS = {
    "how much is the {}": ([], "question.price"),
    "love this {} so much": ([], "praise"),
    "win big casino bonus {}": (["gambling"], "chitchat"),
}
WORDS = [
    f"{colour} {thing}" for colour in ("red", "blue", "green", "old", "new") for thing in ("hat", "bag", "pan", "toy")
]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus")
    lines = [
        {"text": form.format(word), "lang": "en", "labels": labels, "intent": intent, "note": ""}
        for form, (labels, intent) in FORMS.items()
        for word in WORDS
    ]
    (folder / "en.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    texts = [form.format(word) for form in FORMS for word in WORDS]
    return tiny_bert(tmp_path_factory.mktemp("theirs"), texts, ("a", "b"))


def command(corpus, out, base, *more):
    return [
        "train", "--corpus", str(corpus), "--out", str(out), "--base", str(base), "--epochs", "60", "--minutes", "60",
        "--learning-rate", "1e-3", "--threads", "1", "--version", "test", *more,
    ]  # fmt: skip


@pytest.fixture(scope="module")
def trained(corpus, checkpoint, tmp_path_factory):
    out = tmp_path_factory.mktemp("models") / "tuned"
    assert run(command(corpus, out, checkpoint)) == 0
    return out


def test_a_checkpoint_of_others_becomes_a_model_of_ours(trained, checkpoint):
    from streambot.classify.onnx import OnnxRuntime

    runtime = OnnxRuntime(trained)
    assert runtime.manifest.max_tokens == 46
    assert str(checkpoint) in runtime.manifest.provenance["encoder"]
    good, bad = runtime.judge(["how much is the red pan", "win big casino bonus old toy"])
    assert good.intent == "question.price"
    assert bad.labels["gambling"] > 0.5 > good.labels["gambling"]
    assert len(good.embedding) == runtime.manifest.embedding
    long = runtime.judge(["how much is the red pan " * 40])
    assert long[0].intent == "question.price"


def test_a_run_on_it_is_resumed_and_exported_again(trained, corpus, tmp_path, capsys):
    from streambot.classify.onnx import OnnxRuntime

    scratch = trained.with_name("tuned.scratch")
    out = tmp_path / "half"
    capsys.readouterr()
    arguments = ["export-model", str(scratch), "--out", str(out), "--corpus", str(corpus), "--precision", "fp16"]
    assert run([*arguments, "--version", "test"]) == 0
    agreement = json.loads(capsys.readouterr().out)["agreement"]
    assert agreement["max_score_difference"] < 0.02
    small, half = OnnxRuntime(trained), OnnxRuntime(out)
    texts = ["how much is the red pan", "win big casino bonus old toy"]
    for one, other in zip(small.judge(texts), half.judge(texts), strict=True):
        assert one.intent == other.intent
        assert one.labels["gambling"] == pytest.approx(other.labels["gambling"], abs=0.1)


def test_a_name_on_the_hub_needs_a_commit(corpus, tmp_path, capsys):
    assert run(command(corpus, tmp_path / "tuned", "some-org/some-model")) == 2
    assert "--revision" in capsys.readouterr().err


def test_a_hub_that_cannot_be_reached_is_one_sentence(corpus, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    commit = "0123456789abcdef0123456789abcdef01234567"
    assert run(command(corpus, tmp_path / "tuned", "some-org/some-model", "--revision", commit)) == 2
    assert "cannot be had from the hub" in capsys.readouterr().err


def test_pickled_weights_are_never_loaded(corpus, checkpoint, tmp_path, capsys):
    theirs = shutil.copytree(checkpoint, tmp_path / "theirs")
    (theirs / "model.safetensors").rename(theirs / "pytorch_model.bin")
    assert run(command(corpus, tmp_path / "tuned", theirs)) == 2
    assert "safetensors" in capsys.readouterr().err


def test_it_has_no_head_to_guess_tokens_with(corpus, checkpoint, tmp_path, capsys):
    assert run(command(corpus, tmp_path / "tuned", checkpoint, "--masked-share", "0.5")) == 2
    assert "--masked-share" in capsys.readouterr().err


def test_a_folder_that_is_no_checkpoint_is_refused(corpus, tmp_path, capsys):
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "model.safetensors").write_bytes(b"")
    assert run(command(corpus, tmp_path / "tuned", tmp_path / "theirs")) == 2
    assert "cannot be loaded" in capsys.readouterr().err
