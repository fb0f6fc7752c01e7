import itertools

from hypothesis import given
from hypothesis import strategies as st

from streambot.core.comment import Author, Comment, Role, Room
from streambot.core.history import History, Limits
from streambot.core.prompts import Call

ROOM = Room("r", "replay", "r")
_NUMBERS = itertools.count()


def said(author, text, at, *, roles=(), **fields):
    person = Author(author, "", frozenset(roles))
    return Comment(str(next(_NUMBERS)), ROOM, person, text, at, at, **fields)


def names(signals):
    return {signal.name for signal in signals}


def test_the_seventh_comment_in_ten_seconds_is_a_flood():
    history = History()
    heard = [names(history.observe(said("a", f"something else {number}", 100 + number))) for number in range(8)]
    assert heard == [set()] * 6 + [{"flood"}] * 2


def test_seven_comments_over_a_minute_are_none():
    history = History()
    assert not any(history.observe(said("a", f"question number {number}", number * 9.0)) for number in range(20))


def test_the_fourth_time_of_the_same_text_is_a_repeat_however_it_is_dressed():
    history = History()
    texts = ["How much is it", "how much is it??", "ＨＯＷ much is it", "h o w much is it!!"]
    heard = [names(history.observe(said("a", text, number * 20.0))) for number, text in enumerate(texts)]
    assert heard == [set(), set(), set(), {"repeat"}]


def test_the_same_text_by_others_or_long_ago_is_no_repeat():
    history = History()
    assert not any(history.observe(said(f"u{number}", "size M?", float(number))) for number in range(5))
    assert not any(history.observe(said("a", "size M?", number * 121.0)) for number in range(6))


def test_applause_of_emoji_is_no_repeat():
    history = History()
    assert not any(history.observe(said("a", "🔥🔥🔥", number * 3.0)) for number in range(6))


def test_many_authors_with_nearly_the_same_long_text_are_a_raid():
    history = History()
    heard = [
        names(
            history.observe(said(f"u{number}", f"do not buy here they steal your money {'🔥' * number}", 5.0 + number))
        )
        for number in range(7)
    ]
    assert heard == [set()] * 5 + [{"raid"}] * 2


def test_a_raid_in_thai_or_chinese_is_one_too():
    for text in ("อย่าซื้อร้านนี้นะทุกคนเขาโกงเงินเรา", "大家千万不要在这个直播间买东西都是骗人的"):
        history = History()
        heard = [names(history.observe(said(f"u{number}", text, float(number)))) for number in range(6)]
        assert heard[-1] == {"raid"}


def test_one_author_or_one_hour_is_no_raid():
    history = History()
    text = "this is a long and quite ordinary sentence"
    assert not any("raid" in names(history.observe(said("a", text, number * 40.0))) for number in range(9))
    assert not any(
        "raid" in names(history.observe(said(f"u{number}", text, 9000 + number * 31.0))) for number in range(9)
    )


def test_a_chorus_of_short_texts_is_no_raid():
    history = History()
    for word in ("1", "cf", "加油加油", "มาแล้วจ้า", "mau dong kak"):
        assert not any(history.observe(said(f"{word}{number}", word, 1.0)) for number in range(20))


def test_different_long_texts_at_once_are_no_raid():
    history = History()
    texts = [f"does the {colour} dress also come in a longer version" for colour in ("red", "navy blue", "ivory")]
    texts += ["how long does delivery to the islands take", "is there a discount for two of them", "what is it made of"]
    assert not any(history.observe(said(f"u{number}", text, 1.0)) for number, text in enumerate(texts))


def test_the_hosts_type_one_excuses_the_chorus_for_a_minute():
    history, uncalled = History(), History()
    answers = [said("a", "1", 100.0 + number) for number in range(12)]
    assert "flood" in [name for answer in answers for name in names(uncalled.observe(answer))]
    history.observe(said("h", "Type 1 if you want it!", 99.0, roles=[Role.HOST]))
    assert not any(history.observe(answer) for answer in answers)
    late = [names(history.observe(said("a", "1", 200.0 + number))) for number in range(8)]
    assert {"flood", "repeat"} <= late[-1]


def test_a_call_is_heard_in_every_language_and_from_the_shop_only():
    calls = ["พิมพ์ 1 มาเลยค่ะ", "想要的扣1", "gõ 1 nhé mọi người", "ketik 1 kak", "comment 1 below"]
    for call in calls:
        history = History()
        history.observe(said("h", call, 0.0, roles=[Role.STAFF]))
        assert not any(history.observe(said("a", "1", 1.0 + number)) for number in range(10)), call
    history = History()
    history.observe(said("v", "type 1", 0.0))
    assert any(history.observe(said("a", "1", 1.0 + number)) for number in range(10))


def test_in_a_call_window_long_texts_are_still_watched():
    history = History()
    history.open_call(0.0)
    heard = [
        history.observe(said(f"u{number}", "join the other shop they are so much cheaper", 1.0)) for number in range(6)
    ]
    assert names(heard[-1]) == {"raid"}


def test_strikes_are_counted_refunded_and_over_with_the_broadcast():
    history = History()
    history.strike("a", 2)
    history.strike("a")
    assert history.strikes("a") == 3
    (signal,) = history.observe(said("a", "hello", 1.0))
    assert (signal.name, signal.score) == ("strikes", 0.3)
    history.refund("a", 5)
    assert history.strikes("a") == 0
    history.strike("a", 99)
    assert history.observe(said("a", "again", 2.0))[0].score == 1.0
    history.begin_broadcast()
    assert history.observe(said("a", "hello", 3.0)) == []


def test_a_call_that_says_what_it_expects_lets_that_pass_and_nothing_else():
    history = History()
    history.open_call(0.0, Call(("1", "Black"), 30.0))
    for number, text in enumerate(["1", "111", "1 please", "BLACK!", "black 1"] * 3):
        assert not history.observe(said("a", text, 1.0 + number / 10))
    heard = [names(history.observe(said("b", f"yes {number}", 3.0 + number / 10))) for number in range(8)]
    assert "flood" in heard[-1]
    late = [names(history.observe(said("c", "1", 31.0 + number / 10))) for number in range(8)]
    assert "flood" in late[-1]


def test_a_history_told_from_the_log_knows_strikes_and_calls():
    history = History()
    history.strike("old")
    history.restore({"a": 2}, calls=[10.0])
    assert (history.strikes("a"), history.strikes("old")) == (2, 0)
    assert {"strikes"} == names([s for n in range(9) for s in history.observe(said("a", "1", 11.0 + n))])


def test_who_cannot_be_traced_and_who_is_staff_give_no_signal():
    history = History()
    assert not any(history.observe(said("a", "x", 1.0, traceable=False)) for _ in range(20))
    assert not any(history.observe(said("h", "x", 1.0, roles=[Role.HOST])) for _ in range(20))
    history.strike("a")
    assert history.observe(said("a", "x", 1.0, traceable=False)) == []


def test_memory_has_a_bound():
    history = History(Limits(authors=10, texts=10))
    for number in range(500):
        history.observe(said(f"u{number}", f"{number} entirely different words {number * 7919} here", float(number)))
        history.strike(f"u{number}")
    assert len(history._authors._values) == len(history._choruses._values) == len(history._strikes._values) == 10
    assert len(history._by_value) <= 80


@given(st.lists(st.tuples(st.sampled_from("abc"), st.text(max_size=30), st.floats(-1e12, 1e12)), max_size=40))
def test_no_order_of_times_and_no_text_breaks_it(comments):
    first, second = History(), History()
    for author, text, at in comments:
        one = said(author, text, at)
        assert first.observe(one) == second.observe(one)
