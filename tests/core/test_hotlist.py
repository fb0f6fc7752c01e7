"""The hot list: people are counted, not comments; the list follows the talk, and nothing comes back unasked."""

from __future__ import annotations

import math
import random
from array import array

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streambot.core import clusters
from streambot.core import hotlist as module
from streambot.core.clusters import split_name
from streambot.core.hot_question import HotQuestion
from streambot.core.hotlist import HotList
from streambot.core.labels import Intent
from streambot.core.question import COOL_DOWN, MIN_ASKERS, OFF
from streambot.core.votes import HALF_LIFE
from streambot.testing import NOON, a_comment


def towards(degrees: float) -> array[float]:
    """A vector so many degrees from ``towards(0)``."""
    return array("f", (math.cos(math.radians(degrees)), math.sin(math.radians(degrees))))


def along(axis: int) -> array[float]:
    """A vector that is at right angles to those along other axes."""
    return array("f", [float(place == axis) for place in range(12)])


EAST, NORTH = towards(0), towards(90)


@pytest.fixture(autouse=True, scope="module")
def _by_embedding_alone():
    """Angles are exact here; what the words add to them is told in test_concepts.py."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clusters, "placed", lambda _wording, embedding: np.asarray(embedding, dtype=np.float32))
        yield


class Room:
    """A hot list and people who ask."""

    def __init__(self, language: str = "en", **given: object) -> None:
        self.list = HotList(language, **given)  # type: ignore[arg-type]
        self.now = NOON

    def ask(
        self,
        text: str = "how much?",
        intent: Intent = Intent.PRICE,
        *,
        by: str = "",
        people: int = 3,
        language: str = "en",
        embedding: array[float] | tuple[float, ...] = EAST,
        **fields: str,
    ) -> str:
        question = None
        for who in [by] if by else [f"viewer-{n}" for n in range(people)]:
            comment = a_comment(text, author=who)
            question = self.list.ask(comment, intent, language, embedding, self.now, **fields)
        return question or ""

    def mark(self, question: str, state: str, **data: str) -> bool:
        return self.list.heed({"question": question, "state": state, **data}, self.now)

    @property
    def hot(self) -> list[HotQuestion]:
        return self.list.hot(self.now)

    @property
    def open(self) -> list[HotQuestion]:
        return [question for question in self.hot if question.state == "open"]

    @property
    def texts(self) -> list[str]:
        return [question.text for question in self.hot]


# Votes and heat.


def test_one_loud_viewer_is_no_trend() -> None:
    room = Room()
    for _ in range(20):
        room.ask(by="loud")
    assert room.hot == []
    room.ask(by="second")
    room.ask(by="third")
    (question,) = room.hot
    assert (question.askers, question.state, question.intent) == (3, "open", "question.price")
    assert question.heat == pytest.approx(3.0)


def test_what_asks_nothing_is_not_counted() -> None:
    room = Room()
    assert room.ask("so pretty", Intent.PRAISE, people=9) == ""
    assert room.hot == []


def test_heat_halves_and_what_nobody_asks_any_more_leaves_the_list() -> None:
    room = Room()
    room.ask(people=4)
    room.now += HALF_LIFE
    assert room.hot[0].heat == pytest.approx(2.0)
    room.now += 2 * HALF_LIFE
    assert room.hot == []


def test_a_viewer_who_asks_again_has_one_vote_that_is_new() -> None:
    room = Room()
    room.ask()
    room.now += HALF_LIFE
    room.ask(by="viewer-0")
    assert room.hot[0].askers == 3
    assert room.hot[0].heat == pytest.approx(1.0 + 0.5 + 0.5)


def test_what_is_shown_stays_until_it_is_clearly_colder() -> None:
    room = Room()
    room.ask()
    while room.hot:
        heat = room.hot[0].heat
        room.now += 1
    assert heat == pytest.approx(OFF, rel=0.02)
    room.now += HALF_LIFE
    room.ask(by="one more")
    assert room.hot == []
    room.ask(by="and another")
    assert [question.askers for question in room.hot] == [5]


def test_votes_that_come_out_of_order_count_all_the_same() -> None:
    room, other = Room(), Room()
    for one, shifts in ((room, (0, -30, 40)), (other, (40, 0, -30))):
        for shift in shifts:
            one.now = NOON + shift
            one.ask(by=f"at {shift}")
        one.now = NOON + 41
    assert room.hot[0].askers == 3
    assert room.hot[0].heat == pytest.approx(other.hot[0].heat)


# Order.


def test_the_hottest_comes_first_and_a_later_wave_overtakes_an_older_one() -> None:
    room = Room()
    room.ask("how much?", people=6)
    assert room.texts == ["how much?"]
    room.now += 1.5 * HALF_LIFE
    room.ask("which size?", Intent.SIZE_FIT, people=3, embedding=NORTH)
    assert room.texts == ["which size?", "how much?"]


def test_who_is_a_little_hotter_does_not_pass() -> None:
    room = Room()
    room.ask("how much?", people=8)
    room.ask("which size?", Intent.SIZE_FIT, people=8, embedding=NORTH)
    first, second = room.texts
    ask = {"how much?": (Intent.PRICE, EAST), "which size?": (Intent.SIZE_FIT, NORTH)}
    intent, embedding = ask[second]
    for extra, expected in ((9, [first, second]), (10, [first, second]), (11, [second, first])):
        room.ask(second, intent, people=extra, embedding=embedding)
        assert room.texts == expected
    assert room.texts == [second, first]


def test_the_right_question_is_on_top_within_ten_seconds_and_gone_within_a_minute_of_its_answer() -> None:
    room, dice = Room(), random.Random(6)
    texts = {f"is it {word}?": along(n) for n, word in enumerate(["cotton", "warm", "heavy", "light", "soft"])}
    background = [(text, Intent.PRODUCT, vector) for text, vector in texts.items()]
    for second in range(300):
        room.now += 1
        text, intent, embedding = dice.choice(background)
        room.ask(text, intent, by=f"u{second}", embedding=embedding)
    began = room.now
    while not (room.open and room.open[0].item == "7"):
        room.now += 1
        for _ in range(3):
            room.ask("how much is no 7", by=f"w{dice.random()}", embedding=along(9))
        assert room.now - began <= 10
    room.mark(room.open[0].id, "answered")
    answered = room.now
    while any(question.item == "7" for question in room.open):
        room.now += 1
        assert room.now - answered <= 60
    for _ in range(60):
        room.now += 1
        room.ask("how much is no 7", by=f"late{dice.random()}", embedding=along(9))
        assert all(question.item != "7" for question in room.open)


# Which question it is.


def test_the_same_intent_about_another_item_is_another_question_whether_or_not_there_is_such_an_item() -> None:
    room = Room()
    room.ask("how much is #3", people=3)
    room.ask("price of item 3?", people=5)
    room.ask("3号链接多少钱", people=4, language="zh")
    room.ask("how much is #999", people=3)
    assert [(question.item, question.askers) for question in room.hot] == [("3", 5), ("999", 3)]


def test_who_names_no_item_asks_about_the_one_on_air() -> None:
    room = Room()
    named = room.ask("price of number 3?", people=3)
    # Naming the item is half of such a text: what means the same lies farther off than usual.
    assert room.ask("how much?", by="a", embedding=towards(60), on_air="3") == named
    assert room.ask("how much?", by="b", embedding=towards(60), on_air="4") != named
    assert room.ask("how much?", by="c", embedding=towards(60)) != named
    assert [(question.item, question.askers) for question in room.hot] == [("3", 4)]


def test_a_question_stays_that_of_its_item_when_another_one_is_shown() -> None:
    room = Room()
    first = room.ask("how much?", on_air="3")
    second = room.ask("how much?", on_air="4")
    assert first != second
    assert room.ask("how much?", by="again", on_air="3") == first
    assert {question.item: question.askers for question in room.hot} == {"3": 4, "4": 3}


@pytest.mark.parametrize(
    ("text", "intent"),
    [("where is my parcel", Intent.ORDER_STATUS), ("how long to ship", Intent.SHIPPING), ("5 price?", Intent.PRICE)],
)
def test_what_is_not_asked_of_the_item_on_air_is_not_put_to_it(text: str, intent: Intent) -> None:
    room = Room()
    assert room.ask(text, intent, on_air="3") == room.ask(text, intent, on_air="4")


def test_a_size_by_measures_is_of_the_item_on_air() -> None:
    room = Room()
    assert room.ask("160/50 size?", Intent.SIZE_FIT, on_air="3") != room.ask("160/50 size?", Intent.SIZE_FIT)
    assert {question.item for question in room.hot} == {"3", ""}


def test_clusters_that_become_alike_are_united_without_counting_anybody_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MERGE_EVERY", 2)
    room = Room()
    angle = 58
    left = room.ask("left", Intent.PRODUCT, by="a", embedding=towards(0))
    right = room.ask("right", Intent.PRODUCT, by="a", embedding=towards(angle))
    assert left != right
    room.ask("left too", Intent.PRODUCT, by="b", embedding=towards(0.45 * angle))
    assert room.list.take_merged() == {}
    room.ask("left of the middle", Intent.PRODUCT, by="c", embedding=towards(0.4 * angle))
    assert room.list.take_merged() == {right: left}
    assert room.list.take_merged() == {}
    (question,) = room.hot
    assert (question.id, question.askers) == (left, 3)
    assert question.heat == pytest.approx(3.0)
    assert room.list.find(right, room.now) == question


# What the host reads.


def test_the_host_reads_the_commonest_wording_in_her_own_language() -> None:
    room = Room("th")
    room.ask("how much?", people=5)
    room.ask("เท่าไหร่คะ", by="a", language="th")
    room.ask("ราคาเท่าไหร่", by="b", language="th")
    room.ask("ราคาเท่าไหร่", by="c", language="th")
    (question,) = room.hot
    assert (question.text, question.language) == ("ราคาเท่าไหร่", "th")
    assert question.languages == {"en": 5, "th": 3}
    assert [(each.text, each.askers) for each in question.wordings][:2] == [("how much?", 5), ("ราคาเท่าไหร่", 2)]


@pytest.mark.parametrize(
    ("host", "text", "intent", "put", "language"),
    [
        ("en", "3号多少钱", Intent.PRICE, "Price of no. 3?", "en"),
        ("vi", "3号多少钱", Intent.PRICE, "Số 3 giá bao nhiêu?", "vi"),
        ("th", "黑色M码还有吗", Intent.STOCK, "ยังมีของไหม? (ดำ, M)", "th"),
        ("id", "运费多少", Intent.SHIPPING, "Berapa ongkirnya?", "id"),
        ("en", "几天到曼谷", Intent.SHIPPING, "How long does shipping take? (Bangkok)", "en"),
        ("en", "会起球吗", Intent.PRODUCT, "About the product: 会起球吗", "en"),
        ("en", "主播哪里人", Intent.OTHER, "主播哪里人", "zh"),
        ("es", "3号多少钱", Intent.PRICE, "3号多少钱", "zh"),
    ],
)
def test_where_nobody_asks_in_her_language_she_reads_intent_and_item(
    host: str, text: str, intent: Intent, put: str, language: str
) -> None:
    room = Room(host)
    room.ask(text, intent, language="zh")
    assert [(question.text, question.language) for question in room.hot] == [(put, language)]


def test_every_line_is_there_in_all_five_languages() -> None:
    from streambot.core.question_lines import _LINES, _ORDER, _WORDS

    keys = {language: set(lines) for language, lines in _LINES.items()}
    assert set(keys) == {"en", "zh", "th", "vi", "id"}
    assert all(each == keys["en"] for each in keys.values())
    assert {intent for intent, _ in keys["en"]} == {intent for intent in Intent if intent.is_question} - {Intent.OTHER}
    assert all(len(words.split("|")) == len(_ORDER) for words in _WORDS.values())
    for key in keys["en"]:
        assert len({lines[key].count("|") for lines in _LINES.values()}) == 1, key
        assert all(lines[key].count("{}") == lines[key].count("|") for lines in _LINES.values()), key


def test_the_catalogs_hint_is_read_when_it_is_shown() -> None:
    told = {"says": "฿199"}
    asked = []

    def hint(intent: Intent, item: str, text: str) -> str:
        asked.append((intent, item, text))
        return told["says"]

    room = Room("th", hint=hint)
    room.ask("price of #3", people=2)
    assert room.hot == []
    assert asked == []
    room.ask("price of #3", by="third")
    assert [question.hint for question in room.hot] == ["฿199"]
    told["says"] = "฿149"
    assert [question.hint for question in room.hot] == ["฿149"]
    assert set(asked) == {(Intent.PRICE, "3", "price of #3")}
    assert room.list.anew().hot(room.now) == []
    anew = room.list.anew()
    for who in "abc":
        anew.ask(a_comment("price of #3", author=who), Intent.PRICE, "en", EAST, NOON)
    assert anew.hot(NOON)[0].hint == "฿149"


# Answered.


def test_an_answered_question_moves_down_and_stays_away_while_people_still_type() -> None:
    room = Room()
    question = room.ask(people=5)
    assert room.mark(question, "answered")
    room.ask("which size?", Intent.SIZE_FIT, people=3, embedding=NORTH)
    assert [(q.text, q.state) for q in room.hot] == [("which size?", "open"), ("how much?", "answered")]
    room.now += COOL_DOWN
    room.ask(people=9)
    assert [q.state for q in room.hot if q.text == "how much?"] == ["answered"]


def test_it_opens_anew_when_enough_people_ask_after_the_cool_down() -> None:
    room = Room()
    question = room.ask(people=5)
    room.mark(question, "pinned")
    room.mark(question, "answered")
    room.now += COOL_DOWN + 1
    room.ask(by="new-1")
    room.ask(by="new-1")
    room.ask(by="new-2")
    assert room.hot[-1].state == "answered"
    room.ask(by="viewer-0")
    (open_,) = room.hot
    assert (open_.state, open_.askers, open_.first_at, open_.pinned) == ("open", 3, room.now, False)


def test_a_host_may_open_it_again_also_when_it_has_cooled_down() -> None:
    room = Room()
    question = room.ask(people=5)
    room.mark(question, "answered")
    room.mark(question, "open")
    assert [(q.state, q.askers, q.pushed) for q in room.hot] == [("open", 5, False)]
    room.mark(question, "answered")
    room.now += 1000
    room.mark(question, "open")
    assert [(q.state, q.askers, q.pushed) for q in room.hot] == [("open", 5, True)]


def test_what_was_dropped_stays_away_until_somebody_wants_it_back() -> None:
    room = Room()
    question = room.ask(people=5)
    room.mark(question, "dropped")
    room.ask(people=9)
    assert room.hot == []
    room.mark(question, "open")
    assert [q.askers for q in room.hot] == [9]
    assert not room.mark("q-unknown", "answered")


def test_the_last_answered_come_first_and_not_for_ever() -> None:
    room = Room()
    for number in range(1, 15):
        room.now += 1
        room.mark(room.ask(f"how much is #{number}"), "answered")
    assert [question.item for question in room.hot] == [str(number) for number in range(14, 4, -1)]


# What controllers do.


def test_pinned_stand_first_until_they_are_unpinned_however_few_ask() -> None:
    room = Room()
    room.ask(people=9)
    lonely = room.ask("does it glow?", Intent.PRODUCT, by="one", embedding=NORTH)
    room.mark(lonely, "pinned")
    assert [(q.text, q.pinned) for q in room.hot] == [("does it glow?", True), ("how much?", False)]
    room.now += 500
    assert room.texts == ["does it glow?"]
    room.mark(lonely, "unpinned")
    assert room.hot == []


def test_a_pushed_question_is_shown_and_sinks_like_one_that_many_asked() -> None:
    room = Room()
    lonely = room.ask("does it glow?", Intent.PRODUCT, by="one", embedding=NORTH)
    room.mark(lonely, "pushed")
    room.ask(people=3)
    assert [(q.text, q.pushed) for q in room.hot] == [("does it glow?", True), ("how much?", False)]
    room.now += 4 * HALF_LIFE
    room.ask(people=3)
    assert room.texts == ["how much?", "does it glow?"]
    room.now += 1000
    assert room.texts == ["does it glow?"]
    room.mark(lonely, "answered")
    assert room.open == []


def test_merged_questions_are_one_for_whoever_asks_either() -> None:
    room = Room()
    black = room.ask("any left in black?", Intent.STOCK, people=3)
    left = room.ask("any left?", Intent.STOCK, people=4)
    assert black != left
    room.mark(black, "merged", into=left)
    assert [(q.id, q.askers) for q in room.hot] == [(left, 4)]
    assert room.ask("any left in black?", Intent.STOCK, by="x") == left
    assert room.ask("black left?", Intent.STOCK, by="y") == left
    assert room.list.find(black, room.now) == room.list.find(left, room.now)
    assert room.hot[0].askers == 6


def test_merged_into_an_answered_question_it_is_answered() -> None:
    room = Room()
    answered, asked = room.ask("how much is #3"), room.ask("how much is #4")
    room.mark(answered, "answered")
    room.mark(asked, "merged", into=answered)
    assert room.open == []
    room.now += COOL_DOWN + 1
    again = room.ask("how much is #5")
    room.mark(again, "merged", into=answered)
    assert [(q.id, q.askers) for q in room.open] == [(answered, 3)]


def test_a_wording_that_is_split_off_is_a_question_of_its_own_and_stays_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MERGE_EVERY", 1)
    room = Room()
    both = room.ask("is it cotton?", Intent.PRODUCT, people=4)
    assert room.ask("is it warm?", Intent.PRODUCT, people=3, embedding=towards(5)) == both
    own = split_name(both, "is it warm?")
    assert room.mark(both, "split", wording="is it warm?", into=own)
    assert [(q.id, q.text, q.askers) for q in room.hot] == [(both, "is it cotton?", 4), (own, "is it warm?", 3)]
    assert room.ask("is it warm?", Intent.PRODUCT, by="x", embedding=towards(5)) == own
    assert room.ask("is it warm??", Intent.PRODUCT, by="y", embedding=towards(6)) == own
    assert room.ask("is it all cotton?", Intent.PRODUCT, by="z", embedding=towards(-2)) == both
    assert [q.askers for q in room.hot] == [5, 5]
    room.mark(own, "merged", into=both)
    assert room.ask("is it warm?", Intent.PRODUCT, by="x", embedding=towards(5)) == both


def test_a_wording_that_was_split_off_is_not_forgotten_like_any_other() -> None:
    room = Room(most=4)
    both = room.ask("is it cotton?", Intent.PRODUCT)
    room.ask("is it warm?", Intent.PRODUCT, embedding=towards(5))
    own = split_name(both, "is it cotton?")
    room.mark(both, "split", wording="is it cotton?", into=own)
    for number in range(100):
        room.ask(f"does it glow {chr(0x4E00 + number)}?", Intent.PRODUCT, by="x", embedding=NORTH)
    assert room.ask("is it cotton?", Intent.PRODUCT, by="y", embedding=()) == own


# Hidden comments and floods.


def test_a_comment_that_is_hidden_takes_its_vote_back_and_gives_it_when_it_is_allowed() -> None:
    room = Room()
    room.ask(people=3)
    rude = a_comment("how much you fool?", author="viewer-9")
    room.list.ask(rude, Intent.PRICE, "en", EAST, room.now)
    assert room.hot[0].askers == 4
    room.list.retract(rude)
    room.list.retract(rude)
    assert room.hot[0].askers == 3
    assert room.hot[0].heat == pytest.approx(3.0)
    assert [each.text for each in room.hot[0].wordings] == ["how much?"]
    assert room.list.restore(rude)
    assert not room.list.restore(rude)
    assert room.hot[0].askers == 4
    assert room.hot[0].heat == pytest.approx(4.0)
    assert len(room.hot[0].wordings) == 2


def test_who_asked_twice_keeps_the_vote_if_one_asking_is_hidden() -> None:
    room = Room()
    room.ask(people=2)
    first, second = a_comment("how much?", author="both"), a_comment("how much!?", author="both")
    room.list.ask(first, Intent.PRICE, "en", EAST, room.now)
    room.list.ask(second, Intent.PRICE, "en", EAST, room.now + 10)
    room.now += 10
    room.list.retract(second)
    assert room.hot[0].askers == 3
    room.list.retract(first)
    assert room.hot == []


def test_an_account_that_floods_loses_its_votes() -> None:
    room = Room()
    room.ask(people=3)
    room.ask("which size?", Intent.SIZE_FIT, people=3, embedding=NORTH)
    room.list.distrust("viewer-1")
    assert room.hot == []
    room.ask(by="another")
    assert room.texts == ["how much?"]


# Memory.


def test_a_flood_of_nonsense_pushes_out_the_coldest_not_the_wanted() -> None:
    room = Room(most=64)
    room.ask(people=5)
    pinned = room.ask("does it glow?", Intent.PRODUCT, by="one", embedding=NORTH)
    room.mark(pinned, "pinned")
    answered = room.ask("is it real?", Intent.AUTHENTICITY, embedding=())
    room.mark(answered, "answered")
    for number in range(300):
        room.ask(f"nonsense {'x' * (number % 7)} {number}", Intent.OTHER, by=f"troll-{number}", embedding=())
        assert len(room.list) <= 64
    assert room.texts == ["does it glow?", "how much?", "is it real?"]
    assert set(room.list._clusters._clusters) == set(room.list._questions)


def test_of_too_many_votes_the_newest_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "VOTES", 80)
    room = Room()
    for number in range(500):
        room.now += 0.1
        room.ask(by=f"viewer-{number}")
        assert room.list.find(room.ask(by=f"viewer-{number}"), room.now).askers <= 80 + 10  # type: ignore[union-attr]
    assert room.hot[0].askers >= 60


def test_wordings_are_bounded() -> None:
    room = Room()
    room.ask(people=3)
    for number in range(200):
        room.ask(f"how much {'?' * (number % 2)} {chr(0x4E00 + number)}", by=f"v{number}")
    assert len(room.hot[0].wordings) <= 8
    assert all(len(each.votes.wordings) <= 24 for each in room.list._questions.values())


# A restart.


def test_the_log_names_the_question_where_there_is_no_embedding() -> None:
    live, after = Room(), HotList("en")
    asked = [("is it cotton?", EAST), ("made of cotton?", towards(10)), ("cotton or not", towards(12))]
    for number, (text, embedding) in enumerate(asked):
        comment = a_comment(text, author=f"viewer-{number}")
        question = live.list.ask(comment, Intent.PRODUCT, "en", embedding, NOON) or ""
        assert after.ask(comment, Intent.PRODUCT, "en", (), NOON, question=question) == question
    assert after.hot(NOON) == live.hot
    assert len(live.hot) == 1
    assert after.ask(a_comment("made of cotton?", author="x"), Intent.PRODUCT, "en", towards(10), NOON) == question


def test_paraphrases_join_again_once_the_known_wordings_are_learnt_anew() -> None:
    after = HotList("en")
    comments = [
        a_comment(text, author=text) for text in ("is it cotton?", "made of cotton?", "cotton?", "does it glow?")
    ]
    for comment in comments[:3]:
        after.ask(comment, Intent.PRODUCT, "en", (), NOON, question="q1")
    after.ask(comments[3], Intent.PRODUCT, "en", (), NOON, question="q2")
    assert after.wanted(2) == ["cotton?", "is it cotton?"]
    assert after.wanted()[3] == "does it glow?"
    for wording, vector in (("cotton?", EAST), ("is it cotton?", EAST), ("does it glow?", NORTH)):
        after.relearn(wording, vector)
    assert after.wanted() == ["made of cotton?"]
    assert after.ask(a_comment("all cotton?"), Intent.PRODUCT, "en", towards(5), NOON) == "q1"
    assert after.ask(a_comment("glow in the dark?"), Intent.PRODUCT, "en", towards(95), NOON) == "q2"
    after.ask(a_comment("made of cotton?"), Intent.PRODUCT, "en", towards(10), NOON)
    assert after.wanted() == []


def test_what_people_did_is_rebuilt_also_where_the_question_is_forgotten() -> None:
    known = {"intent": "question.price", "item": "3", "text": "price of #3", "language": "en"}
    after = HotList("en")
    assert after.heed({"question": "q1", "state": "pinned", **known}, NOON)
    assert [(q.text, q.item, q.pinned, q.askers) for q in after.hot(NOON)] == [("price of #3", "3", True, 0)]
    assert after.heed({"question": "q1", "state": "merged", "into": "q2", **known}, NOON)
    assert [q.id for q in after.hot(NOON)] == ["q2"]
    assert after.ask(a_comment("price of #3"), Intent.PRICE, "en", (), NOON, question="q1") == "q2"
    assert not after.heed({"question": "q9", "state": "answered"}, NOON)


# Whatever happens.


VIEWERS = st.integers(0, 6).map(lambda n: f"v{n}")
ITEMS = st.sampled_from(["3", "5", "7"])
ASKINGS = st.tuples(VIEWERS, ITEMS, st.sampled_from(["price of #{}", "how much is #{}"]))


def cast(room: Room, asking: tuple[str, str, str]) -> str:
    viewer, item, text = asking
    return room.ask(text.format(item), by=viewer, embedding=towards(30 * int(item)))


def test_of_questions_as_hot_none_goes_first_because_of_the_wording_that_came_first() -> None:
    told = []
    for first, then in (("price of #7", "how much is #7"), ("how much is #7", "price of #7")):
        room = Room()
        room.ask(first, by="a", embedding=towards(200))
        room.ask(then, by="b", embedding=towards(200))
        room.ask("price of #7", by="c", embedding=towards(200))
        room.ask("price of #5", people=3, embedding=towards(100))
        told.append([question.item for question in room.hot])
    assert told[0] == told[1]
    assert len(told[0]) == 2


@given(st.lists(st.tuples(ASKINGS, st.floats(-20, 60)), max_size=40))
def test_a_vote_is_never_counted_twice(askings: list[tuple[tuple[str, str, str], float]]) -> None:
    room = Room()
    people: dict[str, set[str]] = {}
    for asking, later in askings:
        room.now += later
        cast(room, asking)
        people.setdefault(asking[1], set()).add(asking[0])
        for question in room.hot:
            assert question.askers == len(people[question.item])
            assert question.heat <= question.askers + 1e-6
            assert sum(question.languages.values()) == question.askers
            assert sum(each.askers for each in question.wordings) == question.askers


@given(st.lists(ASKINGS, max_size=30), st.lists(ASKINGS, max_size=30), st.randoms(use_true_random=False))
def test_the_order_of_simultaneous_votes_does_not_change_the_ranking(
    before: list[tuple[str, str, str]], at_once: list[tuple[str, str, str]], dice: random.Random
) -> None:
    told = []
    for _ in range(2):
        room = Room()
        for asking in before:
            cast(room, asking)
        room.now += 40
        for asking in at_once:
            cast(room, asking)
        told.append([(q.item, q.askers, q.text, round(q.heat, 9)) for q in room.hot])
        dice.shuffle(at_once)
    assert told[0] == told[1]


STEPS = st.one_of(ASKINGS, ITEMS, st.floats(0, 120))
"""Somebody asks, the host ticks an item's question off, time passes."""


@given(st.lists(STEPS, max_size=60))
def test_answered_questions_never_reappear_without_new_askers(steps: list[tuple[str, str, str] | str | float]) -> None:
    room = Room()
    since: dict[str, set[str]] = {}
    ids: dict[str, str] = {}
    for step in steps:
        if isinstance(step, tuple):
            viewer, item, _ = step
            ids[item] = cast(room, step)
            if item in since:
                since[item].add(viewer)
        elif isinstance(step, str):
            if room.mark(ids.get(step, ""), "answered"):
                since[step] = set()
        else:
            room.now += step
        for question in room.open:
            assert question.item not in since or len(since[question.item]) >= MIN_ASKERS
