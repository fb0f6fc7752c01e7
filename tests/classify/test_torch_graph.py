"""torch carries out the same file and decides the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from streambot.classify.choice import disagreement, open_model
from streambot.classify.onnx import OnnxRuntime
from streambot.core.errors import ConfigError
from streambot.training.corpus import Split, split_of

pytestmark = pytest.mark.torch

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "models" / "live-mini"


@pytest.fixture(scope="module")
def runtime():
    if not OnnxRuntime(MODEL)._reads_grams:
        pytest.skip("the graph hashes inside, in 64 bits: such a one only ONNX Runtime reads")
    from streambot.classify.torch_graph import TorchRuntime

    return TorchRuntime(MODEL, device="cpu")


def validation_lines():
    """Real lines that nobody trained on, every fourth."""
    for file in sorted((ROOT / "models" / "corpus").glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines()[::4]:
            text = json.loads(line)["text"]
            if split_of(text) is Split.VALID:
                yield text


def test_on_real_lines_both_decide_alike_and_never_one_allows_what_the_other_hides(runtime):
    default = OnnxRuntime(MODEL)
    texts = list(validation_lines())
    assert len(texts) > 400
    one, other = default.judge(texts), runtime.judge(texts)
    differ, worse = disagreement(one, other, default.manifest)
    assert worse == 0
    assert differ <= 0.005 * len(texts)
    assert sum(a.intent == b.intent for a, b in zip(one, other, strict=True)) > 0.99 * len(texts)
    for a, b in zip(one[:50], other[:50], strict=True):
        assert a.embedding == pytest.approx(b.embedding, abs=0.05)


def test_long_and_odd_texts_are_judged(runtime):
    texts = ["", "\u200b", "x" * 5000, "thank you for the lovely broadcast today " * 40, "ราคา" * 100]
    assert len(runtime.judge(texts)) == len(texts)


def test_its_name_says_library_and_device(runtime):
    assert runtime.name == f"live-mini@{runtime.manifest.version}/torch-cpu"


def test_it_is_opened_by_its_name_and_held_against_onnx_runtime(runtime):
    opened = open_model(MODEL, runtime="torch", device="cpu")
    assert (opened.model.name.rpartition("/")[2], opened.why) == ("torch-cpu", "as configured")


def test_a_gpu_decides_as_the_cpu_does(runtime):
    import torch

    if not torch.cuda.is_available():
        pytest.skip("there is no GPU")
    from streambot.classify.torch_graph import TorchRuntime

    texts = list(validation_lines())
    differ, worse = disagreement(runtime.judge(texts), TorchRuntime(MODEL).judge(texts), runtime.manifest)
    assert worse == 0
    assert differ <= 0.005 * len(texts)


def test_a_gpu_that_is_not_there_is_refused():
    from streambot.classify.torch_graph import TorchRuntime

    with pytest.raises(ConfigError, match="cuda:7"):
        TorchRuntime(MODEL, device="cuda:7")


def test_a_graph_with_an_operator_that_it_does_not_know_is_refused(tmp_path):
    import onnx
    import torch

    from streambot.classify.torch_graph import Graph

    tensor = onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1])
    made = onnx.helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [1])
    graph = onnx.helper.make_graph([onnx.helper.make_node("Cos", ["x"], ["y"])], "g", [tensor], [made])
    onnx.save(onnx.helper.make_model(graph), str(tmp_path / "model.onnx"))
    with pytest.raises(ValueError, match="Cos"):
        Graph(tmp_path / "model.onnx", torch.device("cpu"))
