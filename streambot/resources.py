"""Where ``config/…`` and ``models/…`` are: beside the installed package, or in the checkout of an editable install."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from streambot.core.errors import ConfigError
from streambot.nearest import nearest

# The wheel carries both folders under this name (pyproject.toml); a checkout has them beside the package.
_PACKAGE: Final = Path(__file__).parent
_ROOTS: Final = (_PACKAGE / "_bundled", _PACKAGE.parent)
# Lines to train from, never shipped and no model.
_NOT_A_MODEL: Final = "corpus"


def resource(name: str) -> Path:
    """A file or folder that came with streambot, such as ``config/packs/base.toml`` or ``models/live-mini``.

    Raises ConfigError naming the nearest one that is there.
    """
    for root in _ROOTS:
        if name.startswith(("config/", "models/")) and (root / name).exists():
            return root / name
    folder, _, wanted = name.rpartition("/")
    close = nearest(wanted, names(folder))
    raise ConfigError(
        f"there is no {name} in this installation.",
        code="resource_missing",
        fix=f"Did you mean {folder}/{close}?" if close else "Check the name, or reinstall streambot.",
    )


def names(folder: str) -> list[str]:
    """What stands in ``config``, ``config/packs``, ``models`` … of this installation, by name, sorted."""
    for root in _ROOTS:
        if folder.startswith(("config", "models")) and (root / folder).is_dir():
            return sorted(entry.name for entry in (root / folder).iterdir() if entry.name != _NOT_A_MODEL)
    return []


def model_folder(name_or_path: str) -> Path:
    """The folder of a model: a name is a bundled one, anything with a ``/`` a path. Raises ConfigError."""
    if "/" not in name_or_path:
        return resource(f"models/{name_or_path}")
    folder = Path(name_or_path).expanduser()
    if not folder.is_dir():
        raise ConfigError(f"there is no model folder {folder}.", code="model_missing", fix="Check the path.")
    return folder
