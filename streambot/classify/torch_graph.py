"""The model's graph run by torch, so that a GPU can do the work: ONNX nodes carried out one by one.

Only the operators that our own graphs have are known (those of ``streambot train``); their meaning is that of the ONNX
operator set 17. On a GPU matrices are multiplied in half precision, everything else is float32.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch.nn import functional

from streambot.classify.device import torch_device
from streambot.classify.onnx import OnnxRuntime
from streambot.classify.session import Named

Attributes = Mapping[str, Any]
Operator = Callable[..., Any]

_TYPES: Final = {
    onnx.TensorProto.FLOAT: torch.float32,
    onnx.TensorProto.FLOAT16: torch.float32,
    onnx.TensorProto.INT32: torch.int32,
    onnx.TensorProto.INT64: torch.int64,
    onnx.TensorProto.BOOL: torch.bool,
}
_SMALL: Final = 16
"""Whole numbers up to so many stay on the CPU: they are shapes and axes, which are asked for on that side."""


class TorchRuntime(OnnxRuntime):
    """A model folder, loaded into torch; everything around the graph is as in :class:`OnnxRuntime`.

    ``device`` is auto (a GPU if there is one), cpu, cuda, cuda:1 …
    """

    def __init__(self, folder: Path, *, threads: int = 1, device: str = "auto") -> None:
        """Load and check ``folder``. Raises ConfigError as OnnxRuntime does, or if there is no such GPU."""
        self._device: Final = torch_device(device)
        super().__init__(folder, threads=threads)

    def _open(self, graph: Path, threads: int) -> tuple[str, Graph]:
        torch.set_num_threads(threads)
        return f"torch-{self._device.type}", Graph(graph, self._device)


class Step(NamedTuple):
    """One node: what it does, with which attributes, to which values, and what the results are called."""

    operator: Operator
    attributes: Attributes
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


class Graph:
    """A :class:`streambot.classify.session.Session` on a device."""

    def __init__(self, path: Path, device: Any) -> None:
        """Read ``path`` and work out what does not depend on the input. Raises ValueError for an unknown operator."""
        model = onnx.load(str(path))
        self._device = device
        self._constants = {item.name: self._placed(numpy_helper.to_array(item)) for item in model.graph.initializer}
        # An input that a node leaves out has no name.
        self._constants[""] = None
        self._inputs = [Named(each.name) for each in model.graph.input if each.name not in self._constants]
        self._outputs = [Named(each.name) for each in model.graph.output]
        self._steps: list[Step] = []
        for node in model.graph.node:
            attributes = {each.name: onnx.helper.get_attribute_value(each) for each in node.attribute}
            if node.op_type == "Constant":
                self._constants[node.output[0]] = self._placed(numpy_helper.to_array(attributes["value"]))
                continue
            if node.op_type not in OPERATORS:
                raise ValueError(f"torch does not know how to run {node.op_type}")
            step = Step(OPERATORS[node.op_type], attributes, tuple(node.input), tuple(node.output))
            if all(name in self._constants for name in step.inputs):
                _carry_out(step, self._constants)
            else:
                self._steps.append(step)

    def get_inputs(self) -> Sequence[Named]:
        """See ``session.Session``."""
        return self._inputs

    def get_outputs(self) -> Sequence[Named]:
        """See ``session.Session``."""
        return self._outputs

    def run(self, names: Sequence[str], feed: Mapping[str, NDArray[Any]]) -> list[NDArray[Any]]:
        """See ``session.Session``."""
        values = dict(self._constants)
        values.update((name, torch.from_numpy(array).to(self._device)) for name, array in feed.items())
        with torch.inference_mode():
            for step in self._steps:
                _carry_out(step, values)
        return [values[name].cpu().numpy() for name in names]

    def _placed(self, array: NDArray[Any]) -> Any:
        if array.dtype == np.float16:
            array = array.astype(np.float32)
        if array.dtype == np.uint16:
            # torch cannot look up by it.
            array = array.astype(np.int32)
        tensor = torch.from_numpy(np.array(array))
        return tensor if array.size <= _SMALL and array.dtype.kind == "i" else tensor.to(self._device)


def _carry_out(step: Step, values: dict[str, Any]) -> None:
    made = step.operator(step.attributes, *(values[name] for name in step.inputs))
    values.update(zip(step.outputs, made if isinstance(made, tuple | list) else (made,), strict=True))


def _beside(one: Any, other: Any) -> tuple[Any, Any]:
    """Both on one device: what is small joins what is not."""
    if one.device == other.device:
        return one, other
    return (one.to(other.device), other) if one.device.type == "cpu" else (one, other.to(one.device))


def _both(operation: Callable[[Any, Any], Any]) -> Operator:
    return lambda _attributes, one, other: operation(*_beside(one, other))


def _each(operation: Callable[[Any], Any]) -> Operator:
    return lambda _attributes, value: operation(value)


def _divide(one: Any, other: Any) -> Any:
    return one / other if one.is_floating_point() else torch.div(one, other, rounding_mode="trunc")


def _multiply(one: Any, other: Any) -> Any:
    half = torch.bfloat16 if one.device.type == "cuda" and torch.cuda.is_bf16_supported() else one.dtype
    return (one.to(half) @ other.to(half)).to(one.dtype)


def _linear(given: Attributes, value: Any, weight: Any, bias: Any) -> Any:
    weight = weight.transpose(0, 1) if given.get("transB") else weight
    return given.get("alpha", 1.0) * _multiply(value, weight) + given.get("beta", 1.0) * bias


def _look_up(given: Attributes, data: Any, places: Any) -> Any:
    axis = given.get("axis", 0) % data.dim()
    rows = places.to(data.device).long()
    found = data.index_select(axis, rows.reshape(-1) % data.shape[axis])
    return found.reshape((*data.shape[:axis], *places.shape, *data.shape[axis + 1 :]))


def _scaled_back(given: Attributes, value: Any, scale: Any, zero: Any) -> Any:
    """DequantizeLinear: one scale for all, or one for each place along an axis."""
    if scale.dim() == 1 and len(scale) > 1:
        shape = [1] * value.dim()
        shape[given.get("axis", 1)] = -1
        scale, zero = scale.reshape(shape), zero.reshape(shape)
    return (value.float() - zero.to(value.device).float()) * scale.to(value.device)


def _rounded(_given: Attributes, value: Any, scale: Any, zero: Any) -> Any:
    """QuantizeLinear, its result left in float32: only :func:`_scaled_back` reads it."""
    limits = torch.iinfo(zero.dtype)
    zero = zero.to(value.device)
    return ((value / scale.to(value.device)).round() + zero.float()).clamp(limits.min, limits.max)


def _normalised(given: Attributes, value: Any, weight: Any, bias: Any) -> Any:
    return functional.layer_norm(value, weight.shape, weight, bias, given.get("epsilon", 1e-5))


def _summed(given: Attributes, value: Any, axes: Any) -> Any:
    return value.sum(dim=axes.tolist(), keepdim=bool(given.get("keepdims", 1)))


def _highest(given: Attributes, value: Any) -> Any:
    return value.amax(dim=given["axes"], keepdim=bool(given.get("keepdims", 1)))


def _length(given: Attributes, value: Any) -> Any:
    return torch.linalg.vector_norm(value, dim=given["axes"], keepdim=bool(given.get("keepdims", 1)))


def _shaped(_given: Attributes, value: Any, shape: Any) -> Any:
    return value.reshape([size or value.shape[place] for place, size in enumerate(shape.tolist())])


def _widened(_given: Attributes, value: Any, axes: Any) -> Any:
    rank = value.dim() + len(axes)
    for axis in sorted(axis % rank for axis in axes.tolist()):
        value = value.unsqueeze(axis)
    return value


def _clamped(_given: Attributes, value: Any, low: Any, high: Any = None) -> Any:
    return value.clamp(*(None if limit is None else limit.item() for limit in (low, high)))


def _joined(given: Attributes, *values: Any) -> Any:
    place = next((value.device for value in values if value.device.type != "cpu"), values[0].device)
    return torch.cat([value.to(place) for value in values], dim=given["axis"])


OPERATORS: Final[Mapping[str, Operator]] = {
    "Add": _both(torch.add),
    "Cast": lambda given, value: value.to(_TYPES[given["to"]]),
    "Clip": _clamped,
    "Concat": _joined,
    "DequantizeLinear": _scaled_back,
    "Div": _both(_divide),
    "Erf": _each(torch.erf),
    "Expand": lambda _given, value, shape: value.expand(torch.broadcast_shapes(value.shape, shape.tolist())),
    "Gather": _look_up,
    "Gemm": _linear,
    "LayerNormalization": _normalised,
    "MatMul": _both(_multiply),
    "Mul": _both(torch.mul),
    "Pow": _both(torch.pow),
    "QuantizeLinear": _rounded,
    "Range": lambda _given, first, end, step: torch.arange(first.item(), end.item(), step.item()),
    "ReduceL2": _length,
    "ReduceMax": _highest,
    "ReduceSum": _summed,
    "Reshape": _shaped,
    "Shape": lambda _given, value: torch.tensor(value.shape),
    "Sigmoid": _each(torch.sigmoid),
    "Softmax": lambda given, value: value.softmax(given.get("axis", -1)),
    "Split": lambda given, value, sizes: value.split(sizes.tolist(), dim=given.get("axis", 0)),
    "Sqrt": _each(torch.sqrt),
    "Squeeze": lambda _given, value, axes: value.squeeze(tuple(axes.tolist())),
    "Sub": _both(torch.sub),
    "Transpose": lambda given, value: value.permute(*given["perm"]),
    "Unsqueeze": _widened,
}
"""By ONNX name: takes the node's attributes, then its inputs."""
