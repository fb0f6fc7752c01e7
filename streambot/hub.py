"""A checkpoint of the Hugging Face hub on this machine: one pinned commit, fetched once, weights in safetensors."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from streambot.core.errors import ConfigError

FILES: Final = ("*.json", "*.safetensors", "*.txt", "*.model")
"""What is fetched from the hub: no pickled weights, no Python."""


def fetched(name: str, revision: str, *, fetch: bool = True) -> Path:
    """The folder of the pinned commit: from this machine's cache, else from the hub. Raises ConfigError."""
    from huggingface_hub import snapshot_download  # noqa: PLC0415 -- the extra is imported by who uses it

    def found(*, local: bool) -> Path:
        return Path(snapshot_download(name, revision=revision, allow_patterns=list(FILES), local_files_only=local))

    try:
        return found(local=True)
    except (OSError, ValueError) as error:
        if not fetch:
            raise ConfigError(
                f"{name} at {revision[:12]} is not on this machine yet.",
                code="model_not_fetched",
                fix="The next start of `streambot run` fetches it from the hub.",
            ) from error
    try:
        return found(local=False)
    except Exception as error:  # the hub's client raises those of its HTTP library, which has changed before
        reason = " ".join(str(error).split())[:300] or type(error).__name__
        raise ConfigError(
            f"{name} at {revision[:12]} cannot be had from the hub: {reason}",
            code="hub_unreachable",
            fix="Check name, revision and network; or copy the checkpoint's folder here and name it as checkpoint.",
        ) from error


def require_safetensors(folder: Path) -> None:
    """Raise ConfigError if a checkpoint's folder has no weights that are safe to load."""
    if not any(folder.glob("*.safetensors")):
        raise ConfigError(
            f"There are no weights in safetensors in {folder}; pickled ones are not loaded, since they can run code.",
            code="model_unsafe",
            fix="Use a revision with model.safetensors, or convert it where you trust it.",
        )
