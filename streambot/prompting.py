"""Says interaction prompts while on air: looks once a second whether one is due, and writes it down before it is sent.

A prompt passes the outbound gate, states only what the catalog knows now, and counts against the room's posts. In
``assist`` a person is offered it, in ``observe`` it is only simulated. One that asks for an answer opens a call window.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from streambot.core.action import NO_CAPABILITY, Act, Action, How, Operation, State
from streambot.core.answers import Tone
from streambot.core.command import Mode
from streambot.core.event import Event, Kind
from streambot.core.labels import Intent
from streambot.core.prompts import READ, Prompt, call_of, worded
from streambot.core.showing import shown
from streambot.ports import Clock, Feed
from streambot.room import RoomState
from streambot.rooms import Rooms
from streambot.scribe import Scribe
from streambot.sequels import NOTHING, Decided, Sequel
from streambot.store.state import Remembered

LOOK: Final = 1.0
"""Seconds between two looks: what happens is answered within one."""


class Prompter:
    """Follows the decisions of rooms to know who is there, and says what is due. Runs until cancelled.

    ``replace`` ends what is left unsent of a prompt before it is said again; ``clock`` and ``sleep`` are the
    broadcast's time.
    """

    def __init__(
        self,
        *,
        rooms: Rooms,
        scribe: Scribe,
        replace: Callable[[RoomState, str], Awaitable[None]],
        feed: Feed,
        wake: Callable[[], None],
        ids: Callable[[], str],
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._rooms = rooms
        self._scribe = scribe
        self._replace = replace
        self._feed = feed
        self._wake = wake
        self._ids = ids
        self._clock = clock
        self._sleep = sleep

    async def run(self) -> None:
        """See the class. Raises StorageError if the log fails and the scribe is not patient."""
        while True:
            await self._sleep(LOOK)
            await self.look()

    async def look(self) -> None:
        """Say in every room what is due in it now."""
        for state in list(self._rooms.states()):
            found = self._due(state, self._clock())
            if found is None:
                continue
            event, action = found
            await self._replace(state, event.data["prompt"])
            await self._scribe.write([event], [action])
            self._feed.publish([event], [action])
            self._wake()

    def _due(self, state: RoomState, now: float) -> tuple[Event, Action] | None:
        """The prompt that is said now, noted as said: what stands in the log tells the room so again after a crash."""
        how = state.capabilities.get(Operation.POST, NO_CAPABILITY).how
        prompts = state.knowledge.prompts if state.knowledge is not None else None
        if prompts is None or state.broadcast is None or state.started_at is None or how is How.NONE:
            return None
        due = state.prompting.due(prompts.prompts, now, started=state.started_at, on_air=state.on_air)
        if not due or not state.answering.bears(now):
            return None
        language = state.prompting.language(prompts.languages, now)
        for prompt in due:
            words = self._words(state, prompt, language, now)
            if words is not None:
                return self._said(state, prompt, language, *words, now, offer=how is How.MANUAL)
        return None

    def _words(
        self, state: RoomState, prompt: Prompt, language: str, now: float
    ) -> tuple[str, Mapping[str, str]] | None:
        """The words of a prompt and the facts in them; None if a fact is missing or the gate stops it."""
        catalog = state.knowledge.catalog if state.knowledge is not None else None
        item = catalog.item(state.on_air.item) if catalog is not None else None
        settings = state.settings
        facts = shown(item, site=settings.site, language=language, now=now, fresh=settings.answers.fresh_for_s)
        found = worded(prompt, language, Tone(settings.tone), facts, state.prompting.turn(prompt.name))
        if found is None or self._rooms.refusals(state, found[0], item):
            return None
        text, wording = found
        return text, {name: facts[name].strip() for name in sorted(wording.facts)}

    def _said(
        self,
        state: RoomState,
        prompt: Prompt,
        language: str,
        text: str,
        facts: Mapping[str, str],
        now: float,
        *,
        offer: bool,
    ) -> tuple[Event, Action]:
        offer = state.mode is Mode.ASSIST or (offer and state.mode is Mode.AUTO)
        identity = self._ids()
        data: dict[str, Any] = {
            "prompt": prompt.name,
            "text": text,
            "language": language,
            "tone": state.settings.tone,
            "item": state.on_air.item,
            "facts": dict(facts),
            "mode": Mode.ASSIST if offer else state.mode,
        }
        if prompt.call is not None:
            data |= {"window_s": prompt.call.seconds, "expects": list(prompt.call.expects)}
        event = Event(
            id=identity,
            at=now,
            room=state.room.name,
            kind=Kind.PROMPT,
            broadcast=state.broadcast,
            act=Act.ANSWER,
            data=data,
        )
        action = Action(
            id=identity,
            operation=Operation.POST,
            room=state.room.name,
            platform=state.room.platform,
            room_id=state.room.id,
            text=text,
            simulated=state.mode is Mode.OBSERVE,
            state=State.PROPOSED if offer else State.PENDING,
        )
        said(state, event)
        return event, action

    def follow(self, state: RoomState, decided: Decided) -> Sequel:
        """See ``sequels.Follower``: who writes is there to read."""
        if not decided.comment.backlog and not decided.comment.author.exempt:
            verdict = decided.verdict
            _heard(state, decided.comment.author.id, decided.now, verdict.intent, verdict.language)
        return NOTHING

    def recall(self, state: RoomState, past: Sequence[Remembered]) -> None:
        """See ``sequels.Follower``: what was said before a restart is not said again."""
        for each in past:
            if each.kind is Kind.PROMPT and (not each.ended or each.data["mode"] not in READ):
                state.prompting.said(each.data["prompt"], each.at)
                if each.data["mode"] in READ:
                    state.answering.spent(each.at)
            elif each.kind is Kind.DECISION and each.comment is not None and not each.comment.author.exempt:
                intent = Intent(each.data["intent"]) if each.data.get("intent") else None
                _heard(state, each.comment.author.id, each.at, intent, each.data.get("language") or "")

    def begin_broadcast(self, state: RoomState) -> None:
        """See ``sequels.Follower``."""
        state.prompting.begin_broadcast()


def said(state: RoomState, event: Event) -> None:
    """Take note of a prompt's event: when it was said or offered, and the call that it opens.

    Only what viewers can read opens a call and costs the room a post.
    """
    state.prompting.said(event.data["prompt"], event.at)
    if event.data["mode"] in READ:
        state.answering.spent(event.at)
        state.own_posts.add(event.data["text"], event.at, event.id)
    if (call := call_of(event.data)) is not None:
        state.history.open_call(event.at, call)


def _heard(state: RoomState, viewer: str, at: float, intent: Intent | None, language: str) -> None:
    asks = intent is not None and intent.is_question
    state.prompting.heard(viewer, at, asks=asks, greets=intent is Intent.GREETING, language=language)
