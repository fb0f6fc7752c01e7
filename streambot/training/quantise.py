"""Int8 weights for an ONNX file: small enough to ship, and several times as fast on a CPU."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
from onnx import numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

_LARGE: Final = 1000
"""Rows from which a table is worth other numbers."""
_HEADS: Final = ("label_head", "intent_head", "language_head", "embedding_head")
"""Left in float32: a few thousand weights, and the ones that int8 hurts most (ENGINE.md A1)."""


def quantise(full: Path, target: Path, calibration: CalibrationDataReader) -> None:
    """Write ``full`` to ``target`` in int8: matrices per channel by ONNX Runtime, embedding tables per row by us.

    The activations' scales are fixed here (static), not taken from each batch as they pass (dynamic): a text's score
    must not depend on the texts beside it, or the same capture would be decided differently twice.
    """
    model = onnx.load(str(full))
    _quantise_tables(model)
    tabled = full.with_suffix(".tables.onnx")
    onnx.save(model, str(tabled))
    weights = {item.name for item in model.graph.initializer}
    matrices = [
        node.name
        for node in model.graph.node
        if node.op_type in ("MatMul", "Gemm")
        and node.input[1] in weights
        and not any(head in node.name for head in _HEADS)
    ]
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.ERROR)  # ONNX Runtime advises on the root logger
    try:
        quantize_static(
            str(tabled),
            str(target),
            calibration,
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=["MatMul", "Gemm"],
            nodes_to_quantize=matrices,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            extra_options={"OpTypesToExcludeOutputQuantization": ["MatMul", "Gemm"]},
        )
    finally:
        root.setLevel(level)


def _quantise_tables(model: onnx.ModelProto) -> None:
    """Replace every look-up in a large float table by one in int8 rows, each with its own scale.

    ONNX Runtime would give the whole table one scale, which the few large rows set for all.
    """
    tables = {item.name: item for item in model.graph.initializer}
    nodes = []
    for node in short_numbers(model):
        table = tables.get(node.input[0]) if node.op_type == "Gather" else None
        if table is None or len(table.dims) != 2 or table.dims[0] < _LARGE or table.dims[1] == 1:
            nodes.append(node)
            continue
        values = numpy_helper.to_array(table)
        scales = np.maximum(np.abs(values).max(axis=1, keepdims=True), 1e-8) / 127.0
        model.graph.initializer.append(
            numpy_helper.from_array(np.round(values / scales).astype(np.int8), f"{table.name}.int8")
        )
        model.graph.initializer.append(numpy_helper.from_array(scales.astype(np.float32), f"{table.name}.scale"))
        model.graph.initializer.remove(table)
        places, out = node.input[1], node.output[0]
        nodes += [
            onnx.helper.make_node("Gather", [f"{table.name}.int8", places], [f"{out}.rows"], f"{node.name}.rows"),
            onnx.helper.make_node(
                "Cast", [f"{out}.rows"], [f"{out}.cast"], f"{node.name}.cast", to=onnx.TensorProto.FLOAT
            ),
            onnx.helper.make_node("Gather", [f"{table.name}.scale", places], [f"{out}.scale"], f"{node.name}.scale"),
            onnx.helper.make_node("Mul", [f"{out}.cast", f"{out}.scale"], [out], f"{node.name}.mul"),
        ]
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def short_numbers(model: onnx.ModelProto) -> list[Any]:
    """The graph's nodes with every look-up of row numbers in 16 bits, which is all that ``Shape.grams`` needs."""
    tables = {item.name: item for item in model.graph.initializer}
    nodes = []
    for node in model.graph.node:
        table = tables.get(node.input[0]) if node.op_type == "Gather" else None
        if table is None or table.data_type != onnx.TensorProto.INT32 or table.dims[0] <= _LARGE:
            nodes.append(node)
            continue
        short, out = f"{table.name}.uint16", node.output[0]
        model.graph.initializer.append(numpy_helper.from_array(numpy_helper.to_array(table).astype(np.uint16), short))
        model.graph.initializer.remove(table)
        nodes += [
            onnx.helper.make_node("Gather", [short, node.input[1]], [f"{out}.short"], f"{node.name}.rows"),
            onnx.helper.make_node("Cast", [f"{out}.short"], [out], f"{node.name}.cast", to=onnx.TensorProto.INT32),
        ]
    return nodes
