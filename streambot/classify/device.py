"""Where torch computes."""

from __future__ import annotations

from typing import Any

import torch

from streambot.core.errors import ConfigError


def torch_device(wanted: str) -> Any:
    """The device of that name; ``auto`` is a GPU if there is one. Raises ConfigError."""
    if wanted == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    device = torch.device(wanted)
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise ConfigError(
            f"classifier.device is {wanted!r}, but torch sees {torch.cuda.device_count() or 'no'} GPU here.",
            code="no_gpu",
            fix='Set classifier.device to "auto" or "cpu", or install a torch that is built for this GPU.',
        )
    return device
