"""The model's graph run by OpenVINO: twice as fast in batches where the CPU multiplies bfloat16 (ENGINE.md A1).

Of the int8 graph only the weights stay int8. Its activations are not rounded, since OpenVINO rounds them otherwise than
ONNX Runtime: on a first model that turned 0.5 % of the actions on 1,665 real lines, and without it 0.15 %.

OpenVINO counts in 32 bits on a CPU where a graph says 64, so one that hashes in larger numbers is misread; who opens a
model this way holds it against ONNX Runtime first (``streambot.classify.choice``).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import openvino
from numpy.typing import NDArray

from streambot.classify.onnx import OnnxRuntime
from streambot.classify.session import Named

_CPU: Final = "CPU"


class OpenVinoRuntime(OnnxRuntime):
    """A model folder, loaded into OpenVINO; everything around the graph is as in :class:`OnnxRuntime`.

    The precision is what OpenVINO takes by itself, bfloat16 where the CPU has instructions for it; the name says so.
    """

    def _open(self, graph: Path, threads: int) -> tuple[str, CompiledGraph]:
        session = CompiledGraph(graph, threads)
        return f"openvino-{session.precision}", session


class CompiledGraph:
    """A :class:`streambot.classify.session.Session`, compiled for the CPU."""

    def __init__(self, graph: Path, threads: int) -> None:
        core = openvino.Core()
        self._model: Any = core.compile_model(
            _unrounded(core.read_model(graph)),
            _CPU,
            {
                # One answer at a time, as soon as possible: batches are made before they come here.
                "PERFORMANCE_HINT": "LATENCY",
                "NUM_STREAMS": "1",
                "INFERENCE_NUM_THREADS": threads,
                # The event loop and the store share the cores with us.
                "ENABLE_CPU_PINNING": False,
                # Nor rounded as they come.
                "DYNAMIC_QUANTIZATION_GROUP_SIZE": "0",
            },
        )
        self.precision: Final = str(self._model.get_property("INFERENCE_PRECISION_HINT").to_string())
        # A request answers one thread at a time.
        self._own = threading.local()

    def get_inputs(self) -> Sequence[Named]:
        """See ``session.Session``."""
        return [Named(port.get_any_name()) for port in self._model.inputs]

    def get_outputs(self) -> Sequence[Named]:
        """See ``session.Session``."""
        return [Named(port.get_any_name()) for port in self._model.outputs]

    def run(self, names: Sequence[str], feed: Mapping[str, NDArray[Any]]) -> list[NDArray[Any]]:
        """See ``session.Session``."""
        if not hasattr(self._own, "request"):
            self._own.request = self._model.create_infer_request()
        outputs = self._own.request.infer(dict(feed), share_inputs=True)
        return [outputs[name] for name in names]


def _unrounded(model: Any) -> Any:
    """The model with every activation as it was before it was rounded to int8 and scaled back."""
    for node in model.get_ordered_ops():
        if node.get_type_name() == "FakeQuantize":
            for scaled_back in list(_scaled_back(node)):
                scaled_back.output(0).replace(node.input_value(0))
    model.validate_nodes_and_infer_types()
    return model


def _scaled_back(node: Any) -> Iterator[Any]:
    """Where a rounded activation is a number again: behind Convert, Convert, Subtract, the Multiply by its scale."""
    for target in node.output(0).get_target_inputs():
        reader = target.get_node()
        if reader.get_type_name() == "Multiply":
            yield reader
        elif reader.get_type_name() in ("Convert", "Subtract"):
            yield from _scaled_back(reader)
