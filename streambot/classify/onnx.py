"""The shipped runtime: int8 ONNX on one CPU thread.

Texts are read as ``canonical`` reads them, the same function that training uses. A comment longer than one window is
read in overlapping windows, a long one once more in narrow ones, and each label takes its highest score, so that no
padding hides anything. A disguised text is read once more as it was meant (``undisguised``), for the labels alone: what
it asks is in what was typed.
"""

from __future__ import annotations

import math
import os
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from streambot.classify.manifest import Manifest, load_manifest
from streambot.classify.script import script_of
from streambot.classify.session import Session
from streambot.core.errors import ClassifierError, ConfigError
from streambot.core.grams import hashed_grams
from streambot.core.undisguised import undisguised
from streambot.core.verdict import Judgement
from streambot.core.views import canonical
from streambot.core.windows import doubted, narrow, spread

SLICE: Final = 64
"""Windows run at once: beyond it padding costs more than batching gains (ENGINE.md A1)."""
GRAMS: Final = "grams"
"""The graph's input for the wide branch; a graph without one reads tokens only."""
OUTPUTS: Final = ("label_scores", "intent_scores", "language_scores", "embedding")

Floats = NDArray[np.float32]


class Window(NamedTuple):
    """A stretch of a text that is read at once: its tokens, for the encoder, and its characters, for the n-grams."""

    ids: list[int]
    text: str
    is_narrow: bool = False


class OnnxRuntime:
    """A model folder, loaded. Calls may come from any thread; ``threads`` is what one call may use."""

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        """Load and check ``folder``. Raises ConfigError if a file is missing, changed, or not such a model."""
        self.manifest: Final[Manifest] = load_manifest(folder)
        try:
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            library, self._session = self._open(folder / "model.onnx", threads)
        except Exception as error:  # these libraries raise bare or private exceptions for a file they cannot read
            raise ConfigError(
                f"The model in {folder} cannot be loaded: {error}.",
                code="model_unreadable",
                fix="Train it again with `streambot train`, or reinstall streambot to get the bundled model.",
            ) from error
        self.name: Final = f"{self.manifest.name}@{self.manifest.version}/{library}"
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._reads_grams: Final = GRAMS in {given.name for given in self._session.get_inputs()}
        missing = set(OUTPUTS) - {output.name for output in self._session.get_outputs()}
        if missing:
            raise ConfigError(
                f"The model in {folder} has no output {min(missing)!r}.",
                code="model_outputs",
                fix="Export it again with `streambot train`.",
            )

    def _open(self, graph: Path, threads: int) -> tuple[str, Session]:
        """What the runtime is called in the log, and the graph, ready to run; a subclass may take another library."""
        providers = ["CPUExecutionProvider"]
        return "onnxruntime", onnxruntime.InferenceSession(str(graph), _options(threads), providers=providers)

    def judge(self, texts: Sequence[str]) -> list[Judgement]:
        """Judge texts, in order. Blocks; call it from a worker thread. Raises ClassifierError for the whole batch."""
        read = [canonical(text) for text in texts]
        meant = {row: plain for row, text in enumerate(read) if (plain := undisguised(text)) != text}
        both = [*read, *meant.values()]
        windows: list[Window] = []
        firsts: list[int] = []
        for text, encoding in zip(both, self._tokenizer.encode_batch_fast(both), strict=True):
            firsts.append(len(windows))
            windows.extend(self._windows(text, encoding.ids))
        if not windows:
            return []
        labels, intents, languages, embeddings = self._run(windows)
        if len(windows) > len(both):
            ends = [*firsts[1:], len(windows)]
            close = [window.is_narrow for window in windows]
            labels[close] = doubted(labels[close])
            labels = np.maximum.reduceat(labels, firsts)
            languages = np.stack([languages[a:b].mean(axis=0) for a, b in zip(firsts, ends, strict=True)])
            intents, embeddings = intents[firsts], embeddings[firsts]
        if meant:
            typed, rows = len(read), list(meant)
            labels[rows] = np.maximum(labels[rows], labels[typed:])
            labels, intents, languages, embeddings = (of[:typed] for of in (labels, intents, languages, embeddings))
        # Out of numpy at once: a call of its costs about as much for one row as for all.
        rounded = labels.astype(np.float64).round(4)
        each = zip(read, rounded.tolist(), intents.tolist(), languages.tolist(), embeddings, strict=True)
        return [self._judgement(*row) for row in each]

    def _judgement(
        self, text: str, labels: list[float], intents: list[float], languages: list[float], embedding: Floats
    ) -> Judgement:
        language, language_score = self._language(text, languages)
        intent_score = max(intents)
        return Judgement(
            labels=dict(zip(self.manifest.labels, labels, strict=True)),
            intent=self.manifest.intents[intents.index(intent_score)],
            intent_score=intent_score,
            language=language,
            language_score=language_score,
            embedding=array("f", embedding.tobytes()),
            model=self.name,
        )

    def _windows(self, text: str, ids: list[int]) -> Iterator[Window]:
        """The wide windows of the manifest and the narrow ones, each between the text's first and last token (the
        start and end marks).
        """
        of = self.manifest
        fits = len(ids) <= of.max_tokens
        if fits:
            yield Window(ids, text)
        tokens = len(ids) - 2
        wide = [] if fits else list(spread(tokens, of.max_tokens - 2, of.overlap, of.max_windows))
        spans = [*wide, *narrow(tokens)]
        if not spans:
            return
        # Read again for the places of the tokens, which the fast reading of a batch leaves out.
        places = self._tokenizer.encode(text).offsets[1:-1]
        first, last, body = ids[0], ids[-1], ids[1:-1]
        for number, (start, end) in enumerate(spans):
            characters = text[places[start][0] : places[end - 1][1]]
            yield Window([first, *body[start:end], last], characters, is_narrow=number >= len(wide))

    def _run(self, windows: Sequence[Window]) -> Sequence[Floats]:
        """Scores of every window, in the windows' order; neighbours in length share a slice and its padding."""
        if len(windows) == 1:
            return self._outputs(windows)
        order = sorted(range(len(windows)), key=lambda index: len(windows[index].ids))
        slices = [
            self._outputs([windows[index] for index in order[start : start + SLICE]])
            for start in range(0, len(order), SLICE)
        ]
        places = np.argsort(order)
        return [np.concatenate(parts)[places] for parts in zip(*slices, strict=True)]

    def _outputs(self, windows: Sequence[Window]) -> Sequence[Floats]:
        """The graph's ``OUTPUTS`` for one slice."""
        try:
            outputs = self._session.run(OUTPUTS, self._feed(windows))
        except Exception as error:  # onnxruntime's exceptions are private classes, one per status code
            raise ClassifierError(f"The model failed on a batch: {error}.", code="model_failed") from error
        # One score that is no number makes their sum of squares none; quicker than to ask each.
        if not all(math.isfinite(np.vdot(output, output)) for output in outputs):
            raise ClassifierError("The model gave a score that is no number.", code="model_not_finite")
        return outputs

    def _feed(self, windows: Sequence[Window]) -> dict[str, NDArray[Any]]:
        """One slice as the graph's inputs, padded to its own longest."""
        lengths = [len(window.ids) for window in windows]
        longest = max(lengths)
        padded = [window.ids + [0] * (longest - length) for window, length in zip(windows, lengths, strict=True)]
        mask = [[1] * length + [0] * (longest - length) for length in lengths]
        feed: dict[str, NDArray[Any]] = {
            "input_ids": np.array(padded, dtype=np.int64),
            "attention_mask": np.array(mask, dtype=np.int64),
        }
        if self._reads_grams:
            feed[GRAMS] = hashed_grams([window.text for window in windows])
        return feed

    def _language(self, text: str, scores: list[float]) -> tuple[str, float]:
        """The language and how sure: the script decides where it can, the model among the languages of its script."""
        script = script_of(text)
        if script in self.manifest.languages:
            return script, 1.0
        best = max(scores)
        return self.manifest.languages[scores.index(best)], best


def _options(threads: int) -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    # Spinning threads burn the cores that the event loop and the store need (ENGINE.md A1).
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    return options
