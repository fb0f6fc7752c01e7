"""The demo's broadcast: believable, complete, and the same for the same seed."""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice, takewhile

import pytest

from streambot.core.canonical import canonical
from streambot.core.comment import Comment, Role, Room
from streambot.core.errors import ConfigError
from streambot.platforms.demo import DemoSource, broadcast
from streambot.platforms.demo.script import LANGUAGES, load_script

ROOM = Room("demo", "demo", "demo")
START = 1_800_000_000.0
SEEDS = (0, 1, 7)


def first(seconds: float, *, seed: int = 7, rate: float | None = None, start: float = START) -> list[Comment]:
    comments = broadcast(room=ROOM, start=start, seed=seed, rate=rate)
    return list(takewhile(lambda comment: comment.sent_at < start + seconds, comments))


def said(comments: list[Comment]) -> list[tuple[str, str, str]]:
    return [(comment.author.id, comment.author.name, comment.text) for comment in comments]


def pattern(lines) -> re.Pattern[str]:
    """What any of the script's lines looks like once its slots are filled."""
    return re.compile("|".join(re.sub(r"\\\{\w+\\\}", ".+", re.escape(line)) for line in lines), re.DOTALL)


def trouble_pattern(*kinds: str) -> re.Pattern[str]:
    by_kind = load_script().trouble.lines
    return pattern(line for kind in kinds for lines in by_kind[kind].values() for line in lines)


def language_of(comment: Comment) -> str:
    """The language whose script has this line, for lines that only one has."""
    text = canonical(comment.text)
    if re.search("[\u0e00-\u0e7f]", text):
        return "th"
    if re.search("[\u4e00-\u9fff]", text):
        return "zh"
    return next((name for name, regex in LATIN.items() if regex.fullmatch(text)), "?")


LATIN = {
    language: pattern(canonical(line) for lines in load_script().tongues[language].lines.values() for line in lines)
    for language in ("vi", "id", "en")
}


@pytest.mark.parametrize("rate", [None, 40])
def test_the_same_seed_gives_the_same_broadcast(rate):
    assert said(first(200, seed=3, rate=rate)) == said(first(200, seed=3, rate=rate, start=START + 86_400))
    assert said(first(60, seed=3, rate=rate)) != said(first(60, seed=4, rate=rate))


def test_a_second_demo_has_other_ids():
    one, two = ({comment.id for comment in first(60, start=start)} for start in (START, START + 1))
    assert one.isdisjoint(two)
    assert f"demo-{int(START)}-000000" in one


def test_ids_are_unique_and_times_never_go_back():
    comments = first(600)
    assert len({comment.id for comment in comments}) == len(comments)
    times = [comment.sent_at for comment in comments]
    assert times == sorted(times)
    assert all(comment.room is ROOM and comment.traceable for comment in comments)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_first_minute_shows_a_bit_of_everything(seed):
    minute = first(60, seed=seed)
    at = {
        name: [comment.sent_at - START for comment in minute if regex.fullmatch(comment.text)]
        for name, regex in {
            "advertising": trouble_pattern("diversion", "gambling"),
            "scam": trouble_pattern("scam"),
            "counterfeit": trouble_pattern("counterfeit"),
            "phone": trouble_pattern("phone"),
            "raid": pattern(load_script().trouble.raids["en"]),
            "troll": pattern(load_script().trouble.trolls["en"]),
            "price": pattern(line for tongue in load_script().tongues.values() for line in tongue.lines["price"]),
            "complaint": pattern(
                line for tongue in load_script().tongues.values() for line in tongue.lines["complaint"]
            ),
            "swearing": pattern(line for tongue in load_script().tongues.values() for line in tongue.lines["swearing"]),
        }.items()
    }
    assert at["advertising"][0] < 10
    assert sum(second < 20 for second in at["price"]) >= 8
    assert 38 <= at["raid"][0] <= 42
    assert at["raid"][-1] - at["raid"][0] <= 20
    assert len(at["raid"]) == 25
    assert len(at["troll"]) == 5
    assert all(at.values())


def test_a_raid_comes_from_as_many_accounts_as_lines():
    raid = pattern(load_script().trouble.raids["en"])
    raiders = {comment.author.id for comment in first(60) if raid.fullmatch(comment.text)}
    assert len(raiders) == 25


@pytest.mark.parametrize("seed", SEEDS)
def test_the_hosts_call_is_followed_by_its_chorus(seed):
    comments = first(60, seed=seed)
    calls = pattern(load_script().tongues["en"].host["call"])
    call = next(comment for comment in comments if calls.fullmatch(comment.text))
    assert call.author.roles == {Role.HOST}

    def ones(since: float, until: float) -> int:
        return sum(canonical(c.text).startswith("1") and since <= c.sent_at - call.sent_at < until for c in comments)

    assert ones(0, 8) >= 20
    assert ones(0, 8) > 4 * ones(-8, 0)


def test_only_the_shop_has_the_shops_roles():
    shop = {comment.author.name for comment in first(600) if comment.author.exempt}
    assert shop == {"Rosie · host", "Team Rosie"}


@pytest.mark.parametrize("seed", SEEDS)
def test_every_language_is_a_tenth_of_the_room_at_least(seed):
    counts = Counter(language_of(comment) for comment in first(400, seed=seed))
    shares = {language: counts[language] / counts.total() for language in LANGUAGES}
    assert min(shares.values()) >= 0.1, shares


@pytest.mark.parametrize("seed", SEEDS)
def test_quiet_minutes_and_waves_take_turns(seed):
    comments = [comment.sent_at - START for comment in first(600, seed=seed)]
    by_five = Counter(int(at // 5) for at in comments)
    rates = sorted(by_five[slot] / 5 for slot in range(120))
    assert rates[12] < 5
    assert rates[-12] > 9


@pytest.mark.parametrize("rate", [1, 2, 5, 20, 100])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_rate_asked_for_is_the_rate_given(rate, seed):
    assert len(first(60, seed=seed, rate=rate)) == pytest.approx(60 * rate, rel=0.15)
    assert len(first(400, seed=seed, rate=rate)) == pytest.approx(400 * rate, rel=0.15)


def test_a_slow_demo_keeps_its_rate_over_an_hour():
    assert len(first(3600, seed=0, rate=0.5)) == pytest.approx(1800, rel=0.03)


def test_five_hundred_a_second_come_from_a_large_and_varied_crowd():
    comments = list(islice(broadcast(room=ROOM, start=START, seed=7, rate=500), 20_000))
    assert comments[-1].sent_at - START == pytest.approx(40, rel=0.25)
    authors = Counter(comment.author.id for comment in comments)
    assert len(authors) > 5000
    assert authors.most_common(1)[0][1] < 40
    assert len({comment.text for comment in comments}) > 4000


@pytest.mark.parametrize("rate", [0, -3, float("nan"), float("inf")])
def test_a_rate_that_is_none_is_refused_before_it_starts(rate):
    with pytest.raises(ConfigError, match="comments a second"):
        broadcast(room=ROOM, start=START, seed=7, rate=rate)


def test_the_script_is_large_enough_to_stay_lively():
    script = load_script()
    for language, tongue in script.tongues.items():
        assert len({line for lines in tongue.lines.values() for line in lines}) >= 150, language
        assert len(set(tongue.people)) == 30, language
    assert {frozenset(tongue.lines) for tongue in script.tongues.values()} == {frozenset(script.tongues["en"].lines)}
    assert len({len(tongue.slots["items"]) for tongue in script.tongues.values()}) == 1


def test_no_slot_is_left_open():
    assert not [comment.text for comment in first(1500) if "{" in comment.text or "}" in comment.text]


def test_telephone_numbers_are_nobodys():
    numbers = [
        number
        for comment in first(3000)
        for number in re.findall(r"\d{8,}", re.sub(r"[\s-]", "", canonical(comment.text)))
    ]
    assert numbers
    assert all("0000" in number or "55501" in number for number in numbers), numbers


class FakeTime:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = START
        self.sleeps = 0

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.sleeps += 1
        self.now += seconds


def play(time: FakeTime, *, duration: float, rate: float | None = None) -> DemoSource:
    return DemoSource(room=ROOM, start=START, rate=rate, seed=7, duration=duration, clock=time.clock, sleep=time.sleep)


async def test_comments_come_at_their_time_and_end_with_the_duration():
    time = FakeTime()
    source = play(time, duration=90)
    taken = [(comment, time.now) async for comment in source.comments()]
    assert source.live
    assert said([comment for comment, _ in taken]) == said(first(90))
    assert all(now == pytest.approx(comment.sent_at) == pytest.approx(comment.received_at) for comment, now in taken)
    assert time.now == START + 90


async def test_a_slow_reader_gets_every_comment_late_and_the_loop_its_turns():
    time = FakeTime()
    taken = []
    async for comment in play(time, duration=20, rate=50).comments():
        taken.append(comment)
        time.now += 0.1
    assert said(taken) == said(first(20, rate=50))
    assert taken[-1].received_at > taken[-1].sent_at + 50
    assert time.sleeps > len(taken)
