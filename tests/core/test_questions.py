"""The hot questions: people are counted, not comments, and the list follows the talk."""

from __future__ import annotations

import pytest

from streambot.core.labels import Intent
from streambot.core.questions import CLUSTERS, HALF_LIFE, REOPEN_AFTER, HotQuestion, QuestionBoard
from streambot.testing import NOON, a_comment

EAST, EAST_BY_NORTH, NORTH = (1.0, 0.0), (0.98, 0.199), (0.0, 1.0)


class Room:
    """A board and people who ask."""

    def __init__(self, language: str = "en") -> None:
        self.board = QuestionBoard(language)
        self.now = NOON

    def ask(
        self,
        text: str = "how much?",
        intent: Intent = Intent.PRICE,
        *,
        by: str = "",
        people: int = 0,
        language: str = "en",
        embedding: tuple[float, ...] = (),
    ) -> str | None:
        question = None
        for who in [by] if by else [f"viewer-{n}" for n in range(people or 3)]:
            comment = a_comment(text, author=who)
            question = self.board.ask(comment, intent, language, embedding, self.now)
        return question

    @property
    def hot(self) -> list[HotQuestion]:
        return self.board.hot(self.now)

    @property
    def texts(self) -> list[str]:
        return [question.text for question in self.hot]


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
    assert room.ask("so pretty", Intent.PRAISE, people=9) is None
    assert room.hot == []


def test_heat_halves_and_what_nobody_asks_any_more_leaves_the_list() -> None:
    room = Room()
    room.ask(people=4)
    room.now += HALF_LIFE
    assert room.hot[0].heat == pytest.approx(2.0)
    room.now += 3 * HALF_LIFE
    assert room.hot == []


def test_the_hottest_comes_first_and_a_later_wave_overtakes_an_older_one() -> None:
    room = Room()
    room.ask("how much?", people=6)
    room.now += 2 * HALF_LIFE
    room.ask("which size?", Intent.SIZE_FIT, people=3)
    assert room.texts == ["which size?", "how much?"]


def test_the_same_intent_about_another_item_is_another_question() -> None:
    room = Room()
    room.ask("how much is #3", people=3)
    room.ask("price of item 3?", people=5)
    room.ask("3号链接多少钱", people=4)
    room.ask("how much is #4", people=3)
    assert [(question.item, question.askers) for question in room.hot] == [("3", 5), ("4", 3)]


def test_an_intent_that_says_too_little_is_told_apart_by_words_and_meaning() -> None:
    room = Room()
    first = room.ask("is it cotton?", Intent.PRODUCT, people=3, embedding=EAST)
    assert room.ask("IS IT COTTON?", Intent.PRODUCT, by="z", embedding=NORTH) == first
    assert room.ask("made of cotton?", Intent.PRODUCT, by="y", embedding=EAST_BY_NORTH) == first
    assert room.ask("does it glow?", Intent.PRODUCT, by="x", embedding=NORTH) != first
    assert room.ask("is it cotton?", Intent.OTHER, by="x", embedding=EAST) != first


def test_the_host_reads_the_commonest_wording_in_her_own_language() -> None:
    room = Room("th")
    room.ask("how much?", people=5)
    assert room.texts == ["how much?"]
    room.ask("เท่าไหร่คะ", by="a", language="th")
    room.ask("ราคาเท่าไหร่", by="b", language="th")
    room.ask("ราคาเท่าไหร่", by="c", language="th")
    assert room.texts == ["ราคาเท่าไหร่"]


def test_an_answered_question_moves_down_and_stays_away_while_people_still_type() -> None:
    room = Room()
    question = room.ask(people=5) or ""
    assert room.board.mark(question, "answered", room.now)
    room.ask("which size?", Intent.SIZE_FIT, people=3)
    assert [(q.text, q.state) for q in room.hot] == [("which size?", "open"), ("how much?", "answered")]
    room.now += REOPEN_AFTER
    room.ask(people=9)
    assert [q.state for q in room.hot if q.text == "how much?"] == ["answered"]


def test_it_opens_anew_when_enough_people_ask_long_after() -> None:
    room = Room()
    question = room.ask(people=5) or ""
    room.board.mark(question, "answered", room.now)
    room.now += REOPEN_AFTER + 1
    room.ask(by="new-1")
    room.ask(by="new-1")
    room.ask(by="new-2")
    assert room.hot[-1].state == "answered"
    room.ask(by="viewer-0")
    (open_,) = room.hot
    assert (open_.state, open_.askers, open_.first_at) == ("open", 3, room.now)


def test_a_host_may_open_it_again_or_drop_it() -> None:
    room = Room()
    question = room.ask(people=5) or ""
    room.board.mark(question, "answered", room.now)
    room.board.mark(question, "open", room.now)
    assert [(q.state, q.askers) for q in room.hot] == [("open", 5)]
    room.board.mark(question, "dropped", room.now)
    room.ask(people=9)
    assert room.hot == []
    assert not room.board.mark("q-unknown", "answered", room.now)


def test_the_last_answered_come_first_and_not_for_ever() -> None:
    room = Room()
    for number in range(1, 15):
        room.now += 1
        room.board.mark(room.ask(f"how much is #{number}") or "", "answered", room.now)
    assert [question.item for question in room.hot] == [str(number) for number in range(14, 4, -1)]


def test_a_flood_of_nonsense_pushes_out_the_coldest_not_the_wanted() -> None:
    room = Room()
    room.ask(people=5)
    for number in range(2 * CLUSTERS):
        room.ask(f"nonsense {number} ?", Intent.OTHER, by=f"troll-{number}")
    assert room.texts == ["how much?"]
    assert len(room.board._clusters) == CLUSTERS


def test_votes_that_come_out_of_order_count_all_the_same() -> None:
    room = Room()
    room.ask(by="a")
    room.now -= 30
    room.ask(by="b")
    room.now += 40
    room.ask(by="c")
    assert room.hot[0].askers == 3
    assert 2.0 < room.hot[0].heat <= 3.0


def test_a_question_that_the_log_names_is_the_same_without_its_embedding() -> None:
    live, after = Room(), QuestionBoard("en")
    asked = [("is it cotton?", EAST), ("made of cotton?", EAST_BY_NORTH), ("cotton or not", EAST_BY_NORTH)]
    for number, (text, embedding) in enumerate(asked):
        comment = a_comment(text, author=f"viewer-{number}")
        question = live.board.ask(comment, Intent.PRODUCT, "en", embedding, NOON) or ""
        assert after.ask(comment, Intent.PRODUCT, "en", (), NOON, question=question) == question
    assert after.hot(NOON) == live.hot
    assert len(live.hot) == 1
