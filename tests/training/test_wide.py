from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from streambot.core.grams import hashed_grams  # noqa: E402
from streambot.core.labels import LANGUAGES, Intent, Label  # noqa: E402
from streambot.training.corpus import OWN, Row  # noqa: E402
from streambot.training.mix import fit_mix  # noqa: E402
from streambot.training.model import Network, Scores, Shape, Wide  # noqa: E402
from streambot.training.scoring import Read  # noqa: E402
from streambot.training.wide import fit  # noqa: E402

pytestmark = pytest.mark.torch

SHAPE = Shape(vocabulary=300, layers=1, width=32, heads=1, inner=64, grams=2000, hidden=16)
SCAM = list(Label).index(Label.SCAM)


def a_row(text, *labels, language="en", intent=Intent.PRICE, source=OWN, weight=1.0):
    holds = tuple(label in labels for label in Label)
    return Row(text, language, source, holds, (weight,) * len(Label), frozenset({intent}), weight)


def said(wide, text):
    with torch.no_grad():
        return wide(torch.from_numpy(hashed_grams([text])))


ROWS = [
    *(a_row(f"free gift click {word}", Label.SCAM, intent=Intent.CHITCHAT) for word in "abcdefghij"),
    *(a_row(f"how much is {word}") for word in "abcdefghij"),
    *(a_row(f"ราคาเท่าไหร่ {word}", language="th") for word in "abcdefghij"),
]


@pytest.fixture(scope="module")
def wide():
    made = Wide(SHAPE)
    fit(made, ROWS, seed=1, rounds=60)
    return made


def test_it_learns_labels_intents_and_languages_from_grams(wide):
    bad, good, thai = said(wide, "free gift click z"), said(wide, "how much is z"), said(wide, "ราคาเท่าไหร่ z")
    assert bad.labels[0, SCAM] > 0 > good.labels[0, SCAM]
    assert list(Intent)[int(bad.intents.argmax())] is Intent.CHITCHAT
    assert list(Intent)[int(good.intents.argmax())] is Intent.PRICE
    assert LANGUAGES[int(thai.languages.argmax())] == "th"


def test_where_there_is_no_gram_only_the_bias_is_left(wide):
    with torch.no_grad():
        nothing = wide(torch.zeros((1, 3), dtype=torch.int32))
    assert torch.equal(torch.cat([*nothing], dim=1)[0], wide.bias)


def test_padding_changes_nothing(wide):
    alone = said(wide, "how much")
    with torch.no_grad():
        beside = wide(torch.from_numpy(hashed_grams(["how much", "free gift click a and much more of this"])))
    assert torch.allclose(alone.labels[0], beside.labels[0], atol=1e-6)


def test_the_same_rows_give_the_same_weights(wide):
    again = Wide(SHAPE)
    fit(again, ROWS, seed=1, rounds=60)
    assert torch.equal(again.weights.weight, wide.weights.weight)


def test_what_a_source_is_silent_about_teaches_nothing():
    silent = [a_row(f"lovely day {word}", Label.SCAM, source="elsewhere", weight=0.0) for word in "abcdefghij"]
    made = Wide(SHAPE)
    fit(made, [*ROWS, *silent], seed=1, rounds=60)
    assert said(made, "lovely day").labels[0, SCAM] < 0


def test_the_mixture_believes_the_branch_that_is_right():
    rows = [a_row("x", *([Label.SCAM] if number % 2 else [])) for number in range(200)]
    torch.manual_seed(0)
    right = torch.tensor([[2.0 if row.targets[SCAM] else -2.0] * len(Label) for row in rows])
    right = right + torch.randn_like(right)
    wrong = torch.randn(len(rows), len(Label))
    shown = torch.zeros(len(rows), len(Intent))
    shown[:, list(Intent).index(Intent.PRICE)] = 1.0
    spoken = torch.zeros(len(rows), len(LANGUAGES))
    deep = Scores(wrong, -shown, spoken)
    network = Network(SHAPE)
    fit_mix(network, Read(deep, Scores(right, shown, spoken), deep), rows)
    assert network.mix.labels[1, SCAM] > 5 * network.mix.labels[0, SCAM]
    assert network.mix.intents[0, 0] == 0.0 < network.mix.intents[1, 0]
