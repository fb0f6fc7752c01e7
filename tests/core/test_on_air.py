"""What is on air, and how our own posts are known when they come back."""

from __future__ import annotations

from dataclasses import replace

from streambot.core.answers import Scenario
from streambot.core.comment import Author, Role
from streambot.core.on_air import OnAir
from streambot.core.own_posts import COMES_BACK, OwnPosts
from streambot.testing import a_comment


def test_another_item_begins_as_a_regular_one() -> None:
    on_air = OnAir().changed({"key": "item", "value": "3"}, "nok", 5.0)
    flash = on_air.changed({"key": "scenario", "value": "flash_sale"}, "nok", 9.0)
    assert (flash.item, flash.scenario, flash.since) == ("3", Scenario.FLASH_SALE, 9.0)
    assert flash.changed({"key": "item", "value": "4"}, "ploy", 12.0) == OnAir("4", by="ploy", at=12.0)


def test_other_settings_change_nothing() -> None:
    on_air = OnAir("3")
    for data in ({"key": "mode", "value": "auto"}, {"key": "scenario", "value": "party"}, {}, {"key": "item"}):
        assert on_air.changed(data, "nok", 1.0) is on_air


def from_account(text: str, at: float, *roles: Role):
    comment = a_comment(text)
    return replace(comment, sent_at=at, author=Author("shop", "shop", frozenset(roles)))


def test_a_post_comes_back_from_the_shops_account_by_its_words() -> None:
    posts = OwnPosts()
    posts.add("Ships in 3 days", 100.0, "e1")
    echo = from_account("ships in 3 days", 101.0, Role.HOST)
    assert posts.is_ours(echo)
    assert not posts.is_ours(from_account("ships in 4 days", 101.0, Role.HOST))
    assert not posts.is_ours(from_account("ships in 3 days", 101.0 + COMES_BACK, Role.HOST))
    assert posts.came_back(echo) == "e1"
    assert posts.came_back(echo) == ""


def test_a_viewer_who_repeats_our_words_is_a_viewer() -> None:
    posts = OwnPosts()
    posts.add("Ships in 3 days", 100.0, "e1")
    assert not posts.is_ours(from_account("Ships in 3 days", 101.0))
    assert posts.is_ours(replace(from_account("Ships in 3 days", 101.0), traceable=False))


def test_an_account_that_posts_for_the_shop_is_ours_whatever_it_says() -> None:
    assert OwnPosts().is_ours(from_account("anything", 0.0), bot_ids=("shop",))
    assert OwnPosts().is_ours(from_account("anything", 0.0, Role.BOT))
