"""Somebody else's checkpoint as the model: a tiny random BERT that the tests make."""

from __future__ import annotations

import json
import math
import shutil
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from streambot.classify import huggingface
from streambot.classify.foreign import load_foreign
from streambot.classify.huggingface import HuggingFaceModel, probabilities
from streambot.classify.manifest import NEVER
from streambot.core.errors import ClassifierError, ConfigError
from streambot.core.labels import Intent, Label
from tests.checkpoints import tiny_bert

COMMIT = "0123456789abcdef0123456789abcdef01234567"
THEIRS = ("toxic", "threat", "insult", "fine")
LINES = [
    "how much is the red dress today",
    "this shop is a scam and the host is a liar",
    "ราคาเท่าไหร่คะ 这件多少钱 giá bao nhiêu",
]
HEAD = 'name = "tiny-toxic"\nversion = "1"\ncheckpoint = "."\nkind = "multi-label"\n'
LABELS = """
[labels.toxic]
label = "harassment"
review = 0.4
hide = 0.9

[labels.insult]
label = "harassment"
review = 0.4
hide = 0.9

[labels.threat]
label = "violence"
review = 0.3
"""


def manifest(folder: Path, *, head: str = HEAD, tables: str = LABELS, extra: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.toml").write_text(head + extra + tables, encoding="utf-8")
    return folder


class TestManifest:
    """What the operator writes, without torch."""

    def test_their_labels_become_ours_with_a_threshold_each(self, tmp_path):
        read = load_foreign(manifest(tmp_path))
        assert read.labels == {"toxic": Label.HARASSMENT, "insult": Label.HARASSMENT, "threat": Label.VIOLENCE}
        assert read.threshold(Label.HARASSMENT, "th", "review") == 0.4
        assert read.threshold(Label.HARASSMENT, "en", "hide") == 0.9

    def test_a_label_without_a_hide_threshold_never_hides_and_an_unknown_one_never_counts(self, tmp_path):
        read = load_foreign(manifest(tmp_path))
        assert read.threshold(Label.VIOLENCE, "en", "hide") == NEVER
        assert read.threshold(Label.SPAM, "en", "review") == NEVER

    def test_a_checkpoint_without_a_revision_is_a_folder_and_with_one_a_name(self, tmp_path):
        assert load_foreign(manifest(tmp_path)).checkpoint == tmp_path / "."
        head = HEAD.replace('"."', '"some/model"') + f'revision = "{COMMIT}"\n'
        assert load_foreign(manifest(tmp_path, head=head)).checkpoint == "some/model"

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"extra": 'revision = "main"\n'}, "commit of 40 hexadecimal digits"),
            ({"tables": ""}, r"needs \[labels.THEIRS\] tables"),
            ({"tables": LABELS.replace("review = 0.3", "review = 0.3\nhide = 0.2")}, "hide must not be lower"),
            ({"tables": LABELS.replace("hide = 0.9", "hide = 0.8", 1)}, "all that mean harassment need the same"),
            ({"tables": LABELS + '[intents]\ntoxic = "praise"\n'}, "cannot be both"),
            ({"extra": "max_tokens = 20\n"}, "overlap must be smaller"),
            ({"extra": "colour = 1\n"}, "colour"),
            ({"head": HEAD.replace("multi-label", "some")}, "kind"),
            ({"head": "name ="}, "is not TOML"),
        ],
    )
    def test_a_manifest_that_cannot_be_meant_is_refused(self, tmp_path, change, said):
        with pytest.raises(ConfigError, match=said) as caught:
            load_foreign(manifest(tmp_path, **change))
        assert caught.value.fix

    @pytest.mark.parametrize(
        ("tables", "close"),
        [
            (LABELS.replace('"violence"', '"violance"'), "violence"),
            ('[intents]\nfine = "question.prise"\n', "question.price"),
        ],
    )
    def test_a_label_that_we_do_not_have_is_refused_with_the_nearest(self, tmp_path, tables, close):
        with pytest.raises(ConfigError) as caught:
            load_foreign(manifest(tmp_path, tables=tables))
        assert caught.value.fix == f"Did you mean {close}?"

    def test_no_manifest_is_one_sentence_and_a_fix(self, tmp_path):
        with pytest.raises(ConfigError, match="cannot be read") as caught:
            load_foreign(tmp_path)
        assert caught.value.fix

    @pytest.mark.parametrize("missing", ["torch", "transformers", "safetensors"])
    def test_what_is_not_installed_is_named_with_what_to_install(self, tmp_path, monkeypatch, missing):
        monkeypatch.setattr(huggingface, "find_spec", lambda name: None if name == missing else name)
        with pytest.raises(ConfigError, match=f"needs {missing}") as caught:
            HuggingFaceModel(manifest(tmp_path))
        assert "streambot[torch]" in caught.value.fix

    def test_several_labels_may_hold_or_one_of_them(self):
        logits = np.array([[0.0, 0.0, 1000.0], [-1000.0, 0.0, 0.0]])
        assert probabilities(logits, "multi-label") == pytest.approx(np.array([[0.5, 0.5, 1.0], [0.0, 0.5, 0.5]]))
        assert probabilities(logits, "single-label") == pytest.approx(np.array([[0.0, 0.0, 1.0], [0.0, 0.5, 0.5]]))


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    """A random BERT of four labels whose tokenizer was trained on three lines."""
    return tiny_bert(tmp_path_factory.mktemp("checkpoint"), LINES, THEIRS)


@pytest.fixture
def folder(checkpoint, tmp_path):
    """A copy of the checkpoint, with a manifest."""
    shutil.copytree(checkpoint, tmp_path / "model")
    return manifest(tmp_path / "model")


@pytest.fixture(scope="module")
def model(checkpoint, tmp_path_factory):
    """The checkpoint as most tests use it; nobody changes it."""
    folder = tmp_path_factory.mktemp("shared") / "model"
    shutil.copytree(checkpoint, folder)
    return HuggingFaceModel(manifest(folder), device="cpu")


def reference(folder, texts):
    """What transformers itself says, without our code: logits."""
    import torch
    import transformers

    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    network = transformers.AutoModelForSequenceClassification.from_pretrained(folder).eval()
    with torch.inference_mode():
        return [network(**tokenizer(text, return_tensors="pt")).logits[0].double().numpy() for text in texts]


def sigmoid(value):
    return 1 / (1 + math.exp(-value))


@pytest.mark.torch
class TestModel:
    def test_scores_are_those_of_transformers_under_our_names(self, model, folder):
        for judgement, logits in zip(model.judge(LINES), reference(folder, LINES), strict=True):
            assert set(judgement.labels) == set(Label)
            assert judgement.labels[Label.VIOLENCE] == pytest.approx(sigmoid(logits[1]), abs=1e-3)
            insulting = max(sigmoid(logits[0]), sigmoid(logits[2]))
            assert judgement.labels[Label.HARASSMENT] == pytest.approx(insulting, abs=1e-3)
            assert judgement.labels[Label.SPAM] == 0.0
            assert judgement.model == "tiny-toxic@1/torch-cpu-float32"

    def test_of_classes_that_exclude_each_other_those_of_one_meaning_add_up(self, folder):
        manifest(folder, head=HEAD.replace("multi-label", "single-label"))
        (judgement,) = HuggingFaceModel(folder, device="cpu").judge(LINES[:1])
        odds = [math.exp(logit) for logit in reference(folder, LINES[:1])[0]]
        both = (odds[0] + odds[2]) / sum(odds)
        assert judgement.labels[Label.HARASSMENT] == pytest.approx(both, abs=1e-3)

    def test_without_intents_there_is_one_that_nobody_is_sure_of(self, model):
        (judgement,) = model.judge(["hello"])
        assert (judgement.intent, judgement.intent_score) == (Intent.CHITCHAT, 0.0)

    def test_with_intents_the_likeliest_is_taken(self, folder):
        tables = '[intents]\nfine = "praise"\ntoxic = "complaint"\n'
        manifest(folder, head=HEAD.replace("multi-label", "single-label"), tables=tables)
        (judgement,) = HuggingFaceModel(folder, device="cpu").judge(LINES[:1])
        logits = reference(folder, LINES[:1])[0]
        assert judgement.intent == (Intent.PRAISE if logits[3] > logits[0] else Intent.COMPLAINT)
        assert 0.0 < judgement.intent_score < 1.0

    def test_a_violation_behind_the_first_window_is_read(self, model):
        padded = "how much is the red dress today " * 8 + LINES[1]
        windows, owners = model._windows([padded, "hi"])
        assert owners.tolist() == [0] * (len(windows) - 1) + [1]
        assert 2 < len(windows) <= 9
        assert max(map(len, windows)) == 40
        for left, right in pairwise(windows[:-1]):
            assert left[-17:-1] == right[1:17]
        (judgement,) = model.judge([padded])
        each = model._scores(windows[:-1])
        assert judgement.labels[Label.VIOLENCE] == pytest.approx(each[:, 1].max(), abs=1e-4)

    def test_a_label_takes_its_highest_window_and_the_intent_the_first(self, folder, monkeypatch):
        manifest(folder, tables='[labels.threat]\nlabel = "violence"\nreview = 0.5\n[intents]\nfine = "praise"\n')
        model = HuggingFaceModel(folder, device="cpu")

        def by_window(windows):
            scores = np.full((len(windows), len(THEIRS)), 0.1)
            scores[-1] = [0.0, 0.9, 0.0, 0.8]
            return scores

        monkeypatch.setattr(model, "_scores", by_window)
        (judgement,) = model.judge([LINES[0] * 8])
        assert judgement.labels[Label.VIOLENCE] == 0.9
        assert (judgement.intent, judgement.intent_score) == (Intent.PRAISE, 0.1)

    def test_no_more_windows_are_read_than_the_manifest_says(self, folder):
        manifest(folder, extra="max_windows = 3\n")
        windows, _ = HuggingFaceModel(folder, device="cpu")._windows([LINES[0] + " dress" * 900])
        assert len(windows) == 3

    def test_answers_come_in_the_order_of_the_texts_whatever_their_length(self, model):
        texts = [("red dress " * (index * 7 % 20 + 1)) + "liar" * (index % 3) for index in range(90)]
        together = model.judge(texts)
        for index in range(0, 90, 13):
            assert together[index].labels == pytest.approx(model.judge([texts[index]])[0].labels, abs=1e-3)

    @pytest.mark.parametrize("reading", ["canonical = true\n", "canonical = false\n"])
    def test_any_text_is_judged(self, folder, reading):
        manifest(folder, extra=reading)
        model = HuggingFaceModel(folder, device="cpu")
        for text in ["", " ", "\u200b", "\ud800", "\x00", "👍", "x" * 20_000]:
            (judgement,) = model.judge([text])
            assert all(0.0 <= score <= 1.0 for score in judgement.labels.values())

    def test_a_tokenizer_that_sets_no_marks_and_pads_nothing_is_read_too(self, folder):
        from tokenizers import Tokenizer
        from tokenizers.processors import TemplateProcessing

        words = Tokenizer.from_file(str(folder / "tokenizer.json"))
        words.post_processor = TemplateProcessing(single="$A", pair="$A $B", special_tokens=[])
        words.save(str(folder / "tokenizer.json"))
        config = json.loads((folder / "tokenizer_config.json").read_text(encoding="utf-8"))
        del config["pad_token"]
        (folder / "tokenizer_config.json").write_text(json.dumps(config | {"eos_token": "[SEP]"}), encoding="utf-8")
        together = HuggingFaceModel(folder, device="cpu").judge(["", "hi", LINES[0]])
        (alone,) = HuggingFaceModel(folder, device="cpu").judge([LINES[0]])
        assert together[2].labels == pytest.approx(alone.labels, abs=1e-3)

    def test_no_texts_give_no_judgements(self, model):
        assert model.judge([]) == []

    def test_a_disguise_is_undone_unless_the_model_wants_the_original(self, model, folder):
        plain, hidden = LINES[1], LINES[1].replace("scam", "ｓｃａｍ")
        one, other = model.judge([plain, hidden])
        assert one.labels == other.labels
        manifest(folder, extra="canonical = false\n")
        one, other = HuggingFaceModel(folder, device="cpu").judge([plain, hidden])
        assert one.labels != other.labels

    def test_the_script_tells_the_language_and_the_manifest_that_of_latin_letters(self, folder):
        manifest(folder, extra='language = "vi"\n')
        judged = HuggingFaceModel(folder, device="cpu").judge(["ราคาเท่าไหร่คะ", "这件多少钱", "giá bao nhiêu", "123"])
        assert [judgement.language for judgement in judged] == ["th", "zh", "vi", "other"]

    @pytest.mark.parametrize("precision", ["bfloat16", "float16"])
    def test_half_precision_says_nearly_the_same(self, folder, precision):
        full = HuggingFaceModel(folder, device="cpu").judge(LINES)
        manifest(folder, extra=f'precision = "{precision}"\n')
        half = HuggingFaceModel(folder, device="cpu")
        assert half.name.endswith(precision)
        for one, other in zip(full, half.judge(LINES), strict=True):
            assert one.labels == pytest.approx(other.labels, abs=0.1)

    @pytest.mark.filterwarnings("ignore::UserWarning:torch")
    def test_a_gpu_says_what_a_cpu_says(self, folder):
        import torch

        if not torch.cuda.is_available():
            pytest.skip("there is no GPU")
        here, there = HuggingFaceModel(folder, device="cpu"), HuggingFaceModel(folder)
        assert "/torch-cuda-" in there.name
        for one, other in zip(here.judge(LINES), there.judge(LINES), strict=True):
            assert one.labels == pytest.approx(other.labels, abs=0.1)

    def test_a_gpu_that_is_not_there_is_refused(self, folder):
        with pytest.raises(ConfigError, match="cuda:7") as caught:
            HuggingFaceModel(folder, device="cuda:7")
        assert "classifier.device" in caught.value.fix

    def test_a_label_that_the_checkpoint_does_not_have_is_refused_with_the_nearest(self, folder):
        manifest(folder, tables=LABELS.replace("labels.threat", "labels.treat"))
        with pytest.raises(ConfigError, match="has no label 'treat'") as caught:
            HuggingFaceModel(folder, device="cpu")
        assert caught.value.fix == "Did you mean threat?"

    def test_pickled_weights_are_never_loaded(self, folder):
        import torch
        from safetensors.torch import load_file

        torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
        (folder / "model.safetensors").unlink()
        with pytest.raises(ConfigError, match="no weights in safetensors"):
            HuggingFaceModel(folder, device="cpu")

    def test_code_that_comes_with_a_checkpoint_is_never_run(self, folder):
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        config["model_type"] = "homemade"
        config["auto_map"] = {
            "AutoConfig": "own.Config",
            "AutoModelForSequenceClassification": "own.Network",
        }
        (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
        (folder / "own.py").write_text(f"open({str(folder / 'ran')!r}, 'w')\n", encoding="utf-8")
        with pytest.raises(ConfigError, match="cannot be loaded"):
            HuggingFaceModel(folder, device="cpu")
        assert not (folder / "ran").exists()

    def test_a_score_that_is_no_number_fails_the_batch(self, folder):
        import torch

        model = HuggingFaceModel(folder, device="cpu")
        with torch.no_grad():
            model._network.classifier.bias.fill_(float("nan"))
        with pytest.raises(ClassifierError, match="no number"):
            model.judge(["hello"])

    def test_a_network_that_fails_fails_the_batch_with_a_reason(self, model, monkeypatch):

        def lost(**_feed):
            raise RuntimeError("CUDA out of memory")

        monkeypatch.setattr(model._network, "forward", lost)
        with pytest.raises(ClassifierError, match="The model failed on a batch: CUDA out of memory"):
            model.judge(["hello"])


@pytest.mark.torch
async def test_a_checkpoint_judges_and_its_thresholds_decide_in_the_whole_house(checkpoint, tmp_path):
    from streambot.core.action import Act
    from streambot.judging import judging
    from streambot.settings import Settings
    from streambot.testing import a_comment

    folder = tmp_path / "model"
    shutil.copytree(checkpoint, folder)
    classifier = {"backend": "huggingface", "model": str(folder), "device": "cpu"}

    async def act(review):
        tables = f'[labels.toxic]\nlabel = "harassment"\nreview = {review}\n'
        manifest(folder, tables=tables)
        async with judging(Settings.model_validate({"classifier": classifier})) as judge:
            comment = a_comment("the red dress")
            pack, matcher = judge.packs.get("base", None)
            judgement = await judge.classifier.classify(comment)
            verdict = pack.decide(comment, judgement, matcher.signals(comment), thresholds=judge.manifest)
            assert verdict.model == "tiny-toxic@1/torch-cpu-float32"
            return verdict.action, judgement.labels[Label.HARASSMENT]

    strict, score = await act(0.0001)
    assert (strict, 0.001 < score < 0.999) == (Act.REVIEW, True)
    lenient, _ = await act(1.0)
    assert lenient is Act.ALLOW


@pytest.mark.torch
class TestHub:
    HEAD = HEAD.replace('"."', '"some/model"') + f'revision = "{COMMIT}"\n'

    def test_a_hub_that_cannot_be_reached_is_one_sentence_with_a_way_out(self, tmp_path, monkeypatch):
        asked = []

        def unreachable(name, *, revision, allow_patterns, local_files_only):
            asked.append((name, revision, local_files_only))
            if local_files_only:
                raise FileNotFoundError("not in the cache")
            raise ConnectionError("[Errno -2] Name or service not known")

        monkeypatch.setattr("huggingface_hub.snapshot_download", unreachable)
        with pytest.raises(ConfigError, match="some/model at 0123456789ab cannot be had from the hub") as caught:
            HuggingFaceModel(manifest(tmp_path, head=self.HEAD), device="cpu")
        assert asked == [("some/model", COMMIT, True), ("some/model", COMMIT, False)]
        assert "checkpoint" in caught.value.fix

    def test_what_was_fetched_once_needs_no_network_and_no_other_files_are_fetched(
        self, tmp_path, checkpoint, monkeypatch
    ):
        asked = []

        def cached(name, *, revision, allow_patterns, local_files_only):
            asked.append((local_files_only, allow_patterns))
            return str(checkpoint)

        monkeypatch.setattr("huggingface_hub.snapshot_download", cached)
        model = HuggingFaceModel(manifest(tmp_path, head=self.HEAD), device="cpu")
        assert model.judge(["hello"])
        [(local, patterns)] = asked
        assert local
        assert not any(pattern.endswith((".py", ".bin", "*")) for pattern in patterns)

    def test_who_may_not_fetch_is_told_who_will(self, tmp_path, monkeypatch):
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
        with pytest.raises(ConfigError, match="is not on this machine yet") as caught:
            HuggingFaceModel(manifest(tmp_path, head=self.HEAD), device="cpu", fetch=False)
        assert "streambot run" in caught.value.fix

    def test_the_real_client_without_a_network_ends_in_the_same_sentence(self, tmp_path, monkeypatch):
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
        with pytest.raises(ConfigError, match="cannot be had from the hub"):
            HuggingFaceModel(manifest(tmp_path, head=self.HEAD), device="cpu")
