"""From the configuration of a room to its source and its actuator."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from aiohttp import ClientSession

from streambot.connectors import Connectors, websocket_source
from streambot.core.action import Action, How, Operation
from streambot.core.comment import Room
from streambot.core.errors import ConfigError
from streambot.platforms.action_wire import NotSentError
from streambot.platforms.webhook import WebhookActuator
from streambot.platforms.websocket_actuator import WebSocketActuator
from streambot.settings import RoomSettings, SourceSettings
from streambot.testing import NOON

ROOM = Room("shop", "relay", "shop-1")
FIELDS = {"text": "/text", "id": "/id"}
HIDE = Action("e1", Operation.HIDE, ROOM.name, ROOM.platform, ROOM.id, comment="c1", author="u1")


def no_session() -> ClientSession:
    raise AssertionError("no webhook is configured")


def connectors(session=no_session) -> Connectors:
    return Connectors(session, lambda: NOON)


def a_source(**fields):
    return websocket_source(
        ROOM,
        SourceSettings.model_validate({"kind": "websocket", "url": "ws://127.0.0.1:1/", **fields}),
        on_link=lambda link, why: None,
        on_gap=lambda since, until: None,
        on_refused=lambda error: None,
        on_stale=lambda: None,
        on_reject=lambda error: None,
        clock=lambda: NOON,
    )


def over_websocket(**tool) -> RoomSettings:
    source = {"kind": "websocket", "url": "ws://127.0.0.1:1/", "fields": FIELDS}
    return RoomSettings.model_validate(
        {"actuator": "websocket", "source": source, "tool": {"can": {"hide": "api"}, **tool}}
    )


def by_webhook(secret: Path) -> RoomSettings:
    tool = {"can": {"hide": "api"}, "url": "http://127.0.0.1:1/act", "secret_file": str(secret)}
    return RoomSettings.model_validate({"actuator": "webhook", "tool": tool})


@pytest.mark.parametrize("name", ["manual", "simulated"])
def test_what_needs_no_connection_is_the_same_for_every_room(name: str) -> None:
    made, of = connectors(), RoomSettings(actuator=name)
    assert made.actuator(HIDE, of) is made.actuator(HIDE, RoomSettings(actuator=name, mode="auto"))
    assert made.capabilities(of) == made.actuator(HIDE, of).capabilities


async def test_a_webhook_is_made_once_a_room_with_the_secret_of_its_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("a-secret-that-is-long-enough")
    secret.chmod(0o600)
    async with ClientSession() as session:
        made, of = connectors(lambda: session), by_webhook(secret)
        actuator = made.actuator(HIDE, of)
        assert isinstance(actuator, WebhookActuator)
        assert made.actuator(HIDE, of) is actuator
        elsewhere = Action("e2", Operation.HIDE, "other", ROOM.platform, "shop-2")
        assert made.actuator(elsewhere, of) is not actuator


def test_a_secret_that_others_can_read_is_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("a-secret-that-is-long-enough")
    secret.chmod(0o644)
    with pytest.raises(ConfigError) as error:
        connectors().actuator(HIDE, by_webhook(secret))
    assert error.value.code == "secret_exposed"


def test_a_room_can_do_what_its_tool_is_said_to_do_and_no_more() -> None:
    can = connectors().capabilities(over_websocket())
    assert {operation for operation, capability in can.items() if capability.how is How.API} == {Operation.HIDE}


def test_a_tool_that_is_said_to_do_what_there_is_not_is_refused_at_the_start() -> None:
    with pytest.raises(ConfigError) as error:
        connectors().capabilities(over_websocket(can={"hid": "api"}))
    assert (error.value.code, "hide" in error.value.fix) == ("capabilities_invalid", True)


async def test_without_its_connection_an_action_is_not_sent_and_with_it_it_is_asked_over_it() -> None:
    made, of = connectors(), over_websocket(timeout_s=0.5)
    before = made.actuator(HIDE, of)
    assert isinstance(before, WebSocketActuator)
    with pytest.raises(NotSentError):
        await before.apply(HIDE)

    class Line:
        def __init__(self) -> None:
            self.asked: list[tuple[str, float]] = []

        async def ask(self, key, message, seconds):
            self.asked.append((key, seconds))
            return {"action_id": key, "status": "done"}

    line = Line()
    made.connect(ROOM, line)
    assert (await made.actuator(HIDE, of).apply(HIDE)).result == "applied"
    assert line.asked == [("e1:hide", 0.5)]


@pytest.mark.parametrize("fields", [{"recipe": "tikfinity"}, {"fields": FIELDS}])
def test_a_source_reads_by_a_recipe_or_by_fields_of_its_own(fields: dict[str, object]) -> None:
    assert a_source(**fields).live


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"recipe": "tikfinty"}, "recipe_unknown"),
        ({"fields": {"txt": "/text"}}, "fields_invalid"),
        ({"fields": FIELDS, "url": "http://127.0.0.1/"}, "websocket_url"),
        ({"fields": FIELDS, "headers_file": "/nowhere/headers"}, "secret_unreadable"),
        ({"fields": FIELDS, "url": "wss://127.0.0.1:1/", "ca_file": "/nowhere/ca.pem"}, "ca_file_invalid"),
    ],
)
def test_a_source_that_cannot_work_is_refused_before_it_starts(fields: dict[str, object], code: str) -> None:
    with pytest.raises(ConfigError) as error:
        a_source(**fields)
    assert error.value.code == code


def test_an_authoritys_file_is_for_wss_only() -> None:
    with pytest.raises(ValueError, match="wss:"):
        a_source(fields=FIELDS, ca_file="ca.pem")


def test_the_loop_is_not_needed_to_read_a_configuration() -> None:
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()
    a_source(fields=FIELDS)
