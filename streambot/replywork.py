"""What a controller does about answers: send, edit, decline, type one, and say what is on air.

Each is worked out in one step and says what to write, as ``casework`` does for comments.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from streambot.casework import Work
from streambot.core.action import NO_CAPABILITY, Act, Action, How, Operation, Result, State
from streambot.core.answers import Scenario
from streambot.core.catalog import Item
from streambot.core.command import Answer, Command, Mode, Reply, Verb
from streambot.core.event import Event, Kind
from streambot.core.gate import Refusal
from streambot.core.on_air import ITEM, SCENARIO
from streambot.nearest import nearest
from streambot.ports import Clock
from streambot.prompting import said
from streambot.room import RoomState
from streambot.store.outbox import Outbox

Asked = Sequence[tuple[Action, Result | None]]


class ReplyWork:
    """Works out commands about answers; ``gate`` says why a text must not leave."""

    def __init__(
        self,
        outbox: Outbox,
        gate: Callable[[RoomState, str, Item | None], Sequence[Refusal]],
        ids: Callable[[], str],
        clock: Clock,
    ) -> None:
        self._outbox = outbox
        self._gate = gate
        self._ids = ids
        self._clock = clock

    def on_air(self, state: RoomState, command: Command) -> Work | Reply:
        """Set the item on air, or its scenario; an empty item is none."""
        before = state.on_air
        key = ITEM if command.verb is Verb.ITEM else SCENARIO
        wrong = self._wrong_item(state, command.value) if key == ITEM else _wrong_scenario(command.value)
        if wrong:
            return Reply(Answer.INVALID, message=wrong)
        stands = before.item if key == ITEM else before.scenario
        if stands == command.value and key == ITEM:
            return Reply(Answer.NOOP)
        by = "api" if command.via == "api" else "controller"
        data = {"key": key, "value": command.value, "before": stands, "by": by}
        event = self._event(state, command, Kind.SETTING, data)

        def then() -> None:
            state.on_air = state.on_air.changed(data, command.actor, event.at)

        return Work(event, Reply(Answer.ACCEPTED, event=event.id), then=then)

    @staticmethod
    def _wrong_item(state: RoomState, number: str) -> str:
        catalog = state.knowledge.catalog if state.knowledge is not None else None
        if number and not (number.isascii() and number.isdecimal() and len(number) <= 4):
            return "an item is named by its number on air"
        if number and catalog is not None and catalog.item(number) is None:
            close = nearest(number, [str(item.number) for item in catalog.items])
            return f"the catalog has no item {number}" + (f"; is it {close}?" if close else "")
        return ""

    def send(self, state: RoomState, command: Command, asked: Asked, offered: Mapping[str, Any]) -> Work | Reply:
        """Post an answer that was offered, as it stands or as the controller wrote it; ``offered`` is its event."""
        offer = next((action for action, _ in asked if action.operation is Operation.POST), None)
        if offer is None:
            return Reply(Answer.NOT_FOUND, message="there is no such answer in this room")
        if not _is_open(asked):
            return Reply(Answer.NOOP, event=offer.id)
        text = command.value.strip() or (offer.text or "")
        data = {
            **{name: offered[name] for name in offered if name != "answer"},
            "text": text,
            "offer": offer.id,
            "edited": text != offer.text,
        }
        closing = [self._outbox.close(offer, Result.IGNORED, f"sent by {command.actor}")]
        return self._posted(
            state, command, text, data, comment=offer.comment, author=offer.author, offer=offer, closing=closing
        )

    def dismiss(self, state: RoomState, command: Command, asked: Asked) -> Work | Reply:
        """Decline an answer that was offered."""
        offer = next((action for action, _ in asked if action.operation is Operation.POST), None)
        if offer is None:
            return Reply(Answer.NOT_FOUND, message="there is no such answer in this room")
        if not _is_open(asked):
            return Reply(Answer.NOOP, event=offer.id)
        event = self._event(state, command, Kind.NOTE, {"dismissed": offer.id})
        return Work(
            event,
            Reply(Answer.ACCEPTED, event=event.id),
            statements=[self._outbox.close(offer, Result.IGNORED, f"declined by {command.actor}")],
            then=lambda: state.answering.declined(offer.id),
            touched=[offer],
        )

    def post(self, state: RoomState, command: Command, author: str | None) -> Work | Reply:
        """Post what a controller typed; ``author`` wrote the comment that it answers, if it answers one."""
        text = " ".join(command.value.split())
        if not text:
            return Reply(Answer.INVALID, message="there is nothing to send")
        comment = command.target if author is not None else None
        question = command.target if author is None else ""
        item = next((each.item for each in state.hot() if each.id == question), "") if question else ""
        data = {"text": text, "question": question, "item": item, "to": [comment] if comment else []}
        return self._posted(state, command, text, data, comment=comment, author=author)

    def _posted(
        self,
        state: RoomState,
        command: Command,
        text: str,
        data: Mapping[str, Any],
        *,
        comment: str | None,
        author: str | None,
        offer: Action | None = None,
        closing: Sequence[Any] = (),
    ) -> Work | Reply:
        if state.capabilities.get(Operation.POST, NO_CAPABILITY).how is How.NONE:
            return Reply(Answer.FORBIDDEN, message="nothing can be posted to this platform")
        catalog = state.knowledge.catalog if state.knowledge is not None else None
        number = str(data.get("item") or "") or state.on_air.item
        refused = self._gate(state, text, catalog.item(number) if catalog is not None and number else None)
        if refused:
            why = " ".join(each.why + (f" {each.instead}" if each.instead else "") for each in refused)
            found = tuple({**asdict(each), "span": list(each.span)} for each in refused)
            return Reply(Answer.INVALID, message=why, findings=found)
        key = (state.room.platform, state.room.id, comment) if comment else None
        kind = Kind.PROMPT if "prompt" in data else Kind.ANSWER
        event = self._event(
            state, command, kind, {**data, "mode": "person", "verb": command.verb}, act=Act.ANSWER, key=key
        )
        action = Action(
            id=event.id,
            operation=Operation.POST,
            room=state.room.name,
            platform=state.room.platform,
            room_id=state.room.id,
            comment=comment,
            author=author,
            text=text,
            simulated=state.mode is Mode.OBSERVE,
            actor=command.actor,
            state=State.PENDING,
        )

        def then() -> None:
            if kind is Kind.PROMPT:
                said(state, event)
                return
            if offer is not None:
                state.answering.taken(offer.id, event.id, [author] if author else [], event.at)
            else:
                state.answering.spent(event.at)
            state.own_posts.add(text, event.at, event.id)
            state.answering.typing(command.target, event.at, on=False)

        reply = Reply(Answer.ACCEPTED, event=event.id)
        return Work(event, reply, [action], closing, then, [offer] if offer is not None else [])

    def typing(self, state: RoomState, command: Command) -> list[str]:
        """A person starts or stops typing: the ids of the automatic answers that have to be withdrawn for it."""
        return state.answering.typing(command.target, self._clock(), on=command.value == "1")

    def stop(self, state: RoomState, command: Command, actions: Sequence[Action]) -> Work | Reply:
        """Withdraw automatic answers that have not left yet, because a person types one."""
        event = self._event(state, command, Kind.NOTE, {"stopped": [action.id for action in actions]})

        def then() -> None:
            for action in actions:
                state.answering.withdrawn(action.id)

        return Work(
            event,
            Reply(Answer.ACCEPTED, event=event.id),
            statements=[
                self._outbox.close(action, Result.WITHDRAWN, f"{command.actor} is typing") for action in actions
            ],
            then=then,
            touched=actions,
        )

    def silence(self, state: RoomState, work: Work, actions: Sequence[Action]) -> Work:
        """The same work, and what has not left of the answers to a comment that viewers will not see any more."""

        def then() -> None:
            work.then()
            for action in actions:
                state.answering.withdrawn(action.id)

        closing = [self._outbox.close(action, Result.WITHDRAWN, "its comment is hidden") for action in actions]
        return replace(work, statements=[*work.statements, *closing], touched=[*work.touched, *actions], then=then)

    def _event(
        self,
        state: RoomState,
        command: Command,
        kind: Kind,
        data: Mapping[str, Any],
        *,
        act: Act | None = None,
        key: tuple[str, str, str] | None = None,
    ) -> Event:
        return Event(
            id=self._ids(),
            at=self._clock(),
            room=state.room.name,
            kind=kind,
            actor=command.actor,
            broadcast=state.broadcast,
            comment_key=key,
            act=act,
            reason=command.reason,
            data={"via": command.via, **data},
        )


def _wrong_scenario(value: str) -> str:
    return "" if value in set(Scenario) else f"a scenario is one of {', '.join(Scenario)}"


def _is_open(asked: Asked) -> bool:
    return any(action.state is State.PROPOSED and result is None for action, result in asked)
