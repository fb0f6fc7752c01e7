"""The actuators that touch no platform."""

from __future__ import annotations

import pytest

from streambot.core.action import Action, How, Operation, Result, Scope
from streambot.platforms.manual import ManualActuator
from streambot.platforms.simulated import SimulatedActuator


def an_action(operation: Operation) -> Action:
    return Action(id="e1", operation=operation, room="demo", platform="demo", room_id="demo", comment="c1", author="u1")


@pytest.mark.parametrize("operation", Operation)
async def test_a_simulated_actuator_can_do_everything_and_says_that_it_did_not(operation):
    actuator = SimulatedActuator()
    assert actuator.capabilities[operation].how is How.API
    outcome = await actuator.apply(an_action(operation))
    assert outcome.result is Result.SIMULATED
    assert operation in outcome.detail


@pytest.mark.parametrize("operation", Operation)
async def test_a_manual_actuator_leaves_everything_to_a_person(operation):
    actuator = ManualActuator()
    assert actuator.capabilities[operation].how is How.MANUAL
    outcome = await actuator.apply(an_action(operation))
    assert outcome.result is Result.MANUAL
    assert operation in outcome.detail


@pytest.mark.parametrize("actuator", [SimulatedActuator(), ManualActuator()])
def test_hide_reaches_one_comment_and_a_post_is_never_sent_twice(actuator):
    capabilities = actuator.capabilities
    assert capabilities[Operation.HIDE].scope is Scope.COMMENT
    assert capabilities[Operation.MUTE].scope is capabilities[Operation.BAN].scope is Scope.AUTHOR
    assert not capabilities[Operation.POST].idempotent
    assert not capabilities[Operation.POST].reversible
    assert capabilities[Operation.HIDE].idempotent
    assert capabilities[Operation.HIDE].reversible
