"""OpenVINO reads the same file and decides the same."""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
from pathlib import Path

import pytest

from streambot.classify.choice import disagreement, fastest
from streambot.classify.onnx import OUTPUTS, OnnxRuntime
from streambot.core.errors import ConfigError
from streambot.training.corpus import Split, split_of

pytestmark = pytest.mark.openvino

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "models" / "live-mini"


@pytest.fixture(scope="module")
def runtime():
    if not OnnxRuntime(MODEL)._reads_grams:
        pytest.skip("the graph hashes inside, in 64 bits: such a one only ONNX Runtime reads")
    from streambot.classify.openvino import OpenVinoRuntime

    return OpenVinoRuntime(MODEL)


@pytest.fixture(scope="module")
def default():
    return OnnxRuntime(MODEL)


def validation_lines():
    """Real lines that nobody trained on, every fourth."""
    for file in sorted((ROOT / "models" / "corpus").glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines()[::4]:
            text = json.loads(line)["text"]
            if split_of(text) is Split.VALID:
                yield text


def test_on_real_lines_it_decides_alike_or_is_not_taken_and_never_allows_what_the_other_hides(runtime, default):
    texts = list(validation_lines())
    assert len(texts) > 400
    differ, worse = disagreement(default.judge(texts), runtime.judge(texts), default.manifest)
    assert worse == 0
    assert differ <= 0.02 * len(texts)
    taken = "decides" not in fastest({"onnxruntime": default, "openvino": runtime}).why
    assert not taken or differ <= 0.005 * len(texts)


def test_its_name_says_library_and_precision(runtime):
    (judgement,) = runtime.judge(["how much is it"])
    assert judgement.model == runtime.name
    assert runtime.name.startswith(f"live-mini@{runtime.manifest.version}/openvino-")
    assert runtime.name.rpartition("-")[2] in {"bf16", "f16", "f32"}


def test_long_and_odd_texts_are_read_as_by_onnx_runtime(runtime, default):
    texts = ["", "\u200b", "x" * 5000, "thank you for the lovely broadcast today " * 40, "ราคา" * 100]
    for one, other in zip(default.judge(texts), runtime.judge(texts), strict=True):
        assert one.labels == pytest.approx(other.labels, abs=0.1)
        assert one.embedding == pytest.approx(other.embedding, abs=0.1)


def test_calls_from_several_threads_do_not_mix(runtime):
    texts = [["how much"] * 3, ["加我微信便宜一半"] * 40, ["ราคาเท่าไหร่คะ " * 30]]
    alone = [runtime.judge(each) for each in texts]
    heard = {}

    def ask(number):
        heard[number] = [runtime.judge(texts[number]) for _ in range(10)]

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(each == alone[number] for number in range(3) for each in heard[number])


def test_a_file_that_is_no_graph_is_refused_in_one_sentence(tmp_path):
    from streambot.classify.openvino import OpenVinoRuntime

    folder = tmp_path / "live-mini"
    shutil.copytree(MODEL, folder)
    old, new = (folder / "model.onnx").read_bytes(), b"no model at all"
    (folder / "model.onnx").write_bytes(new)
    manifest = (folder / "manifest.toml").read_text(encoding="utf-8")
    manifest = manifest.replace(hashlib.sha256(old).hexdigest(), hashlib.sha256(new).hexdigest())
    (folder / "manifest.toml").write_text(
        manifest.replace(f"bytes = {len(old)}", f"bytes = {len(new)}"), encoding="utf-8"
    )
    with pytest.raises(ConfigError, match="cannot be loaded"):
        OpenVinoRuntime(folder)


def test_every_output_is_found_by_its_name(runtime):
    assert {output.name for output in runtime._session.get_outputs()} == set(OUTPUTS)
