"""Any Hugging Face sequence-classification checkpoint as the model, on a CPU or a GPU.

Only weights in safetensors are read, and no code of the checkpoint's is ever run. From the hub one pinned commit is
fetched once; after that no network is needed. What the checkpoint's labels mean says the operator's manifest
(``streambot.classify.foreign``).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

import numpy as np
from numpy.typing import NDArray

from streambot.classify.foreign import Foreign, Kind, load_foreign
from streambot.classify.script import script_of
from streambot.core.canonical import VISIBLE_LIMIT
from streambot.core.errors import ClassifierError, ConfigError
from streambot.core.labels import Intent, Label
from streambot.core.verdict import Judgement
from streambot.core.views import canonical
from streambot.hub import fetched, require_safetensors
from streambot.nearest import nearest

SLICE: Final = 64
"""Windows run at once."""
_NEEDS: Final = ("torch", "transformers", "safetensors")

Floats = NDArray[np.float64]


class HuggingFaceModel:
    """A folder with a manifest of somebody else's checkpoint, loaded.

    ``threads`` is what one call may use on a CPU; ``device`` is auto (a GPU if there is one), cpu, cuda, cuda:1 …
    ``fetch``: whether what is not on this machine may be fetched from the hub. Calls may come from any thread, one at a
    time.
    """

    def __init__(self, folder: Path, *, threads: int = 1, device: str = "auto", fetch: bool = True) -> None:
        """Load and check. Raises ConfigError if something is missing, unreachable, unsafe or does not fit."""
        self.manifest: Final[Foreign] = load_foreign(folder)
        for name in _NEEDS:
            if find_spec(name) is None:
                raise ConfigError(
                    f'classifier.backend = "huggingface" needs {name}, which is not installed.',
                    code="no_torch",
                    fix="Install it with: pip install torch==2.13.0 'streambot[torch]'.",
                )
        # The extra is imported by who uses it.
        import torch  # noqa: PLC0415

        from streambot.classify.device import torch_device  # noqa: PLC0415

        torch.set_num_threads(threads)
        self._torch: Any = torch
        self._device: Any = torch_device(device)
        stated = self.manifest.precision
        precision = _best_precision(torch, self._device) if stated == "auto" else stated
        place = self.manifest.checkpoint
        here = place if isinstance(place, Path) else fetched(place, self.manifest.revision, fetch=fetch)
        self._tokenizer, network = _load(here, torch, precision)
        self._network: Any = network.to(self._device).eval()
        self._columns = self._matched(dict(network.config.id2label))
        limits = (self.manifest.max_tokens, self._tokenizer.model_max_length, _positions(network.config))
        self._tokens: Final = min(limit for limit in limits if limit)
        self.name: Final = f"{self.manifest.name}@{self.manifest.version}/torch-{self._device.type}-{precision}"

    def judge(self, texts: Sequence[str]) -> list[Judgement]:
        """Judge texts, in order. Blocks; call it from a worker thread. Raises ClassifierError for the whole batch."""
        if not texts:
            return []
        read = [self._reading(text) for text in texts]
        windows, owners = self._windows(read)
        scores = self._scores(windows)
        return [self._judgement(text, scores[owners == number]) for number, text in enumerate(read)]

    def _reading(self, text: str) -> str:
        if self.manifest.canonical:
            return canonical(text)
        return text[:VISIBLE_LIMIT].encode("utf-8", "replace").decode()

    def _windows(self, texts: Sequence[str]) -> tuple[list[list[int]], NDArray[np.int64]]:
        """Windows of tokens, each between the marks that the model wants, and which text each is of."""
        read = self._tokenizer(
            list(texts),
            truncation=True,
            max_length=self._tokens,
            stride=min(self.manifest.overlap, self._tokens // 2 - 1),
            return_overflowing_tokens=True,
            return_attention_mask=False,
            return_token_type_ids=False,
        )
        windows: list[list[int]] = []
        owners: list[int] = []
        seen: dict[int, int] = {}
        for ids, owner in zip(read["input_ids"], read["overflow_to_sample_mapping"], strict=True):
            seen[owner] = seen.get(owner, 0) + 1
            if seen[owner] <= self.manifest.max_windows:
                # A tokenizer that sets no marks makes nothing of an empty text.
                windows.append(ids or [self._tokenizer.pad_token_id])
                owners.append(owner)
        return windows, np.array(owners, dtype=np.int64)

    def _scores(self, windows: Sequence[list[int]]) -> Floats:
        """Probabilities [windows, the checkpoint's labels], in order; neighbours in length share a slice."""
        torch = self._torch
        order = sorted(range(len(windows)), key=lambda index: len(windows[index]))
        scores = np.empty((len(windows), self._network.config.num_labels), dtype=np.float64)
        for start in range(0, len(order), SLICE):
            rows = order[start : start + SLICE]
            padded = self._tokenizer.pad({"input_ids": [windows[row] for row in rows]}, return_tensors="pt")
            try:
                with torch.inference_mode():
                    logits = self._network(**padded.to(self._device)).logits.double().cpu().numpy()
            except RuntimeError as error:  # out of memory, a lost GPU, a text that the network cannot take
                raise ClassifierError(f"The model failed on a batch: {error}.", code="model_failed") from error
            if not np.isfinite(logits).all():
                raise ClassifierError("The model gave a score that is no number.", code="model_not_finite")
            scores[rows] = probabilities(logits, self.manifest.kind)
        return scores

    def _judgement(self, text: str, scores: Floats) -> Judgement:
        """A text's judgement from the scores of its windows: the highest for labels, the first for the intent."""
        labels = dict.fromkeys(Label, 0.0)
        for label, columns in self._columns[0].items():
            # One of several classes holds, so what they mean together adds up.
            single = self.manifest.kind == "single-label"
            each = scores[:, columns].sum(axis=1) if single else scores[:, columns].max(axis=1)
            labels[label] = round(min(float(each.max()), 1.0), 4)
        intents = {intent: float(scores[0, columns].max()) for intent, columns in self._columns[1].items()}
        intent = max(intents, key=lambda each: intents[each], default=Intent.CHITCHAT)
        script = script_of(text)
        language = self.manifest.language if script == "latin" else script
        return Judgement(
            labels=labels,
            intent=intent,
            intent_score=intents.get(intent, 0.0),
            language=language,
            language_score=0.0 if script == "latin" else 1.0,
            model=self.name,
        )

    def _matched(self, theirs: dict[int, str]) -> tuple[dict[Label, list[int]], dict[Intent, list[int]]]:
        """The checkpoint's columns by our names. Raises ConfigError for a label that it does not have."""
        places = {name: int(place) for place, name in theirs.items()}
        for name in (*self.manifest.labels, *self.manifest.intents):
            if name not in places:
                close = nearest(name, places)
                raise ConfigError(
                    f"The checkpoint of {self.manifest.name} has no label {name!r}; it has "
                    f"{', '.join(sorted(places)[:20])}.",
                    code="model_labels",
                    fix=f"Did you mean {close}?" if close else "Name its labels as its config.json does.",
                )
        labels: dict[Label, list[int]] = {}
        for name, label in self.manifest.labels.items():
            labels.setdefault(label, []).append(places[name])
        intents: dict[Intent, list[int]] = {}
        for name, intent in self.manifest.intents.items():
            intents.setdefault(intent, []).append(places[name])
        return labels, intents


def probabilities(logits: Floats, kind: Kind) -> Floats:
    """A sigmoid each where several labels may hold, else a softmax over all."""
    if kind == "multi-label":
        return 1.0 / (1.0 + np.exp(-np.clip(logits, -500.0, 500.0)))
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    softmax: Floats = weights / weights.sum(axis=1, keepdims=True)
    return softmax


def _best_precision(torch: Any, device: Any) -> str:
    """Half on a GPU; on a CPU full, since only some are faster with less."""
    if device.type != "cuda":
        return "float32"
    return "bfloat16" if torch.cuda.is_bf16_supported() else "float16"


def _load(folder: Path, torch: Any, precision: str) -> tuple[Any, Any]:
    """The tokenizer and the network in a folder. Raises ConfigError."""
    require_safetensors(folder)
    import transformers  # noqa: PLC0415

    # Its advice is for people who train, and a bar for something that takes a second would stand in the log.
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(
            folder, use_fast=True, trust_remote_code=False, local_files_only=True
        )
        network = transformers.AutoModelForSequenceClassification.from_pretrained(
            folder,
            use_safetensors=True,
            trust_remote_code=False,
            local_files_only=True,
            dtype=getattr(torch, precision),
        )
    except Exception as error:  # transformers raises whatever the checkpoint's kind of network trips over
        raise ConfigError(
            f"The checkpoint in {folder} cannot be loaded: {' '.join(str(error).split())[:300]}",
            code="model_unreadable",
            fix="It must be a sequence classifier of a kind that transformers knows, with its tokenizer.",
        ) from error
    if not tokenizer.is_fast:
        raise ConfigError(
            f"The tokenizer in {folder} has no fast form, which reading long comments in windows needs.",
            code="model_tokenizer",
            fix="Use a checkpoint with a tokenizer.json.",
        )
    if tokenizer.pad_token_id is None:
        # Generators never pad; what stands behind a text's end is not looked at.
        tokenizer.pad_token = tokenizer.eos_token or tokenizer.unk_token
    network.config.pad_token_id = tokenizer.pad_token_id
    return tokenizer, network


def _positions(config: Any) -> int | None:
    """The tokens that the network has places for, where it says so; RoBERTa's kind keeps two of them for itself."""
    places = getattr(config, "max_position_embeddings", None)
    if places is None:
        return None
    return int(places) - (2 if "roberta" in config.model_type or config.model_type == "camembert" else 0)
