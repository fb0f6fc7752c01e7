"""Judgements are remembered by the very text, the least used one goes first."""

from __future__ import annotations

from streambot.classify.cache import JudgementCache
from streambot.core.labels import Intent
from streambot.testing import a_judgement


def test_a_text_is_found_as_it_was_written_and_in_no_other_form() -> None:
    cache = JudgementCache(10)
    judgement = a_judgement(Intent.PRICE)
    cache.put("how much?", judgement)
    assert cache.get("how much?") is judgement
    assert cache.get("How much?") is None


def test_the_least_recently_used_makes_room() -> None:
    cache = JudgementCache(2)
    for text in ("a", "b"):
        cache.put(text, a_judgement())
    cache.get("a")
    cache.put("c", a_judgement())
    assert [cache.get(text) is not None for text in ("a", "b", "c")] == [True, False, True]
    assert len(cache) == 2


def test_what_is_put_again_is_new_again() -> None:
    cache = JudgementCache(2)
    for text in ("a", "b", "a", "c"):
        cache.put(text, a_judgement())
    assert cache.get("a") is not None
    assert cache.get("b") is None


def test_a_cache_of_nothing_holds_nothing() -> None:
    cache = JudgementCache(0)
    cache.put("a", a_judgement())
    assert len(cache) == 0
