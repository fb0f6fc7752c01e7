"""From a verdict to outbox rows: mode, capability, delay."""

from __future__ import annotations

from typing import Any

import pytest

from streambot.core.action import Act, Capability, How, Operation, State
from streambot.core.command import Mode
from streambot.core.comment import Role
from streambot.core.labels import Label
from streambot.core.verdict import Verdict
from streambot.planning import actions_for, mode_for
from streambot.testing import NOON, a_comment, every_capability


def a_verdict(*acts: Act, labels: tuple[Label, ...] = (Label.SPAM,), model_only: tuple[Label, ...] = ()) -> Verdict:
    return Verdict(
        frozenset(acts), dict.fromkeys(labels, 1.0), None, 0.0, "en", (), "tests@1",
        mute_seconds=600, reason="for tests", model_only=frozenset(model_only),
    )  # fmt: skip


def plan(*acts: Act, mode: Mode = Mode.AUTO, labels: tuple[Label, ...] = (Label.SPAM,), **given: Any) -> list[Any]:
    capabilities = given.pop("capabilities", every_capability())
    return list(
        actions_for(
            a_verdict(*acts, labels=labels), a_comment("spam", id="c1", author="u1", **given),
            event="e1", mode=mode, capabilities=capabilities, undo_ms=2000, now=NOON,
        )
    )  # fmt: skip


def test_every_act_that_has_an_operation_becomes_a_row_mildest_first() -> None:
    hide, mute, ban = plan(Act.BAN, Act.MUTE, Act.HIDE, Act.REVIEW, Act.WARN)
    assert [row.operation for row in (hide, mute, ban)] == [Operation.HIDE, Operation.MUTE, Operation.BAN]
    assert [row.duration for row in (hide, mute, ban)] == [None, 600, None]
    assert (hide.id, hide.comment, hide.author, hide.room, hide.room_id) == ("e1", "c1", "u1", "shop", "shop-1")


@pytest.mark.parametrize(
    ("mode", "state", "simulated"),
    [(Mode.AUTO, State.PENDING, False), (Mode.ASSIST, State.PROPOSED, False), (Mode.OBSERVE, State.PENDING, True)],
)
def test_the_mode_says_who_acts(mode: Mode, state: State, simulated: bool) -> None:
    (row,) = plan(Act.HIDE, mode=mode)
    assert (row.state, row.simulated) == (state, simulated)


@pytest.mark.parametrize(
    "who", [{"roles": (Role.HOST,)}, {"roles": (Role.STAFF,)}, {"roles": (Role.BOT,)}, {"backlog": True}]
)
@pytest.mark.parametrize("mode", list(Mode))
def test_the_shops_own_people_and_backlog_are_never_acted_on(who: dict[str, Any], mode: Mode) -> None:
    assert plan(Act.HIDE, Act.BAN, mode=mode, **who) == []


def test_a_member_is_acted_on_like_anybody() -> None:
    assert len(plan(Act.HIDE, roles=(Role.MEMBER,))) == 1


@pytest.mark.parametrize(
    ("how", "reversible", "mode", "label", "delay"),
    [
        (How.API, False, Mode.AUTO, Label.SPAM, 2.0),
        (How.API, True, Mode.AUTO, Label.SPAM, 0.0),
        (How.API, False, Mode.AUTO, Label.HATE, 0.0),
        (How.API, False, Mode.ASSIST, Label.SPAM, 0.0),
        (How.API, False, Mode.OBSERVE, Label.SPAM, 0.0),
        (How.MANUAL, False, Mode.AUTO, Label.SPAM, 0.0),
    ],
)
def test_only_what_cannot_be_reversed_waits_for_regret_and_harm_never_waits(
    how: How, reversible: bool, mode: Mode, label: Label, delay: float
) -> None:
    (row,) = plan(Act.HIDE, mode=mode, labels=(label,), capabilities=every_capability(how, reversible=reversible))
    assert row.not_before == (NOON + delay if delay else 0.0)


def test_what_the_platform_cannot_do_is_asked_all_the_same_and_never_replaced() -> None:
    (row,) = plan(Act.HIDE, capabilities={Operation.BAN: Capability(How.API)})
    assert row.operation is Operation.HIDE


@pytest.mark.parametrize(
    ("labels", "room", "label_modes", "mode"),
    [
        ((Label.SPAM,), Mode.ASSIST, {}, Mode.ASSIST),
        ((), Mode.AUTO, {}, Mode.AUTO),
        ((Label.SPAM,), Mode.ASSIST, {Label.SPAM: Mode.AUTO}, Mode.AUTO),
        ((Label.SPAM,), Mode.AUTO, {Label.SPAM: Mode.ASSIST}, Mode.ASSIST),
        ((Label.SPAM, Label.HATE), Mode.ASSIST, {Label.HATE: Mode.AUTO}, Mode.AUTO),
        ((Label.HATE,), Mode.ASSIST, {Label.SPAM: Mode.AUTO}, Mode.ASSIST),
        ((Label.SPAM,), Mode.OBSERVE, {Label.SPAM: Mode.AUTO}, Mode.OBSERVE),
    ],
)
def test_the_boldest_label_decides_but_a_room_that_observes_acts_on_nothing(
    labels: tuple[Label, ...], room: Mode, label_modes: dict[Label, Mode], mode: Mode
) -> None:
    assert mode_for(a_verdict(Act.HIDE, labels=labels), room, label_modes, rules_only=False) is mode


@pytest.mark.parametrize(
    ("model_only", "rules_only", "mode"),
    [
        ((Label.SPAM,), True, Mode.ASSIST),
        ((Label.SPAM,), False, Mode.AUTO),
        ((), True, Mode.AUTO),
    ],
)
def test_while_the_model_is_down_what_it_alone_asserts_waits_for_a_person(
    model_only: tuple[Label, ...], rules_only: bool, mode: Mode
) -> None:
    verdict = a_verdict(Act.HIDE, model_only=model_only)
    assert mode_for(verdict, Mode.AUTO, {}, rules_only=rules_only) is mode
