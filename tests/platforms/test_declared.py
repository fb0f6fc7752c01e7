"""What an operator says that their tool can do."""

from __future__ import annotations

import pytest

from streambot.core.action import NO_CAPABILITY, Capability, How, Operation, Scope
from streambot.core.errors import ConfigError
from streambot.platforms.declared import declared_capabilities


def test_what_is_named_can_be_done_and_nothing_else():
    can = declared_capabilities({"hide": "api", "mute": {"durations": [300, 30]}, "ban": "none"}, where="can")
    assert can[Operation.HIDE] == Capability(How.API, scope=Scope.COMMENT)
    assert can[Operation.MUTE] == Capability(How.API, scope=Scope.AUTHOR, durations=(30, 300))
    assert can[Operation.BAN] == can[Operation.PIN] == NO_CAPABILITY
    assert set(can) == set(Operation)


def test_an_operator_may_know_better_what_can_be_taken_back_or_sent_twice():
    can = declared_capabilities({"hide": {"reversible": False, "idempotent": False}, "post": "api"}, where="can")
    assert not can[Operation.HIDE].reversible
    assert not can[Operation.HIDE].idempotent
    assert not can[Operation.POST].reversible
    assert not can[Operation.POST].idempotent
    assert declared_capabilities({"hide": {"how": "none"}}, where="can")[Operation.HIDE] == NO_CAPABILITY


@pytest.mark.parametrize(
    ("stated", "told"),
    [
        ({"hid": "api"}, "can.hid: .*Did you mean hide"),
        ({"hide": "yes"}, "can.hide"),
        ({"hide": {"hwo": "api"}}, "can.hide.hwo"),
        ({"mute": {"durations": []}}, "can.mute.durations"),
        ({"mute": {"durations": [0]}}, "can.mute.durations.0"),
        ({"mute": {"durations": ["30"]}}, "can.mute.durations.0"),
    ],
)
def test_a_slip_is_refused_at_the_start(stated, told):
    with pytest.raises(ConfigError, match=told):
        declared_capabilities(stated, where="can")
