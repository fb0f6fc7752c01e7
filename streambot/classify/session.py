"""What a model needs of a loaded graph, whichever library runs it: the few methods of an ONNX Runtime session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from numpy.typing import NDArray


class Named(NamedTuple):
    """An input or output."""

    name: str


class Session(Protocol):
    """A graph, ready to run. Calls may come from any thread."""

    def get_inputs(self) -> Sequence[Named]:
        """What it wants."""
        ...

    def get_outputs(self) -> Sequence[Named]:
        """What it gives."""
        ...

    def run(self, names: Sequence[str], feed: Mapping[str, NDArray[Any]]) -> Sequence[NDArray[Any]]:
        """The outputs of these names for a batch. Raises whatever the library raises."""
        ...
