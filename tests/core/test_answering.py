"""Who is answered when: one reply serves many, and no cooldown is ever broken."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from streambot.core.answering import (
    ANEW,
    LONGEST_WAIT,
    MINUTE,
    OFFER_LASTS,
    REMEMBERED,
    SOONEST,
    TYPING,
    Answering,
    Go,
    Limits,
    Silence,
    Topic,
)
from streambot.core.labels import Intent

PRICE = Topic(Intent.PRICE, 3, "", "price=$5", "en")
STOCK = Topic(Intent.STOCK, 3, "", "stock=5", "en")


def answer(room: Answering, viewer: str, at: float, topic: Topic = PRICE) -> Go | Silence:
    """Ask, and post what may be posted."""
    leave = room.consider(topic, viewer, at)
    if isinstance(leave, Go):
        room.posted(topic, f"a{at}", [viewer], leave.at)
    return leave


def test_the_first_asker_is_answered_and_the_next_are_covered() -> None:
    room = Answering(Limits(cooldown=60))
    assert answer(room, "ann", 0.0) == Go(0.0)
    assert answer(room, "bob", 30.0) is Silence.COVERED
    assert answer(room, "cid", 61.0) == Go(61.0)


def test_the_same_question_in_another_language_or_of_another_item_is_another() -> None:
    room = Answering(Limits())
    assert isinstance(answer(room, "ann", 0.0), Go)
    assert isinstance(answer(room, "bob", 1.0, Topic(Intent.PRICE, 3, "", "price=$5", "th")), Go)
    assert isinstance(answer(room, "cid", 2.0, Topic(Intent.PRICE, 5, "", "price=$9", "en")), Go)


def test_a_price_that_changed_is_answered_anew() -> None:
    room = Answering(Limits())
    answer(room, "ann", 0.0)
    assert isinstance(answer(room, "bob", 1.0, Topic(Intent.PRICE, 3, "", "price=$4", "en")), Go)


def test_many_who_ask_anew_are_answered_again_but_not_at_once() -> None:
    room = Answering(Limits(cooldown=300))
    answer(room, "first", 0.0)
    early = [answer(room, f"v{n}", SOONEST - 1) for n in range(2 * ANEW)]
    assert set(early) == {Silence.COVERED}
    assert answer(room, "again", SOONEST + 1) == Go(SOONEST + 1)


def test_one_viewer_asking_over_and_over_is_not_many() -> None:
    room = Answering(Limits(cooldown=300, viewer=0))
    answer(room, "ann", 0.0)
    assert {answer(room, "ann", float(at)) for at in range(1, 200)} == {Silence.COVERED}


def test_a_viewer_is_not_answered_twice_in_a_row() -> None:
    room = Answering(Limits(viewer=20))
    answer(room, "ann", 0.0)
    assert answer(room, "ann", 10.0, STOCK) is Silence.VIEWER
    assert answer(room, "bob", 10.0, STOCK) == Go(10.0)
    assert isinstance(answer(room, "ann", 21.0, Topic(Intent.PROMO, 3, "", "", "en")), Go)


def test_the_room_bears_so_many_posts_a_minute_and_a_short_wait_is_taken() -> None:
    room = Answering(Limits(cooldown=1, viewer=0, per_minute=2))
    assert answer(room, "a", 0.0) == Go(0.0)
    assert answer(room, "b", 10.0, STOCK) == Go(10.0)
    third = Topic(Intent.PROMO, 3, "", "", "en")
    assert answer(room, "c", 20.0, third) is Silence.BUDGET
    assert answer(room, "c", MINUTE - LONGEST_WAIT + 0.5, third) == Go(MINUTE)


def test_a_room_without_a_budget_posts_nothing() -> None:
    assert answer(Answering(Limits(per_minute=0)), "a", 0.0) is Silence.BUDGET


def test_what_was_offered_to_a_person_is_not_offered_again_until_it_is_declined() -> None:
    room = Answering(Limits())
    assert room.consider(PRICE, "ann", 0.0, offer=True) == Go(0.0)
    room.offered(PRICE, "offer", 0.0)
    assert room.consider(PRICE, "bob", OFFER_LASTS - 1, offer=True) is Silence.WAITING
    assert room.consider(PRICE, "bob", OFFER_LASTS, offer=True) == Go(OFFER_LASTS)
    room.declined("offer")
    assert room.consider(PRICE, "cid", 2.0, offer=True) == Go(2.0)


def test_an_offer_that_is_sent_covers_those_who_ask_the_same() -> None:
    room = Answering(Limits(cooldown=60))
    room.offered(PRICE, "offer", 0.0)
    room.taken("offer", "sent", ["ann"], 30.0)
    assert answer(room, "bob", 80.0) is Silence.COVERED
    assert isinstance(answer(room, "bob", 91.0), Go)


def test_a_person_who_types_keeps_the_bot_quiet_and_stops_what_has_not_left() -> None:
    room = Answering(Limits())
    room.posted(PRICE, "soon", ["ann"], 11.0, keys=["q1"])
    assert room.typing("q2", 10.5, on=True) == []
    assert room.typing("q1", 10.5, on=True) == ["soon"]
    room.withdrawn("soon")
    assert room.consider(PRICE, "bob", 12.0, keys=["q1"]) is Silence.TYPING
    assert room.consider(PRICE, "bob", 12.0, keys=["q9"]) == Go(12.0)
    assert room.consider(PRICE, "bob", 10.5 + TYPING, keys=["q1"]) == Go(10.5 + TYPING)
    room.typing("q1", 13.0, on=True)
    room.typing("q1", 14.0, on=False)
    assert room.consider(PRICE, "bob", 14.0, keys=["q1"]) == Go(14.0)


def test_what_has_left_cannot_be_stopped() -> None:
    room = Answering(Limits())
    room.posted(PRICE, "gone", ["ann"], 11.0, keys=["q1"])
    assert room.typing("q1", 11.5, on=True) == []


def test_a_withdrawn_answer_costs_the_room_nothing() -> None:
    room = Answering(Limits(per_minute=1))
    room.posted(PRICE, "soon", ["ann"], 11.0, keys=["q1"])
    room.typing("q1", 10.5, on=True)
    room.withdrawn("soon")
    assert isinstance(room.consider(STOCK, "bob", 12.0), Go)


def test_a_new_broadcast_begins_with_nobody_answered() -> None:
    room = Answering(Limits())
    answer(room, "ann", 0.0)
    room.gaps["stale"] += 1
    room.begin_broadcast()
    assert answer(room, "ann", 1.0) == Go(1.0)
    assert not room.gaps


ASKED = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 12), st.floats(0.0, 40.0)), min_size=1, max_size=150)


@given(ASKED, st.integers(1, 20), st.floats(5.0, 120.0), st.floats(0.0, 60.0))
def test_no_cooldown_is_ever_broken(
    asked: list[tuple[int, int, float]], per_minute: int, cooldown: float, viewer: float
) -> None:
    room = Answering(Limits(cooldown, viewer, per_minute))
    topics = [Topic(Intent.PRICE, number, "", "", "en") for number in range(4)]
    now = 0.0
    posts: list[float] = []
    of_topic: dict[int, tuple[float, set[int]]] = {}
    of_viewer: dict[int, float] = defaultdict(lambda: float("-inf"))
    for topic, who, wait in asked:
        now += wait
        if topic in of_topic:
            of_topic[topic][1].add(who)
        leave = answer(room, f"v{who}", now, topics[topic])
        if not isinstance(leave, Go):
            continue
        assert now <= leave.at <= now + LONGEST_WAIT
        assert sum(at + MINUTE > leave.at for at in posts) < per_minute
        assert now >= of_viewer[who] + viewer
        if topic in of_topic and now < of_topic[topic][0] + cooldown:
            assert now >= of_topic[topic][0] + SOONEST
            assert len(of_topic[topic][1]) >= ANEW
        posts.append(leave.at)
        of_topic[topic] = (leave.at, set())
        of_viewer[who] = leave.at


def test_memory_is_bounded() -> None:
    room = Answering(Limits(per_minute=10**6))
    for number in range(3 * REMEMBERED):
        answer(room, f"v{number}", float(number), Topic(Intent.PRICE, number, "", "", "en"))
    assert len(room._said) <= REMEMBERED
    assert len(room._viewers) <= REMEMBERED
    assert len(room._posts) <= MINUTE + 1
