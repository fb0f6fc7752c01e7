from __future__ import annotations

import random
from collections import Counter

import numpy as np

from streambot.core.labels import LANGUAGES, Intent, Label
from streambot.training.batches import epoch_order, padded, targets
from streambot.training.corpus import OWN, Row


def a_row(text="x", *, source="s", language="en", intents=frozenset(), weight=0.0):
    return Row(text, language, source, (False,) * len(Label), (0.0,) * len(Label), intents, weight)


def an_order(seed=1, epoch=0, *, own=10, public=90, share=0.5):
    rows = [a_row(source=OWN)] * own + [a_row()] * public
    order = epoch_order(rows, list(range(len(rows))), batch=16, own_share=share, seed=seed, epoch=epoch)
    return Counter(index for batch in order for index in batch), order


def test_every_public_row_comes_once_and_ours_make_up_their_share():
    seen, _ = an_order()
    assert all(seen[index] == 1 for index in range(10, 100))
    assert sum(seen[index] for index in range(10)) == 90
    assert max(seen[index] for index in range(10)) - min(seen[index] for index in range(10)) <= 1


def test_with_only_our_lines_each_comes_once():
    seen, _ = an_order(public=0)
    assert seen == Counter(range(10))


def test_the_order_follows_from_seed_and_epoch():
    assert an_order()[1] == an_order()[1]
    assert an_order(seed=2)[1] != an_order()[1]
    assert an_order(epoch=1)[1] != an_order()[1]


def test_a_batch_holds_rows_of_like_length():
    rows = [a_row()] * 640
    lengths = [index % 60 for index in range(640)]
    order = epoch_order(rows, lengths, batch=16, own_share=0.5, seed=1, epoch=0)
    spread = [max(lengths[i] for i in batch) - min(lengths[i] for i in batch) for batch in order]
    assert max(spread) <= 4


def test_what_a_row_does_not_know_has_no_weight():
    wanted = targets(
        [a_row(language=""), a_row(language="th", intents=frozenset({Intent.PRICE, Intent.STOCK}), weight=0.3)]
    )
    assert wanted.languages.tolist() == [-1, LANGUAGES.index("th")]
    assert wanted.intent_weights.tolist() == [0.0, np.float32(0.3)]
    assert wanted.intents.sum(axis=1).tolist() == [0, 2]
    assert not wanted.label_weights.any()


def test_a_violation_amid_friendly_lines_is_still_whole():
    friendly = [a_row(text) for text in ("so pretty today", "ขอบคุณค่ะ", "好看")]
    rng = random.Random(2)
    texts = {padded("hand over the money", friendly, rng) for _ in range(100)}
    assert all("hand over the money" in text and len(text) > len("hand over the money") for text in texts)
    assert any(not text.endswith("hand over the money") for text in texts)
    assert sum(text.endswith("hand over the money") for text in texts) > len(texts) / 2
