"""The model to beat: character 1- to 4-gram TF-IDF and logistic regression by scikit-learn, on the same rows.

Calibration and thresholds are ours, set on the same held-back rows, so that only the readings differ.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from streambot.core.canonical import canonical
from streambot.core.errors import ConfigError
from streambot.core.labels import LANGUAGES, Intent, Label
from streambot.core.verdict import Judgement
from streambot.training.calibrate import choose_thresholds, platt
from streambot.training.corpus import Row

NAME: Final = "character 1-4-grams, TF-IDF, logistic regression"
_PENALTY: Final = 10.0


class NGrams:
    """Fitted on ``rows``, calibrated and given thresholds on ``valid``. Raises ConfigError without scikit-learn."""

    def __init__(
        self, rows: Sequence[Row], valid: Sequence[Row], *, advance: Callable[[int], None] = lambda _done: None
    ) -> None:
        try:
            from sklearn.dummy import DummyClassifier  # noqa: PLC0415
            from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 -- only a baseline needs it
            from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
        except ImportError as error:
            raise ConfigError(
                "The baseline needs scikit-learn, which is not installed.",
                code="no_sklearn",
                fix="Install it with: pip install scikit-learn.",
            ) from error
        self._grams = TfidfVectorizer(
            preprocessor=canonical, analyzer="char", ngram_range=(1, 4), min_df=2, sublinear_tf=True, dtype=np.float32
        )
        features = self._grams.fit_transform([row.text for row in rows])
        self._labels: list[Any] = []
        for index in range(len(Label)):
            weights = np.array([row.weights[index] for row in rows])
            known = np.flatnonzero(weights)
            present = np.array([rows[place].targets[index] for place in known.tolist()])
            model = LogisticRegression(C=_PENALTY, solver="liblinear", tol=1e-3)
            self._labels.append(
                model.fit(features[known], present, sample_weight=weights[known]) if present.any() else None
            )
            advance(1)
        named = [place for place, row in enumerate(rows) if len(row.intents) == 1 and row.intent_weight]
        spoken = [place for place, row in enumerate(rows) if row.is_own and row.language]
        answers = (
            (
                named,
                [str(next(iter(rows[place].intents))) for place in named],
                [rows[at].intent_weight for at in named],
            ),
            (spoken, [rows[place].language for place in spoken], [1.0] * len(spoken)),
        )
        fitted = []
        for places, wanted, counts in answers:
            several = len(set(wanted)) > 1
            model = LogisticRegression(C=_PENALTY, max_iter=100, tol=1e-3) if several else DummyClassifier()
            fitted.append(model.fit(features[places], wanted, sample_weight=counts))
            advance(1)
        self._intents, self._languages = fitted
        self._calibrate(valid)

    def _calibrate(self, valid: Sequence[Row]) -> None:
        """Platt's scale and bias, and thresholds, each label by itself."""
        self._platt: list[tuple[float, float]] = [(1.0, 0.0)] * len(Label)
        raw = self._logits(self._grams.transform([row.text for row in valid]))
        own = np.array([row.is_own for row in valid])
        scores = np.zeros_like(raw)
        for index in range(len(Label)):
            weights = np.array([row.weights[index] for row in valid])
            public = weights[~own].sum()
            if own.any() and public > own.sum():
                weights = np.where(own, weights, weights * own.sum() / public)
            scales, bias = platt(raw[:, [index]], np.array([row.targets[index] for row in valid]), weights)
            self._platt[index] = float(scales[0]), bias
            scores[:, index] = _sigmoid(raw[:, index] * scales[0] + bias)
        self._thresholds = choose_thresholds(valid, scores)

    def judge(self, texts: Sequence[str]) -> list[Judgement]:
        """What it says of each text."""
        features = self._grams.transform(texts)
        raw = self._logits(features)
        scores = np.column_stack(
            [_sigmoid(raw[:, index] * scale + bias) for index, (scale, bias) in enumerate(self._platt)]
        )
        intents, languages = self._intents.predict_proba(features), self._languages.predict_proba(features)
        return [
            Judgement(
                labels=dict(zip(Label, row.tolist(), strict=True)),
                intent=Intent(self._intents.classes_[intent.argmax()]),
                intent_score=float(intent.max()),
                language=str(self._languages.classes_[language.argmax()]),
                language_score=float(language.max()),
                model=NAME,
            )
            for row, intent, language in zip(scores, intents, languages, strict=True)
        ]

    def threshold(self, label: Label, language: str, level: Literal["hide", "review"]) -> float:
        """As the manifest of a model says it."""
        chosen = self._thresholds[label]
        stated = chosen.hide if level == "hide" else chosen.review
        return stated.get(language if language in LANGUAGES else "default", stated["default"])

    def _logits(self, features: Any) -> NDArray[np.float64]:
        return np.column_stack(
            [
                np.full(features.shape[0], -10.0) if model is None else model.decision_function(features)
                for model in self._labels
            ]
        )


def _sigmoid(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(values, -60.0, 60.0))))
