"""What a manifest.toml says about somebody else's checkpoint: where it is, and what its labels mean in ours.

The operator writes it. It stands in a folder of its own, beside the checkpoint's files or naming a place on the hub::

    name = "toxic-xlm"
    version = "1"
    checkpoint = "some-org/some-model"            # or a folder; "." is this one
    revision = "0123456789abcdef0123456789abcdef01234567"
    kind = "multi-label"                          # or "single-label": one of its labels holds, by softmax

    [labels.toxic]                                # a label of the checkpoint
    label = "harassment"                          # ours, by LABELS.md
    review = 0.5
    hide = 0.9                                    # without it the model alone never hides for this label
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from streambot.classify.manifest import MANIFEST, NEVER, Level
from streambot.core.errors import ConfigError
from streambot.core.labels import LANGUAGES, Intent, Label
from streambot.nearest import nearest

Precision = Literal["auto", "float32", "bfloat16", "float16"]
Kind = Literal["multi-label", "single-label"]

_COMMIT: Final = re.compile(r"[0-9a-f]{40}")
_WRITE: Final = "README.md shows a manifest for a Hugging Face checkpoint."


@dataclass(frozen=True, slots=True)
class Foreign:
    """A checked manifest of a checkpoint.

    ``checkpoint`` is a folder, or a name on the hub at the commit ``revision``. ``labels`` and ``intents`` map the
    checkpoint's labels to ours. ``language`` is what a text in Latin letters is taken for. ``canonical`` says that
    the model reads texts as our own does, disguises undone and in lower case.
    """

    folder: Path
    name: str
    version: str
    checkpoint: Path | str
    revision: str
    kind: Kind
    precision: Precision
    max_tokens: int
    overlap: int
    max_windows: int
    language: str
    canonical: bool
    labels: Mapping[str, Label]
    intents: Mapping[str, Intent]
    thresholds: Mapping[Label, tuple[float, float]]

    def threshold(self, label: Label, language: str, level: Level) -> float:  # noqa: ARG002 - the same in all
        """See ``core.pack.Thresholds``; a label that the checkpoint does not know never counts."""
        review, hide = self.thresholds.get(label, (NEVER, NEVER))
        return hide if level == "hide" else review


def load_foreign(folder: Path) -> Foreign:
    """Read and check the manifest in ``folder``. Raises ConfigError."""
    path = folder / MANIFEST
    try:
        stated = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.", code="model_missing", fix=_WRITE) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not TOML: {error}.", code="model_manifest", fix="Correct the file.") from error
    try:
        document = _Document.model_validate(stated)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"] if part != "[key]") or "the document"
        close = nearest(str(first["input"]), [*Label, *Intent]) if first["type"] == "enum" else None
        fix = f"Did you mean {close}?" if close else _WRITE
        raise ConfigError(f"{path}: {where}: {first['msg']}.", code="model_manifest", fix=fix) from None
    thresholds: dict[Label, tuple[float, float]] = {}
    for entry in document.labels.values():
        thresholds.setdefault(entry.label, (entry.review, entry.hide))
    return Foreign(
        folder=folder,
        name=document.name,
        version=document.version,
        checkpoint=document.checkpoint if document.revision else folder / document.checkpoint,
        revision=document.revision,
        kind=document.kind,
        precision=document.precision,
        max_tokens=document.max_tokens,
        overlap=document.overlap,
        max_windows=document.max_windows,
        language=document.language,
        canonical=document.canonical,
        labels={theirs: entry.label for theirs, entry in document.labels.items()},
        intents=dict(document.intents),
        thresholds=thresholds,
    )


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Mapped(_Strict):
    # Names arrive as strings, so the enums are read laxly; an unknown name is still refused.
    label: Annotated[Label, Field(strict=False)]
    review: Annotated[float, Field(gt=0.0, le=1.0)]
    hide: Annotated[float, Field(gt=0.0, le=NEVER)] = NEVER

    @model_validator(mode="after")
    def _climbs(self) -> _Mapped:
        if self.hide < self.review:
            raise ValueError("hide must not be lower than review")
        return self


class _Document(_Strict):
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9\-]{0,63}$")]
    version: Annotated[str, Field(min_length=1, max_length=64)]
    checkpoint: Annotated[str, Field(min_length=1)]
    revision: str = ""
    kind: Kind
    precision: Precision = "auto"
    max_tokens: Annotated[int, Field(ge=8, le=8192)] = 128
    overlap: Annotated[int, Field(ge=0)] = 16
    max_windows: Annotated[int, Field(ge=1, le=64)] = 8
    language: Literal[LANGUAGES] = "other"  # type: ignore[valid-type]
    canonical: bool = True
    labels: dict[str, _Mapped] = Field(default_factory=dict)
    intents: dict[str, Annotated[Intent, Field(strict=False)]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _is_whole(self) -> _Document:
        if self.revision and not _COMMIT.fullmatch(self.revision):
            raise ValueError("revision must be a commit of 40 hexadecimal digits: a branch or tag may change")
        if not self.labels and not self.intents:
            raise ValueError("it needs [labels.THEIRS] tables or an [intents] table")
        if twice := self.labels.keys() & self.intents.keys():
            raise ValueError(f"{min(twice)!r} cannot be both a label and an intent")
        if self.overlap >= self.max_tokens // 2:
            raise ValueError("overlap must be smaller than half a window")
        levels: dict[Label, tuple[float, float]] = {}
        for entry in self.labels.values():
            if levels.setdefault(entry.label, (entry.review, entry.hide)) != (entry.review, entry.hide):
                raise ValueError(f"all that mean {entry.label} need the same review and hide")
        return self
