"""The shipped runtime: int8 ONNX on one CPU thread.

Texts are read as ``canonical`` reads them, the same function that training uses. A comment longer than one window is
read in overlapping windows and each label takes its highest score, so that padding in front hides nothing.
"""

from __future__ import annotations

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
from streambot.core.verdict import Judgement
from streambot.core.views import canonical

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
        windows: list[Window] = []
        owners: list[int] = []
        for owner, (text, encoding) in enumerate(zip(read, self._tokenizer.encode_batch_fast(read), strict=True)):
            for window in self._windows(text, encoding.ids):
                windows.append(window)
                owners.append(owner)
        labels, intents, languages, embeddings = self._run(windows)
        rounded = labels.astype(np.float64).round(4)
        judgements: list[Judgement] = []
        start = 0
        for owner, text in enumerate(read):
            end = start
            while end < len(owners) and owners[end] == owner:
                end += 1
            language, language_score = self._language(text, languages[start:end].mean(axis=0))
            intent = int(intents[start].argmax())
            judgements.append(
                Judgement(
                    labels=dict(zip(self.manifest.labels, rounded[start:end].max(axis=0).tolist(), strict=True)),
                    intent=self.manifest.intents[intent],
                    intent_score=float(intents[start, intent]),
                    language=language,
                    language_score=language_score,
                    embedding=array("f", embeddings[start].tobytes()),
                    model=self.name,
                )
            )
            start = end
        return judgements

    def _windows(self, text: str, ids: list[int]) -> Iterator[Window]:
        """Windows of ``max_tokens``, each between the text's first and last token (the start and end marks).

        Neighbours share ``overlap`` tokens; after ``max_windows`` the rest is not read.
        """
        limit = self.manifest.max_tokens
        if len(ids) <= limit:
            yield Window(ids, text)
            return
        first, last, body = ids[0], ids[-1], ids[1:-1]
        # Read again for the places of the tokens, which the fast reading of a batch leaves out.
        places = self._tokenizer.encode(text).offsets[1:-1]
        room = limit - 2
        step = room - self.manifest.overlap
        for number in range(self.manifest.max_windows):
            start = number * step
            end = min(start + room, len(body))
            yield Window([first, *body[start:end], last], text[places[start][0] : places[end - 1][1]])
            if end == len(body):
                return

    def _run(self, windows: Sequence[Window]) -> tuple[Floats, Floats, Floats, Floats]:
        """Scores of every window, in the windows' order; neighbours in length share a slice and its padding."""
        manifest = self.manifest
        widths = (len(manifest.labels), len(manifest.intents), len(manifest.languages), manifest.embedding)
        results = tuple(np.empty((len(windows), width), dtype=np.float32) for width in widths)
        order = sorted(range(len(windows)), key=lambda index: len(windows[index].ids))
        for start in range(0, len(order), SLICE):
            rows = order[start : start + SLICE]
            try:
                outputs = self._session.run(list(OUTPUTS), self._feed([windows[index] for index in rows]))
            except Exception as error:  # onnxruntime's exceptions are private classes, one per status code
                raise ClassifierError(f"The model failed on a batch: {error}.", code="model_failed") from error
            for result, output in zip(results, outputs, strict=True):
                if not np.isfinite(output).all():
                    raise ClassifierError("The model gave a score that is no number.", code="model_not_finite")
                result[rows] = output
        return results[0], results[1], results[2], results[3]

    def _feed(self, windows: Sequence[Window]) -> dict[str, NDArray[Any]]:
        """One slice as the graph's inputs, padded to its own longest."""
        longest = max(len(window.ids) for window in windows)
        input_ids = np.zeros((len(windows), longest), dtype=np.int64)
        attention_mask = np.zeros((len(windows), longest), dtype=np.int64)
        for row, window in enumerate(windows):
            input_ids[row, : len(window.ids)] = window.ids
            attention_mask[row, : len(window.ids)] = 1
        feed: dict[str, NDArray[Any]] = {"input_ids": input_ids, "attention_mask": attention_mask}
        if self._reads_grams:
            feed[GRAMS] = hashed_grams([window.text for window in windows])
        return feed

    def _language(self, text: str, scores: Floats) -> tuple[str, float]:
        """The language and how sure: the script decides where it can, the model among the languages of its script."""
        script = script_of(text)
        if script in self.manifest.languages:
            return script, 1.0
        best = int(scores.argmax())
        return self.manifest.languages[best], float(scores[best])


def _options(threads: int) -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    # Spinning threads burn the cores that the event loop and the store need (ENGINE.md A1).
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    return options
