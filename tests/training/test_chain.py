"""The whole chain on a few hundred made-up lines, in seconds: train, export, load, judge, eval."""

from __future__ import annotations

import itertools
import json

import pytest

from streambot.cli import run
from streambot.core.errors import ConfigError

WORDS = ["dress", "shoes", "bag", "lipstick", "phone", "pan", "toy", "snack", "shirt", "watch", "lamp", "hat"]
KINDS = {
    "question.price": ("how much is the {}", []),
    "praise": ("love this {} so much", []),
    "chitchat": ("win big casino bonus {}", ["gambling"]),
    "noise": ("{} lol", []),
}
ASKED = {
    "price": ["how much is the", "price of this", "cost for that"],
    "fit": ["will it fit me the", "too small for me this", "wide enough is that"],
}
COLOURS = ["red", "blue", "green", "black", "white", "pink", "grey", "gold", "tiny", "large", "old", "new"]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus")
    lines = [
        {"text": form.format(f"{colour} {word}"), "lang": "en", "labels": labels, "intent": intent, "note": ""}
        for (intent, (form, labels)), word, colour in itertools.product(KINDS.items(), WORDS, COLOURS)
    ]
    (folder / "en.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    groups = [
        {
            "group": f"{colour} {word}/{what}",
            "text": f"{form} {colour} {word}",
            "lang": "en",
            "intent": "question.price",
        }
        for word, colour, (what, forms) in itertools.product(WORDS, COLOURS, ASKED.items())
        for form in forms
    ]
    (folder / "groups").mkdir()
    (folder / "groups" / "a.jsonl").write_text("".join(json.dumps(line) + "\n" for line in groups), encoding="utf-8")
    return folder


def command(corpus, out, *more, epochs="40"):
    return [
        "train", "--corpus", str(corpus), "--out", str(out), "--epochs", epochs, "--minutes", "60",
        "--vocabulary", "700", "--layers", "1", "--width", "32", "--threads", "1", "--version", "test", *more,
    ]  # fmt: skip


@pytest.fixture(scope="module")
def trained(corpus, tmp_path_factory):
    """A tiny model folder."""
    out = tmp_path_factory.mktemp("models") / "tiny"
    assert run(command(corpus, out)) == 0
    return out


pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore::DeprecationWarning:torch")]


def test_what_was_trained_is_a_model_that_every_runtime_can_load(trained):
    from streambot.classify.onnx import OnnxRuntime

    runtime = OnnxRuntime(trained)
    assert runtime.name == "tiny@test/onnxruntime"
    assert runtime.manifest.provenance["data"] == ["own: 576 rows, Apache-2.0"]
    assert runtime.manifest.provenance["agreement"]["same_intent"] > 0.95
    good, bad = runtime.judge(["how much is the red pan", "win big casino bonus gold phone"])
    assert good.intent == "question.price"
    assert bad.labels["gambling"] > 0.5 > good.labels["gambling"]


def test_what_it_learned_holds_on_lines_it_never_saw(trained, corpus, capsys):
    assert run(["eval", str(corpus), "--model", str(trained), "--split", "test", "--json", "--min", "intent=0.9"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["own"]["labels"]["gambling"]["recall"] > 0.9
    assert report["own"]["false_hide"]["rate"] == 0.0


@pytest.mark.parametrize(
    ("by", "left"),
    [("lang", {"languages"}), ("label", {"labels"}), ("lang,label", {"languages", "labels"}), ("", set())],
)
def test_a_report_is_broken_down_as_asked(trained, corpus, capsys, by, left):
    assert run(["eval", str(corpus), "--model", str(trained), "--split", "test", "--json", "--by", by]) == 0
    own = json.loads(capsys.readouterr().out)["own"]
    assert own.keys() & {"languages", "labels"} == left
    assert 0.0 <= own["calibration_error"] < 0.2
    for part in own.get("languages", {}).values():
        assert ("labels" in part) == ("labels" in left)


def test_what_it_cannot_be_broken_down_by_is_refused(trained, corpus, capsys):
    assert run(["eval", str(corpus), "--model", str(trained), "--by", "room"]) == 2
    assert "neither lang nor label" in capsys.readouterr().err


def test_the_same_file_is_scored_in_another_runtime(trained, corpus, capsys):
    assert (
        run(["eval", str(corpus), "--model", str(trained), "--runtime", "torch", "--json", "--min", "intent=0.9"]) == 0
    )
    assert "/torch" in json.loads(capsys.readouterr().out)["model"]


def test_groups_that_were_held_back_are_scored_by_bcubed(trained, corpus, capsys):
    assert (
        run(["eval", str(corpus / "groups"), "--model", str(trained), "--json", "--min", "groups.bcubed_f1=0.2"]) == 0
    )
    report = json.loads(capsys.readouterr().out)["groups"]
    assert report["lines"] == 3 * report["groups"] > 0


def test_ngrams_fitted_on_the_same_rows_are_scored_beside_it(trained, corpus, capsys):
    pytest.importorskip("sklearn")
    arguments = ["eval", str(corpus), "--model", str(trained), "--split", "test", "--json", "--baseline"]
    assert run([*arguments, "--corpus", str(corpus)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["baseline"]["own"]["rows"] == report["own"]["rows"]
    assert report["baseline"]["own"]["labels"]["gambling"]["recall"] > 0.9
    assert report["baseline"]["own"]["intent_accuracy"]["rate"] > 0.9


def test_what_is_shipped_and_what_it_was_before_int8_are_both_models(trained, corpus, capsys):
    full = trained.with_name("tiny.scratch") / "fp32" / "tiny"
    assert run(["eval", str(corpus), "--model", str(full), "--split", "test", "--min", "intent=0.9"]) == 0


def test_a_run_starts_from_what_an_earlier_one_left(trained, corpus, tmp_path):
    scratch = trained.with_name("tiny.scratch")
    before = (scratch / "weights.safetensors").read_bytes()
    assert run(command(corpus, tmp_path / "tiny", "--base", str(scratch), epochs="1")) == 0
    assert (tmp_path / "tiny" / "tokenizer.json").read_bytes() == (trained / "tokenizer.json").read_bytes()
    assert (scratch / "weights.safetensors").read_bytes() == before


def test_a_run_that_only_guesses_tokens_leaves_a_base_and_no_model(corpus, tmp_path):
    out = tmp_path / "tiny"
    assert run(command(corpus, out, "--masked-share", "1", epochs="1")) == 0
    assert not out.exists()
    assert (tmp_path / "tiny.scratch" / "weights.safetensors").exists()


def test_a_figure_below_its_minimum_is_a_finding(trained, corpus, capsys):
    assert run(["eval", str(corpus), "--model", str(trained), "--min", "own.rows=100000"]) == 6
    assert "own.rows is 576.0000, wanted 100000" in capsys.readouterr().err


@pytest.fixture
def _same_vocabulary(trained, monkeypatch):
    """The tokenizer library breaks ties in no fixed order, and made-up lines are full of ties."""
    from streambot.training import begin
    from streambot.training.tokenizer import load_tokenizer

    vocabulary = load_tokenizer(trained.with_name("tiny.scratch") / "tokenizer.json")
    monkeypatch.setattr(begin, "train_tokenizer", lambda *_given, **_named: vocabulary)


@pytest.mark.usefixtures("_same_vocabulary")
def test_the_same_seed_trains_the_same_model(corpus, trained, tmp_path):
    again = tmp_path / "tiny"
    assert run(command(corpus, again)) == 0
    assert (again / "model.onnx").read_bytes() == (trained / "model.onnx").read_bytes()
    other = tmp_path / "other"
    assert run(command(corpus, other, "--seed", "8")) == 0
    assert (other / "model.onnx").read_bytes() != (trained / "model.onnx").read_bytes()


@pytest.mark.usefixtures("_same_vocabulary")
def test_an_interrupted_run_goes_on_to_the_same_end(corpus, trained, tmp_path, monkeypatch):
    """Stopped after a third of its steps, as by Ctrl-C, and resumed."""
    from streambot.training import checkpoint, train

    plain = train._Run._step
    limit = [15]

    def interrupted(self, step, *rest, **more):
        if step == limit[0]:
            self._save(step, 0.0, self.optimiser)
            raise KeyboardInterrupt
        return plain(self, step, *rest, **more)

    monkeypatch.setattr(train._Run, "_step", interrupted)
    out, scratch = tmp_path / "tiny", tmp_path / "scratch"
    assert run(command(corpus, out, "--scratch", str(scratch))) == 130
    assert checkpoint.load_state(scratch)["step"] == 15
    assert not out.exists()
    limit[0] = -1
    assert run(command(corpus, out, "--scratch", str(scratch), "--resume")) == 0
    assert (out / "model.onnx").read_bytes() == (trained / "model.onnx").read_bytes()


def test_without_a_checkpoint_there_is_nothing_to_resume(corpus, tmp_path, capsys):
    assert run(command(corpus, tmp_path / "tiny", "--resume")) == 2
    assert "There is no checkpoint to go on from" in capsys.readouterr().err


def test_the_masked_part_trains_too(corpus, tmp_path):
    assert run(command(corpus, tmp_path / "tiny", "--masked-share", "0.5", epochs="1")) == 0


def test_int8_tables_give_what_the_float_tables_gave(trained):
    import numpy as np
    import onnx
    from onnx import numpy_helper

    tables = {
        item.name: numpy_helper.to_array(item) for item in onnx.load(str(trained / "model.onnx")).graph.initializer
    }
    small = [name for name in tables if name.endswith(".int8")]
    assert small
    full = {
        item.name: numpy_helper.to_array(item)
        for item in onnx.load(str(trained.with_name("tiny.scratch") / "fp32" / "tiny" / "model.onnx")).graph.initializer
    }
    for name in small:
        original = full[name.removesuffix(".int8")]
        restored = tables[name] * tables[name.replace(".int8", ".scale")]
        worst = np.abs(original).max(axis=1, keepdims=True) / 254 + 1e-6
        assert (np.abs(original - restored) <= worst).all()


def test_a_checkpoint_that_is_damaged_is_refused(tmp_path):
    from streambot.training import checkpoint

    (tmp_path / "state.json").write_text("[1, 2]", encoding="utf-8")
    with pytest.raises(ConfigError, match="is damaged"):
        checkpoint.load_state(tmp_path)
