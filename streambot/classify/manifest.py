"""What a model folder says about itself: labels, limits, thresholds, where it came from, and the hash of every file.

A model is a folder ``models/<name>/`` of ``manifest.toml``, ``tokenizer.json`` and ``model.onnx``. The manifest is
the contract between training and every runtime: whoever loads the folder trusts nothing that it does not state.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from streambot.core.errors import ConfigError
from streambot.core.labels import LANGUAGES, Intent, Label

MANIFEST: Final = "manifest.toml"
REQUIRED_FILES: Final = ("model.onnx", "tokenizer.json")
NEVER: Final = 1.01
"""A threshold that no score reaches: this label is never acted on by the model alone."""

Level = Literal["hide", "review"]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Per level, the score from which a label counts: a ``default`` and, where measured, one per language."""

    hide: Mapping[str, float]
    review: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Manifest:
    """A checked model folder.

    ``max_tokens`` and ``overlap`` are tokens of one window, ``max_windows`` how many are read of a long comment,
    ``embedding`` the dimensions of the embedding. ``labels``, ``intents`` and ``languages`` name the columns of
    the outputs, in order. ``provenance`` is for people: nothing decides by it.
    """

    folder: Path
    name: str
    version: str
    max_tokens: int
    overlap: int
    max_windows: int
    embedding: int
    labels: tuple[Label, ...]
    intents: tuple[Intent, ...]
    languages: tuple[str, ...]
    thresholds: Mapping[Label, Thresholds]
    provenance: Mapping[str, Any]

    def threshold(self, label: Label, language: str, level: Level) -> float:
        """The score from which ``label`` counts at this level in ``language``, or in general if none is stated."""
        stated = self.thresholds[label].hide if level == "hide" else self.thresholds[label].review
        return stated.get(language, stated["default"])


def load_manifest(folder: Path) -> Manifest:
    """Read and check a model folder, the hash of every file included. Raises ConfigError."""
    path = folder / MANIFEST
    try:
        document = _Document.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise ConfigError(
            f"There is no model in {folder}: {MANIFEST} is missing.",
            code="model_missing",
            fix="Name a folder that `streambot train` wrote, or reinstall streambot to get the bundled model.",
        ) from None
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be read: {error.strerror}.", code="model_unreadable", fix="Check its permissions."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not TOML: {error}.", code="model_manifest", fix=_RESTORE) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the document"
        raise ConfigError(f"{path}: {where}: {first['msg']}.", code="model_manifest", fix=_RESTORE) from None
    for name, stated in document.files.items():
        _check_file(folder / name, stated)
    return Manifest(
        folder=folder,
        name=document.name,
        version=document.version,
        max_tokens=document.max_tokens,
        overlap=document.overlap,
        max_windows=document.max_windows,
        embedding=document.embedding,
        labels=tuple(document.labels),
        intents=tuple(document.intents),
        languages=tuple(document.languages),
        thresholds={label: Thresholds(entry.hide, entry.review) for label, entry in document.thresholds.items()},
        provenance=document.provenance,
    )


_RESTORE: Final = "Restore the file as it was shipped, or train the model again with `streambot train`."

_Score = Annotated[float, Field(ge=0.0, le=NEVER)]
# Names arrive as strings, so the enums are read laxly; an unknown name is still refused.
_Label = Annotated[Label, Field(strict=False)]
_Intent = Annotated[Intent, Field(strict=False)]
_FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.\-]*$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _File(_Strict):
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    bytes: Annotated[int, Field(gt=0)]


class _Thresholds(_Strict):
    hide: dict[str, _Score]
    review: dict[str, _Score]

    @model_validator(mode="after")
    def _complete(self) -> _Thresholds:
        for level, stated in (("hide", self.hide), ("review", self.review)):
            if "default" not in stated:
                raise ValueError(f"{level} needs a default")
            if unknown := set(stated) - {"default", *LANGUAGES}:
                raise ValueError(f"{level} names the unknown language {min(unknown)!r}")
        return self


class _Document(_Strict):
    format: Literal[1]
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9\-]{0,63}$")]
    version: Annotated[str, Field(min_length=1, max_length=64)]
    max_tokens: Annotated[int, Field(ge=8, le=512)]
    overlap: Annotated[int, Field(ge=0)]
    max_windows: Annotated[int, Field(ge=1, le=64)]
    embedding: Annotated[int, Field(ge=1, le=4096)]
    labels: list[_Label]
    intents: list[_Intent]
    languages: list[str]
    files: dict[_FileName, _File]
    thresholds: dict[_Label, _Thresholds]
    provenance: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _covers_the_taxonomy(self) -> _Document:
        for part, stated, wanted in (
            ("labels", self.labels, tuple(Label)),
            ("intents", self.intents, tuple(Intent)),
            ("languages", self.languages, LANGUAGES),
            ("thresholds", tuple(self.thresholds), tuple(Label)),
        ):
            if len(stated) != len(set(stated)) or set(stated) != set(wanted):
                wrong = min(set(wanted) ^ set(stated), default="one stands there twice")
                raise ValueError(f"{part} must name each of the {len(wanted)} exactly once ({wrong})")
        if self.overlap >= self.max_tokens - 2:
            raise ValueError("overlap must be smaller than a window")
        if missing_files := [name for name in REQUIRED_FILES if name not in self.files]:
            raise ValueError(f"files does not list {missing_files[0]}")
        return self


def _check_file(path: Path, stated: _File) -> None:
    """Hold one file against its stated size and hash. Raises ConfigError."""
    try:
        size = path.stat().st_size
        digest = hashlib.sha256(path.read_bytes()).hexdigest() if size == stated.bytes else ""
    except OSError as error:
        raise ConfigError(
            f"The model's file {path} cannot be read: {error.strerror}.", code="model_missing", fix=_RESTORE
        ) from error
    if digest != stated.sha256:
        raise ConfigError(
            f"{path} is not the file its manifest describes (size or SHA-256 differs).",
            code="model_hash",
            fix=_RESTORE,
        )
