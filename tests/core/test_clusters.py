"""Askings of the same question come together; what cannot be the same never does, however alike it sounds."""

from __future__ import annotations

import math
from array import array

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streambot.core import clusters as module
from streambot.core.asked import Asking
from streambot.core.cluster import AGREED, ONE_PRICE, STRANGER
from streambot.core.clusters import THRESHOLD, Clusters
from streambot.core.labels import Intent

STEP = 0.01


@pytest.fixture(autouse=True, scope="module")
def _by_embedding_alone():
    """Cosines are exact here; what the words add to them is told in test_concepts.py."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "placed", lambda _wording, embedding: np.asarray(embedding, dtype=np.float32))
        yield


def towards(cosine: float) -> array[float]:
    """A vector with this cosine to ``towards(1)``."""
    return array("f", (cosine, math.sqrt(1 - cosine * cosine)))


def asking(text: str, cosine: float = 1.0, intent: Intent = Intent.PRODUCT) -> Asking:
    return Asking.of(text, intent, towards(cosine))


def together(*askings: Asking) -> bool:
    clusters = Clusters()
    return len({clusters.add(one) for one in askings}) == 1


def test_an_asking_joins_the_nearest_cluster_if_it_is_near_enough() -> None:
    assert together(asking("is it cotton?"), asking("made of cotton?", THRESHOLD + STEP))
    assert not together(asking("is it cotton?"), asking("does it shrink?", THRESHOLD - STEP))
    clusters = Clusters()
    first, second = clusters.add(asking("cotton?")), clusters.add(asking("shrinks?", 0.0))
    assert clusters.add(asking("will it shrink?", 0.1)) == second
    assert clusters.add(asking("all cotton?", 0.9)) == first


def test_the_threshold_is_the_callers() -> None:
    clusters = Clusters(threshold=0.95)
    assert clusters.add(asking("is it cotton?")) != clusters.add(asking("made of cotton?", 0.94))


def test_the_same_words_are_the_same_question_whatever_the_model_says() -> None:
    assert together(asking("Is it COTTON??"), asking("is it cotton??", -1.0, Intent.CHITCHAT))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("price of item 3", "price of item 5"),
        ("price of item 3", "price"),
        ("three and five together, #3 + #5", "#3"),
        ("how long to hanoi", "how long to saigon"),
        ("any left?", "any left in black?"),
        ("what is the shipping fee", "when will shipping arrive"),
        ("size for 45kg", "size for 60kg"),
    ],
)
def test_what_cannot_be_the_same_question_stays_apart_however_near(one: str, other: str) -> None:
    assert not together(asking(one), asking(other))
    assert not together(asking(other), asking(one))


def test_a_bare_number_may_be_the_items() -> None:
    assert together(asking("price of #5"), asking("5 price?"))


def test_where_both_say_the_same_slot_less_is_asked_for() -> None:
    farther = THRESHOLD - AGREED
    assert together(asking("any left in black?"), asking("black, any?", farther + STEP))
    assert not together(asking("any left in black?"), asking("black, any?", farther - STEP))


def test_an_item_has_one_price_however_it_is_asked_for() -> None:
    far = THRESHOLD - ONE_PRICE + 0.01
    named, meant = asking("how much is item 1?", intent=Intent.PRICE), towards(far)
    assert together(named, Asking.of("how much", Intent.PRICE, meant, on_air="1"))
    assert not together(named, Asking.of("how much", Intent.PRICE, meant, on_air="2"))
    assert not together(named, Asking.of("how much is item 1 for 3 pieces?", Intent.PRICE, meant))
    stock = asking("is item 1 left?", intent=Intent.STOCK)
    assert not together(stock, Asking.of("still there?", Intent.STOCK, meant, on_air="1"))


def test_where_the_intents_differ_more_is_asked_for() -> None:
    nearer = THRESHOLD + STRANGER
    assert together(asking("cotton?"), asking("all cotton?", nearer + STEP, Intent.OTHER))
    assert not together(asking("cotton?"), asking("all cotton?", nearer - STEP, Intent.OTHER))


def test_without_embeddings_only_the_same_words_come_together() -> None:
    clusters = Clusters()
    names = [clusters.add(Asking.of(text, Intent.PRICE)) for text in ("how much?", "price?", "How much?")]
    assert names[0] == names[2] != names[1]
    assert clusters.merge() == {}
    clusters.add(asking("what does it cost"))
    assert len(clusters) == 3


def between(*askings: Asking) -> tuple[Clusters, list[str]]:
    """Clusters of these askings, and the name each was given."""
    clusters = Clusters()
    return clusters, [clusters.add(one) for one in askings]


def test_clusters_that_have_become_alike_are_merged_and_the_smaller_takes_the_name_of_the_larger() -> None:
    angle = math.acos(THRESHOLD) + 0.02
    clusters, (left, right, *others) = between(
        asking("left", 1.0),
        asking("right", math.cos(angle)),
        asking("left too", math.cos(0.45 * angle)),
        asking("left of the middle", math.cos(0.4 * angle)),
    )
    assert left != right
    assert others == [left, left]
    assert clusters.merge() == {right: left}
    assert right not in clusters
    assert len(clusters) == 1
    assert clusters.add(asking("right", math.cos(angle))) == left
    assert clusters.merge() == {}


def test_many_are_merged_at_once_and_every_name_leads_to_one_that_is_there() -> None:
    clusters = Clusters(threshold=0.5)
    names = set("abcdefghi")
    for n, name in enumerate(sorted(names)):
        clusters.put(asking(f"like {name}", math.cos(n / 10)), name)
    while moved := clusters.merge():
        assert all(new in clusters and old not in clusters for old, new in moved.items())
        names = {moved.get(name, name) for name in names}
    assert len(clusters) == len(names) == 1


@pytest.mark.parametrize(
    ("one", "other"), [("price of item 3", "price of item 5"), ("any left?", "any left in black?")]
)
def test_what_words_part_no_merge_puts_together(one: str, other: str) -> None:
    clusters, names = between(asking(one), asking(other))
    assert len(set(names)) == 2
    assert clusters.merge() == {}


def test_memory_is_bounded_and_the_question_asked_longest_ago_makes_room() -> None:
    clusters = Clusters(most=3)
    for number in range(2, 1000):
        clusters.add(asking("the one that is asked all the time"))
        clusters.add(asking(f"price of #{number}"))
    assert len(clusters) == 3
    assert clusters.add(asking("the one that is asked all the time")) in clusters
    assert len(clusters._wordings) <= 3 * module._WORDINGS
    assert len(clusters._centres) <= 2 * 3


def test_a_question_that_was_dropped_opens_anew_and_the_others_keep_their_places() -> None:
    clusters, (cotton, shrinks, black) = between(
        asking("is it cotton?"), asking("does it shrink?", 0.0), asking("in black?", -1.0)
    )
    clusters.drop(cotton)
    assert cotton not in clusters
    assert clusters.add(asking("will it shrink?", 0.1)) == shrinks
    assert clusters.add(asking("black?", -0.99)) == black
    assert clusters.add(asking("made of cotton?", 0.99)) not in {shrinks, black, cotton}
    with pytest.raises(KeyError):
        clusters.drop(cotton)


texts = st.sampled_from(
    ["how much", "price?", "price of #3", "3号多少钱", "black left?", "any left", "to hanoi?", "is it real", "m or l"]
)
intents = st.sampled_from([Intent.PRICE, Intent.STOCK, Intent.OTHER])
askings = st.builds(asking, texts, st.floats(-1.0, 1.0, width=32), intents) | st.builds(Asking.of, texts, intents)


@given(st.lists(askings, max_size=40), st.integers(1, 5))
def test_every_asking_has_one_cluster_that_is_there(given_: list[Asking], most: int) -> None:
    clusters = Clusters(most=most)
    for one in given_:
        name = clusters.add(one)
        assert name in clusters
        assert clusters.add(one) == name
        moved = clusters.merge()
        assert all(old not in clusters and new in clusters for old, new in moved.items())
        assert clusters.add(one) == moved.get(name, name)
        assert len(clusters) <= most
        assert len(clusters._rows) == len(clusters)
        assert [cluster.row for cluster in clusters._rows] == list(range(len(clusters)))
