"""Half the bytes of an ONNX file: large weights in fp16, widened when it is loaded, so that it computes in fp32."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import onnx
from onnx import numpy_helper

from streambot.training.quantise import short_numbers

_LARGE: Final = 1024
"""Numbers from which a weight is worth a node of its own."""


def halve(full: Path, target: Path) -> None:
    """Write ``full`` to ``target`` with every large float weight in fp16; a score moves by less than int8 moves it.

    fp16 holds up to 65,504; a weight beyond it would become infinite, and no weight of ours comes near.
    """
    model = onnx.load(str(full))
    graph = model.graph
    casts = []
    for item in list(graph.initializer):
        values = numpy_helper.to_array(item)
        if values.dtype != np.float32 or values.size < _LARGE:
            continue
        graph.initializer.remove(item)
        graph.initializer.append(numpy_helper.from_array(values.astype(np.float16), f"{item.name}.half"))
        casts.append(onnx.helper.make_node("Cast", [f"{item.name}.half"], [item.name], to=onnx.TensorProto.FLOAT))
    nodes = [*casts, *short_numbers(model)]
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.save(model, str(target))
