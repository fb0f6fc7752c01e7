"""The same encoder through the Hugging Face pipeline, one text at a time and in batches, beside our runtime.

The weights are random, which changes nothing about the time they take: the sizes are those that ``streambot train``
gives a network, and the tokenizer is the model's own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any, Final

from tokenizers import Tokenizer

from streambot.bench.figures import Figure, Skipped, median
from streambot.bench.lab import Lab
from streambot.bench.traffic import distinct, slices
from streambot.classify.batcher import SLICE, TAKEN
from streambot.classify.onnx import OnnxRuntime
from streambot.resources import model_folder

BATCHES: Final = (1, SLICE)


async def run(lab: Lab) -> Sequence[Figure]:
    """Texts a second of both on one thread, and how many times faster ours is."""
    absent = [name for name in ("torch", "transformers") if find_spec(name) is None]
    if absent:
        raise Skipped(f"{absent[0]} is not installed; the comparison needs the extra [torch].", code="no_torch")
    folder = model_folder(lab.settings.classifier.model)
    ours = OnnxRuntime(folder, threads=1)
    theirs = _pipeline(str(folder / "tokenizer.json"), ours.manifest.max_tokens, len(ours.manifest.labels))
    texts = [comment.text for comment in distinct(int(lab.pick(1024, SLICE)), seed=lab.seed)]
    figures: list[Figure] = []
    for size in BATCHES:
        parts = list(slices(texts if size > 1 else texts[: len(texts) // 4], size, TAKEN))
        own, other = [], []
        for _ in range(int(lab.pick(5, 1))):
            own.append(_pace(ours.judge, parts))
            other.append(_pace(_batched(theirs, size), parts))
        ratios = [mine / other_ for mine, other_ in zip(own, other, strict=True)]
        figures += [
            Figure(f"Hugging Face, batch {size}", median(other), "/s"),
            Figure(f"streambot, batch {size}", median(own), "/s"),
            Figure(f"batch {size}: faster", median(ratios), "times"),
        ]
    return figures


def _batched(judge: Any, size: int) -> Callable[[Sequence[str]], object]:
    return lambda texts: judge(list(texts), batch_size=size)


def _pace(judge: Callable[[Sequence[str]], object], parts: Sequence[Sequence[str]]) -> float:
    judge(parts[0])
    began = time.perf_counter()
    for part in parts:
        judge(part)
    return sum(map(len, parts)) / (time.perf_counter() - began)


def _pipeline(tokenizer: str, tokens: int, labels: int) -> Any:
    # The extra is imported by who asks for it.
    import torch  # noqa: PLC0415
    import transformers as hf  # noqa: PLC0415

    from streambot.training.model import Shape  # noqa: PLC0415

    torch.set_num_threads(1)
    torch.manual_seed(0)
    padding = Tokenizer.from_file(tokenizer).id_to_token(0)
    words = hf.PreTrainedTokenizerFast(tokenizer_file=tokenizer, model_max_length=tokens, pad_token=padding)
    shape = Shape()
    network = hf.BertForSequenceClassification(
        hf.BertConfig(
            vocab_size=len(words),
            hidden_size=shape.width,
            num_hidden_layers=shape.layers,
            num_attention_heads=shape.heads,
            intermediate_size=shape.inner,
            max_position_embeddings=tokens,
            num_labels=labels,
            problem_type="multi_label_classification",
        )
    ).eval()
    return hf.pipeline("text-classification", model=network, tokenizer=words, top_k=None, truncation=True, device="cpu")
