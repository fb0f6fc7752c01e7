"""What decides a training run besides the rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from streambot.training.model import Shape


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides a run besides the rows. ``minutes`` limits the steps, not tokenizer and export.

    ``base`` is what the encoder starts from: the ``model.safetensors`` that ``base.begin`` takes; or the scratch folder
    of an earlier run, whose tokenizer it then keeps; or the folder of any encoder that transformers knows, or its name
    on the hub with the commit ``revision``. ``teacher`` is such a ``model.safetensors``, for the embedding
    (see ``teacher.places``). ``masked_share`` 1 trains nothing but the guessing of tokens.
    """

    shape: Shape = field(default_factory=Shape)
    base: str = ""
    revision: str = ""
    teacher: Path | None = None
    seed: int = 7
    epochs: float = 5.0
    minutes: float = 28.0
    masked_share: float = 0.0
    batch: int = 64
    learning_rate: float = 3e-4
    own_share: float = 0.75
    threads: int = 2
    half: bool = True
