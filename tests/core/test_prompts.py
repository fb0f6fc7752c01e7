"""When a prompt may be said: few and far between, and never into an empty room."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from streambot.core.answers import Scenario, Tone, Wording
from streambot.core.on_air import OnAir
from streambot.core.prompts import (
    LATE,
    SPACING,
    WRITING,
    At,
    Begins,
    Call,
    Every,
    Greeted,
    Prompt,
    Prompting,
    Unasked,
    When,
    call_of,
    worded,
)

NOTHING = OnAir()


def a_prompt(when: When, name: str = "hi", *texts: str) -> Prompt:
    return Prompt(name, when, {("en", Tone.CASUAL): tuple(Wording(text) for text in texts or ("Hi",))})


def due(room: Prompting, now: float, *prompts: Prompt, on_air: OnAir = NOTHING, started: float = 0.0) -> list[str]:
    return [prompt.name for prompt in room.due(prompts, now, started=started, on_air=on_air)]


def busy(until: float = 4000.0) -> Prompting:
    room = Prompting()
    room.heard("ann", until)
    return room


def test_at_its_minute_a_prompt_is_said_once_and_not_when_its_moment_is_over() -> None:
    room, hi = busy(), a_prompt(At(60.0))
    assert due(room, 59.0, hi) == []
    assert due(room, 60.0, hi) == ["hi"]
    assert due(room, 60.0 + LATE, hi) == []
    room.said("hi", 61.0)
    assert due(room, 61.0 + SPACING, hi) == []


def test_every_so_often_counts_from_the_last_time() -> None:
    room, hi = busy(), a_prompt(Every(300.0))
    assert due(room, 299.0, hi) == []
    assert due(room, 310.0, hi) == ["hi"]
    room.said("hi", 310.0)
    assert due(room, 609.0, hi) == []
    assert due(room, 610.0, hi) == ["hi"]


def test_a_new_item_is_spoken_of_once_while_it_is_new() -> None:
    room, hi = busy(), a_prompt(Begins(after=30.0))
    shows = OnAir(item="3", at=1000.0)
    assert due(room, 1029.0, hi, on_air=shows) == []
    assert due(room, 1030.0, hi, on_air=shows) == ["hi"]
    room.said("hi", 1030.0)
    assert due(room, 1095.0, hi, on_air=shows) == []
    assert due(room, 1140.0, hi, on_air=OnAir(item="4", at=1100.0)) == ["hi"]
    assert due(room, 1300.0, hi, on_air=OnAir(item="4", at=1100.0)) == []
    assert due(room, 1140.0, hi) == []


def test_a_scenario_is_spoken_of_when_it_begins() -> None:
    room, hi = busy(), a_prompt(Begins(Scenario.FLASH_SALE))
    assert due(room, 1000.0, hi, on_air=OnAir("3", Scenario.REGULAR, 995.0, at=900.0)) == []
    assert due(room, 1000.0, hi, on_air=OnAir("3", Scenario.FLASH_SALE, 995.0, at=900.0)) == ["hi"]


def test_viewers_who_greet_are_welcomed_one_who_greets_often_is_not_many() -> None:
    room, hi = Prompting(), a_prompt(Greeted(3, 600.0))
    for at in range(5):
        room.heard("ann", float(at), greets=True)
    assert due(room, 5.0, hi) == []
    room.heard("bob", 5.0, greets=True)
    room.heard("cid", 6.0, greets=True)
    assert due(room, 7.0, hi) == ["hi"]
    assert due(room, 67.0, hi) == []


def test_where_nobody_has_asked_for_minutes_questions_are_invited() -> None:
    room, hi = Prompting(), a_prompt(Unasked(180.0, 600.0))
    room.heard("ann", 100.0, asks=True)
    room.heard("bob", 270.0)
    assert due(room, 279.0, hi) == []
    assert due(room, 280.0, hi) == ["hi"]


def test_nobody_writes_so_nothing_is_said() -> None:
    room, hi = Prompting(), a_prompt(Every(120.0))
    assert due(room, 500.0, hi) == []
    room.heard("ann", 500.0)
    assert due(room, 500.0 + WRITING, hi) == ["hi"]
    assert due(room, 501.0 + WRITING, hi) == []


def test_what_is_over_soonest_goes_first() -> None:
    prompts = [a_prompt(Every(60.0), "every"), a_prompt(At(1000.0), "at"), a_prompt(Begins(), "item")]
    assert due(busy(), 1000.0, *prompts, on_air=OnAir(item="3", at=999.0)) == ["item", "at", "every"]


def test_a_new_broadcast_may_be_welcomed_anew_but_not_within_a_minute() -> None:
    room, hi = busy(), a_prompt(At(0.0))
    room.said("hi", 100.0)
    room.begin_broadcast()
    assert due(room, 130.0, hi, started=120.0) == []
    assert due(room, 165.0, hi, started=120.0) == ["hi"]


def test_the_language_is_what_most_write_lately_else_the_rooms_own() -> None:
    room = Prompting()
    assert room.language(("th", "en"), 0.0) == "th"
    for at, language in ((0.0, "en"), (1.0, "en"), (2.0, "th"), (3.0, "vi"), (4.0, "vi"), (5.0, "vi")):
        room.heard("ann", at, language=language)
    assert room.language(("th", "en"), 10.0) == "en"
    assert room.language(("th", "en"), 1000.0) == "th"


def test_a_wording_whose_fact_is_not_known_is_not_said() -> None:
    prompt = a_prompt(At(0.0), "hi", "Only {price}", "{item?This one} is on", "Take it for {price}")
    assert worded(prompt, "en", Tone.CASUAL, {}, 7)[0] == "This one is on"  # type: ignore[index]
    said = [worded(prompt, "en", Tone.CASUAL, {"price": "$9"}, turn)[0] for turn in range(3)]  # type: ignore[index]
    assert said == ["Only $9", "This one is on", "Take it for $9"]
    assert worded(a_prompt(At(0.0), "hi", "{price}"), "en", Tone.CASUAL, {}, 0) is None
    assert worded(prompt, "th", Tone.CASUAL, {}, 0) is None


def test_only_a_prompt_that_viewers_read_opens_its_call() -> None:
    data = {"window_s": 45, "expects": ["1"]}
    assert call_of({**data, "mode": "auto"}) == Call(("1",), 45.0)
    assert call_of({**data, "mode": "person"}) == Call(("1",), 45.0)
    assert call_of({**data, "mode": "assist"}) is None
    assert call_of({**data, "mode": "observe"}) is None
    assert call_of({"mode": "auto"}) is None


_TIMES = st.one_of(
    st.builds(At, st.floats(0, 3000)),
    st.builds(Every, st.floats(1, 600)),
    st.builds(Begins, st.sampled_from([None, Scenario.FLASH_SALE]), st.floats(0, 60)),
    st.builds(Greeted, st.integers(1, 3), st.floats(0, 300)),
    st.builds(Unasked, st.floats(1, 300), st.floats(0, 300)),
)
_STEPS = st.lists(
    st.tuples(st.floats(0.1, 90.0), st.sampled_from(["look", "write", "ask", "greet", "item", "flash", "broadcast"])),
    max_size=200,
)


@given(st.lists(_TIMES, min_size=1, max_size=5), _STEPS)
def test_whatever_happens_there_are_never_two_within_a_minute_nor_one_into_an_empty_room(
    times: list[When], steps: list[tuple[float, str]]
) -> None:
    prompts = [a_prompt(when, f"p{number}") for number, when in enumerate(times)]
    room, on_air, now, started = Prompting(), NOTHING, 0.0, 0.0
    said: list[tuple[float, str, float]] = []
    wrote = -1e9
    for number, (seconds, what) in enumerate(steps):
        now += seconds
        match what:
            case "write" | "ask" | "greet":
                wrote = now
                room.heard(f"v{number % 4}", now, asks=what == "ask", greets=what == "greet")
            case "item" | "flash":
                change = ("item", str(number)) if what == "item" else ("scenario", "flash_sale")
                on_air = on_air.changed({"key": change[0], "value": change[1]}, "nok", now)
            case "broadcast":
                room.begin_broadcast()
                started = now
        for prompt in room.due(prompts, now, started=started, on_air=on_air)[:1]:
            room.said(prompt.name, now)
            said.append((now, prompt.name, wrote))
    assert all(later[0] - sooner[0] >= SPACING for sooner, later in pairwise(said))
    assert all(0 <= at - last <= WRITING for at, _, last in said)
