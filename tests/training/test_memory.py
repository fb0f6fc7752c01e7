"""The contrastive loss of paraphrase groups, with the lines of earlier steps among the others."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from streambot.training.losses import Memory, embedding_loss  # noqa: E402

pytestmark = pytest.mark.torch

EAST, NORTH = (1.0, 0.0), (0.0, 1.0)


def loss(memory: Memory, *lines: tuple[tuple[float, float], str]) -> float:
    places = torch.tensor([place for place, _ in lines], requires_grad=True)
    return float(embedding_loss(places, [group for _, group in lines], memory).detach())


def test_a_line_is_told_from_what_earlier_steps_read() -> None:
    pair = [(EAST, "price/3"), (EAST, "price/3")]
    alone = loss(Memory(), *pair)
    memory = Memory()
    loss(memory, (EAST, "price/5"), (EAST, "price/5"))
    assert loss(memory, *pair) > alone + 0.5


def test_an_earlier_line_of_the_same_group_is_wanted_near() -> None:
    near, far = Memory(), Memory()
    loss(near, (EAST, "price/3"), (NORTH, "stock"))
    loss(far, (NORTH, "price/3"), (NORTH, "stock"))
    again = [(EAST, "price/3"), (NORTH, "stock")]
    assert loss(near, *again) < loss(far, *again)


def test_the_oldest_is_forgotten_and_nothing_is_learned_from_the_past_itself() -> None:
    memory = Memory(3)
    for group in ("a", "b", "c"):
        loss(memory, (EAST, group), (NORTH, group))
    assert memory.places.shape == (3, 2)
    assert memory.groups.tolist() == [1, 2, 2]
    assert not memory.places.requires_grad


def test_without_groups_there_is_no_loss() -> None:
    assert float(embedding_loss(torch.ones(0, 2), [], Memory())) == 0.0
