"""Somebody else's encoder under our heads: any encoder that transformers knows, fine-tuned into a model of ours.

Weights are read from safetensors only and no code of the checkpoint's is run. Its own vocabulary is kept.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

import transformers
from tokenizers import Tokenizer
from torch import Tensor, nn

from streambot.core.errors import ConfigError
from streambot.hub import fetched, require_safetensors


class Body(nn.Module):
    """The encoder alone, as ``config`` (its config.json) describes it; token ids in, hidden states out."""

    def __init__(self, config: str) -> None:
        super().__init__()
        stated = json.loads(config)
        kind = transformers.AutoConfig.for_model(stated.pop("model_type"), **stated)
        # Written out, as ours is: the fused kernels do not become ONNX at a fixed opset.
        self.encoder: Any = transformers.AutoModel.from_config(kind, attn_implementation="eager")

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Hidden states [batch, tokens, width]."""
        hidden: Tensor = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        return hidden


def folder_of(base: str, revision: str) -> Path:
    """The folder of a checkpoint named by folder, or on the hub with a pinned ``revision``. Raises ConfigError."""
    here = Path(base)
    if not here.is_dir():
        if not revision:
            raise ConfigError(
                f"{base} is no folder here, and a name on the hub needs a commit.",
                code="base_revision",
                fix="Add --revision with the commit's 40 digits: a branch or tag may change.",
            )
        here = fetched(base, revision)
    require_safetensors(here)
    return here


def load(folder: Path) -> tuple[dict[str, Tensor], Tokenizer, str]:
    """The encoder's weights, tokenizer and config.json of a checkpoint. Raises ConfigError."""
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(
            folder, use_fast=True, trust_remote_code=False, local_files_only=True
        )
        encoder = transformers.AutoModel.from_pretrained(
            folder, use_safetensors=True, trust_remote_code=False, local_files_only=True, attn_implementation="eager"
        )
    except Exception as error:  # transformers raises whatever the checkpoint's kind of network trips over
        raise ConfigError(
            f"The checkpoint in {folder} cannot be loaded: {' '.join(str(error).split())[:300]}",
            code="base_unreadable",
            fix="It must be an encoder of a kind that transformers knows, with its tokenizer.",
        ) from error
    if not tokenizer.is_fast:
        raise ConfigError(
            f"The tokenizer in {folder} has no fast form, which the runtime needs.",
            code="base_tokenizer",
            fix="Use a checkpoint with a tokenizer.json.",
        )
    pieces: Tokenizer = tokenizer.backend_tokenizer
    pieces.no_padding()
    pieces.no_truncation()
    if len(pieces.encode("a").ids) < 2:
        raise ConfigError(
            f"The tokenizer in {folder} sets no marks at a text's beginning and end; it belongs to a generator.",
            code="base_tokenizer",
            fix="Use an encoder, such as a BERT, RoBERTa, XLM-R or DeBERTa.",
        )
    return encoder.state_dict(), pieces, encoder.config.to_json_string(use_diff=False)
