from __future__ import annotations

import hashlib
import itertools
import math
import shutil
import threading
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from streambot.classify.onnx import SLICE, OnnxRuntime, Window
from streambot.classify.script import script_of
from streambot.core.canonical import canonical
from streambot.core.errors import ClassifierError, ConfigError
from streambot.core.labels import LANGUAGES, Label
from streambot.core.windows import OVERLAP, WIDTH, narrow

MODEL = Path(__file__).parents[2] / "models" / "live-mini"
LONG = "thank you for the lovely broadcast today everyone is so kind here " * 40


@pytest.fixture(scope="module")
def runtime():
    return OnnxRuntime(MODEL)


class Watched:
    """A session that notes the shape of what it is fed, and lets a test put scores in its place."""

    def __init__(self, session, instead=None):
        self.session = session
        self.fed = []
        self.instead = instead

    def run(self, names, feed):
        self.fed.append(feed["input_ids"].shape)
        outputs = self.session.run(names, feed)
        return self.instead(feed, outputs) if self.instead else outputs


@pytest.fixture
def watched(runtime, monkeypatch):
    def watch(instead=None):
        session = Watched(onnxruntime.InferenceSession(str(MODEL / "model.onnx")), instead)
        monkeypatch.setattr(runtime, "_session", session)
        return session

    return watch


def test_a_judgement_has_every_label_a_distribution_and_a_normalised_embedding(runtime):
    (judgement,) = runtime.judge(["how much is the red dress"])
    assert set(judgement.labels) == set(Label)
    assert all(0.0 <= score <= 1.0 for score in judgement.labels.values())
    assert 0.0 < judgement.intent_score <= 1.0
    assert judgement.language in LANGUAGES
    assert len(judgement.embedding) == runtime.manifest.embedding
    assert math.hypot(*judgement.embedding) == pytest.approx(1.0, abs=1e-3)
    assert judgement.model == runtime.name == f"live-mini@{runtime.manifest.version}/onnxruntime"


def test_no_texts_give_no_judgements(runtime):
    assert runtime.judge([]) == []


@pytest.mark.parametrize("text", ["", " ", "\u200b", "\ud800", "\x00", "👍", "e" + "\u0301" * 5000, "x" * 100_000])
def test_any_text_is_judged(runtime, text):
    (judgement,) = runtime.judge([text])
    assert all(math.isfinite(score) for score in judgement.labels.values())


def test_answers_come_in_the_order_of_the_texts_whatever_their_length(runtime):
    texts = [("word " * (index * 7 % 50 + 1)) + str(index) for index in range(100)]
    together = runtime.judge(texts)
    for index in range(0, 100, 9):
        (alone,) = runtime.judge([texts[index]])
        assert together[index].labels == pytest.approx(alone.labels, abs=1e-3)
        assert together[index].intent_score == pytest.approx(alone.intent_score, abs=1e-3)


def test_the_same_batch_gives_the_same_judgements_every_time_and_on_every_thread(runtime):
    texts = ["add me on line @x", "giá bao nhiêu", "主播加微信", LONG]
    first = runtime.judge(texts)
    heard = []
    threads = [threading.Thread(target=lambda: heard.append(runtime.judge(texts))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard == [first] * 3


def test_a_disguise_that_canonical_undoes_changes_nothing(runtime):
    plain, wide, hidden = runtime.judge(["ADD ME ON LINE", "ａｄｄ ｍｅ ｏｎ ｌｉｎｅ", "ad\u200bd me on li\u2060ne"])
    assert plain.labels == wide.labels == hidden.labels


def test_a_long_comment_is_read_in_overlapping_windows_of_64_tokens_and_in_narrow_ones(runtime):
    read = canonical(LONG)
    ids = runtime._tokenizer.encode(read).ids
    windows = list(runtime._windows(read, ids))
    assert all(len(window.ids) <= 64 and window.ids[0] == ids[0] and window.ids[-1] == ids[-1] for window in windows)
    wide, close = windows[:8], windows[8:]
    for left, right in itertools.pairwise(wide[:-1]):
        assert left.ids[-17:-1] == right.ids[1:17]
    assert len(close) == len(list(narrow(len(ids) - 2)))
    assert {len(window.ids) for window in close[:-1]} == {WIDTH + 2}
    for left, right in itertools.pairwise(close[:-1]):
        assert left.ids[-1 - OVERLAP : -1] == right.ids[1 : 1 + OVERLAP]
    # What is left out of an endless text is not its end.
    assert all(window.ids[1:] == ids[1 - len(window.ids) :] for window in (wide[-1], close[-1]))


def test_a_window_has_the_characters_of_its_tokens(runtime):
    read = canonical("ส่งฟรีไหมคะ " * 20 + "how much is the red one " * 8)
    windows = list(runtime._windows(read, runtime._tokenizer.encode(read).ids))
    assert len(windows) > 1
    for window in windows:
        assert window.text in read
        # Cut out of its sentence a first or last word may fall into other pieces.
        assert abs(len(runtime._tokenizer.encode(window.text).ids) - len(window.ids)) <= 2
    assert read.startswith(windows[0].text)
    assert read.endswith(windows[-1].text)


def test_a_comment_of_one_window_is_not_cut(runtime):
    short = list(range(WIDTH + 2))
    assert list(runtime._windows("text", short)) == [Window(short, "text")]
    read = canonical("where is my order " * 10)
    ids = runtime._tokenizer.encode(read).ids
    assert WIDTH + 2 < len(ids) <= 64
    whole, *close = runtime._windows(read, ids)
    assert whole == Window(ids, read)
    assert len(close) > 1
    assert all(window.is_narrow for window in close)


def test_no_more_than_eight_wide_windows_are_read(runtime, watched):
    session = watched()
    assert runtime.manifest.max_windows == 8
    runtime.judge([LONG])
    tokens = len(runtime._tokenizer.encode(canonical(LONG)).ids) - 2
    assert sum(rows for rows, _ in session.fed) == 8 + len(list(narrow(tokens)))
    assert max(width for _, width in session.fed) == 64


def test_a_slice_has_at_most_64_rows_and_is_padded_to_its_own_longest(runtime, watched):
    session = watched()
    runtime.judge(["ok"] * (SLICE + 10) + ["where is my order it was promised for monday " * 2] * 10)
    assert [rows for rows, _ in session.fed] == [SLICE, 20]
    assert session.fed[0][1] < session.fed[1][1]


def test_a_label_takes_its_highest_window_and_the_intent_the_first(runtime, watched):
    def by_window(feed, outputs):
        labels, intents, languages, embedding = outputs
        labels[:] = 0.01
        labels[-1, 3] = 0.9  # equal windows keep their order, so the last row is the text's last wide window
        first = -runtime.manifest.max_windows
        intents[:] = 0.0
        intents[:, 6] = 0.99
        intents[first] = 0.0
        intents[first, 5] = 0.7
        return [labels, intents, languages, embedding]

    watched(by_window)
    (judgement,) = runtime.judge([LONG])
    assert judgement.labels[runtime.manifest.labels[3]] == pytest.approx(0.9)
    assert judgement.intent == runtime.manifest.intents[5]
    assert judgement.intent_score == pytest.approx(0.7)


@pytest.mark.parametrize("output", range(4))
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_score_that_is_no_number_fails_the_batch(runtime, watched, output, value):
    def broken(_feed, outputs):
        outputs[output][0, 0] = value
        return outputs

    watched(broken)
    with pytest.raises(ClassifierError, match="no number"):
        runtime.judge(["hello", "there"])


def test_a_session_that_fails_fails_the_batch_with_a_reason(runtime, watched):
    def broken(_feed, _outputs):
        raise RuntimeError("out of memory")

    watched(broken)
    with pytest.raises(ClassifierError, match="The model failed on a batch: out of memory"):
        runtime.judge(["hello"])


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("ราคาเท่าไหร่ size M", "th"),
        ("这件多少钱 ok", "zh"),
        ("こんにちは 今日", "other"),
        ("얼마예요", "other"),
        ("сколько стоит", "other"),
        ("giá bao nhiêu", "latin"),
        ("👍 123", "other"),
        ("", "other"),
        ("love it 好", "latin"),
        ("thx ค่ะ", "th"),
    ],
)
def test_the_script_decides_where_it_can(text, script):
    assert script_of(text) == script


def test_the_models_language_stands_among_the_languages_of_latin_script(runtime):
    judged = runtime.judge(["ราคาเท่าไหร่คะ", "这件多少钱", "how much is it", "12345"])
    assert [judgement.language for judgement in judged] == ["th", "zh", "en", "other"]
    assert judged[0].language_score == 1.0


def test_a_changed_model_file_is_refused(tmp_path):
    folder = tmp_path / "live-mini"
    shutil.copytree(MODEL, folder)
    content = bytearray((folder / "model.onnx").read_bytes())
    content[len(content) // 2] ^= 1
    (folder / "model.onnx").write_bytes(content)
    with pytest.raises(ConfigError, match="is not the file its manifest describes"):
        OnnxRuntime(folder)


def test_a_file_that_is_no_model_is_refused_in_one_sentence(tmp_path):
    folder = tmp_path / "live-mini"
    shutil.copytree(MODEL, folder)
    manifest = (folder / "manifest.toml").read_text(encoding="utf-8")
    old = (folder / "model.onnx").read_bytes()
    new = b"no model at all"
    (folder / "model.onnx").write_bytes(new)
    manifest = manifest.replace(hashlib.sha256(old).hexdigest(), hashlib.sha256(new).hexdigest())
    (folder / "manifest.toml").write_text(
        manifest.replace(f"bytes = {len(old)}", f"bytes = {len(new)}"), encoding="utf-8"
    )
    with pytest.raises(ConfigError, match="cannot be loaded") as caught:
        OnnxRuntime(folder)
    assert caught.value.fix
