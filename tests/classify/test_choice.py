"""Which library runs the model: asked once, remembered, told; and never one that decides otherwise."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import structlog

from streambot.classify import choice
from streambot.classify.batcher import SLICE
from streambot.classify.choice import (
    SECONDS,
    Choice,
    choose,
    disagreement,
    fastest,
    installed,
    machine,
    open_model,
    open_runtime,
)
from streambot.core.errors import ConfigError
from streambot.core.labels import Label
from streambot.testing import a_judgement

MODEL = Path(__file__).parents[2] / "models" / "live-mini"


class Limits:
    """Review from 0.3, hide from 0.8, whatever the label."""

    def threshold(self, label, language, level):
        return 0.8 if level == "hide" else 0.3


class Clock:
    """Moves when a model works."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


class Timed:
    """Judges every text alike and takes its time; ``hides`` says how many of the first are hidden."""

    manifest = Limits()

    def __init__(self, clock, seconds, hides=0, held=0):
        self.clock, self.seconds, self.hides, self.held, self.calls = clock, seconds, hides, held, 0

    def judge(self, texts):
        self.calls += 1
        self.clock.now += self.seconds
        return [
            a_judgement(labels={Label.SPAM: 0.9 if n < self.hides else 0.5 if n < self.held else 0.1})
            for n in range(len(texts))
        ]


@pytest.fixture
def both(monkeypatch):
    """Two libraries that would be opened, with clocks of their own; what was opened."""
    clock = Clock()
    models = {"onnxruntime": Timed(clock, 0.04), "openvino": Timed(clock, 0.02)}
    opened = []

    def open_(folder, runtime, *, threads, device="auto"):
        opened.append(runtime)
        return models[runtime]

    monkeypatch.setattr(choice, "installed", lambda: ("onnxruntime", "openvino"))
    monkeypatch.setattr(choice, "version", lambda name: "1")
    monkeypatch.setattr(choice, "open_runtime", open_)
    return clock, models, opened


def test_what_is_compared_is_three_full_slices_of_different_texts():
    assert len(set(choice._TEXTS)) == 3 * SLICE


def test_the_faster_is_taken_and_both_paces_are_told():
    clock = Clock()
    taken = fastest({"onnxruntime": Timed(clock, 0.04), "openvino": Timed(clock, 0.02)}, clock=clock)
    assert taken == Choice("openvino", "the faster in batches of 64: openvino 3200/s, onnxruntime 1600/s")


def test_measuring_ends_after_a_second():
    clock = Clock()
    models = {"onnxruntime": Timed(clock, 0.04), "openvino": Timed(clock, 0.02)}
    fastest(models, clock=clock)
    assert models["onnxruntime"].calls == models["openvino"].calls + 1
    assert SECONDS < clock.now < SECONDS + 0.2


def test_rounds_that_something_else_slowed_down_do_not_decide():
    clock = Clock()
    slowed = Timed(clock, 0.02)
    judge = slowed.judge

    def judged(texts):
        clock.now += 0.3 if slowed.calls > 1 else 0.0
        return judge(texts)

    slowed.judge = judged
    assert fastest({"onnxruntime": Timed(clock, 0.04), "openvino": slowed}, clock=clock).runtime == "openvino"


@pytest.mark.parametrize("wrong", [{"hides": 1}, {"held": 1}])
def test_a_faster_one_that_decides_otherwise_is_not_taken_and_this_is_told(wrong):
    clock = Clock()
    taken = fastest({"onnxruntime": Timed(clock, 0.04), "openvino": Timed(clock, 0.02, **wrong)}, clock=clock)
    assert taken.runtime == "onnxruntime"
    assert "openvino decides" in taken.why
    assert "of 192 texts otherwise" in taken.why


def test_allow_against_review_is_a_difference_and_allow_against_hide_is_worse():
    scores = [0.1, 0.5, 0.9, 0.9]
    others = [0.5, 0.5, 0.5, 0.1]
    one, other = ([a_judgement(labels={Label.SPAM: score}) for score in each] for each in (scores, others))
    assert disagreement(one, other, Limits()) == (3, 1)
    assert disagreement(one, one, Limits()) == (0, 0)


def test_where_only_one_is_installed_nothing_is_measured_or_written(monkeypatch, tmp_path):
    monkeypatch.setattr(choice, "find_spec", lambda name: None)
    monkeypatch.setattr(choice, "fastest", None)
    assert installed() == ("onnxruntime",)
    opened = open_model(MODEL, memory=tmp_path / "runtime.json")
    assert opened.model.name.endswith("/onnxruntime")
    assert opened.why == "the only runtime installed"
    assert list(tmp_path.iterdir()) == []


def test_the_first_start_measures_and_the_second_remembers(both, tmp_path):
    clock, _, opened = both
    memory = tmp_path / "data" / "runtime.json"
    first = choose(MODEL, threads=1, memory=memory, clock=clock)
    assert opened == ["onnxruntime", "openvino"]
    assert choose(MODEL, threads=1, memory=memory, clock=clock) == first
    assert len(opened) == 2
    assert [path.name for path in memory.parent.iterdir()] == ["runtime.json"]


def test_what_was_chosen_and_why_is_logged_once(both, tmp_path):
    clock, _, _ = both
    with structlog.testing.capture_logs() as logs:
        for _ in range(2):
            choose(MODEL, threads=1, memory=tmp_path / "runtime.json", clock=clock)
    [line] = logs
    assert (line["event"], line["runtime"]) == ("runtime_chosen", "openvino")
    assert "the faster in batches of 64" in line["why"]


@pytest.mark.parametrize("change", ["processor", "version", "model", "threads"])
def test_another_processor_version_model_or_number_of_threads_is_measured_anew(both, tmp_path, monkeypatch, change):
    clock, _, opened = both
    memory, folder, threads = tmp_path / "runtime.json", tmp_path / "model", 1
    shutil.copytree(MODEL, folder)
    choose(folder, threads=threads, memory=memory, clock=clock)
    if change == "processor":
        monkeypatch.setattr(choice, "processor", lambda: "another")
    elif change == "version":
        monkeypatch.setattr(choice, "version", lambda name: "2")
    elif change == "model":
        manifest = folder / "manifest.toml"
        manifest.write_text(manifest.read_text(encoding="utf-8") + "\n# other\n", encoding="utf-8")
    else:
        threads = 2
    choose(folder, threads=threads, memory=memory, clock=clock)
    assert len(opened) == 4
    assert len(json.loads(memory.read_text(encoding="utf-8"))) == 2


def test_who_only_asks_measures_nothing(both, tmp_path):
    _, _, opened = both
    asked = choose(MODEL, threads=1, memory=tmp_path / "runtime.json", measure=False)
    assert (asked.runtime, opened) == ("onnxruntime", [])
    assert "not measured yet" in asked.why


@pytest.mark.parametrize("content", ["", "[]", '{"KEY": 3}', '{"KEY": {"runtime": "abacus"}}', "\x00"])
def test_a_damaged_memory_is_as_none(both, tmp_path, content):
    clock, _, _ = both
    memory = tmp_path / "runtime.json"
    memory.write_text(content.replace("KEY", machine(MODEL, 1)), encoding="utf-8")
    assert choose(MODEL, threads=1, memory=memory, clock=clock).runtime == "openvino"


def test_a_memory_that_cannot_be_written_is_a_warning(both):
    clock, _, _ = both
    with structlog.testing.capture_logs() as logs:
        assert choose(MODEL, threads=1, memory=Path("/proc/runtime.json"), clock=clock).runtime == "openvino"
    assert [line["event"] for line in logs] == ["runtime_chosen", "runtime_not_remembered"]


@pytest.mark.parametrize(("runtime", "install"), [("openvino", "streambot[openvino]"), ("torch", "torch==2.13.0")])
def test_a_configured_runtime_that_is_not_installed_says_what_to_install(monkeypatch, runtime, install):
    monkeypatch.setattr(choice, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match="is not installed") as caught:
        open_model(MODEL, runtime=runtime)
    assert install in caught.value.fix


def test_a_configured_runtime_that_decides_otherwise_is_refused(both):
    _, models, _ = both
    models["openvino"].hides = 1
    with pytest.raises(ConfigError, match="otherwise than ONNX Runtime: it decides 1 of 192"):
        open_model(MODEL, runtime="openvino")
    models["openvino"].hides = 0
    assert open_model(MODEL, runtime="openvino").why == "as configured"


def test_the_configured_default_is_opened_without_a_second_one(both):
    _, _, opened = both
    assert open_model(MODEL, runtime="onnxruntime").why == "as configured"
    assert opened == ["onnxruntime"]


def test_a_folder_without_a_model_is_one_error_whatever_is_installed(monkeypatch, tmp_path):
    monkeypatch.setattr(choice, "installed", lambda: ("onnxruntime", "openvino"))
    with pytest.raises(ConfigError, match="There is no model"):
        open_model(tmp_path)


def test_the_default_is_opened_as_asked():
    assert open_runtime(MODEL, "onnxruntime", threads=1).judge(["hello"])
