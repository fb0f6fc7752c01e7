"""Answers questions while on air: a decided comment in, a post or an offer to the controller out, or a counted gap.

Everything an answer says comes from the catalog and the canned wordings, and passes the outbound gate.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from streambot.core.action import NO_CAPABILITY, Act, Action, How, Operation, State
from streambot.core.answering import Go, Topic
from streambot.core.answers import LONGEST_NAME, PRIVATE, Answer, Asked, Gap, Lack, Scenario, Tone
from streambot.core.beside import says
from streambot.core.canonical import canonical
from streambot.core.catalog import Item
from streambot.core.command import Mode
from streambot.core.comment import Role
from streambot.core.event import BOT, Event, Kind
from streambot.core.evident import is_evident
from streambot.core.facts import Facts, facts
from streambot.core.gate import Refusal
from streambot.core.history import is_call
from streambot.core.items import item_numbers
from streambot.core.labels import Intent
from streambot.core.on_air import ITEM
from streambot.room import RoomState
from streambot.sequels import NOTHING, Decided, Sequel
from streambot.store.state import Remembered

SURE: Final = 0.65
"""Score of an intent from which an answer goes out by itself; below, from what makes a question a question, a person is
offered it. A wrong answer in public costs more than none."""
_PERHAPS_ASKS: Final = frozenset({Intent.REQUEST, *(intent for intent in Intent if intent.is_question)})
"""Intents whose comment may be a question by its plain words: who says "the size chart please" requests it."""
GATED: Final = "gate"
CANNOT_POST: Final = "cannot_post"

Gate = Callable[[RoomState, str, Item | None], Sequence[Refusal]]


@dataclass(frozen=True, slots=True)
class Drafted:
    """An answer that may be said: its text, what it settles, and the data of its event."""

    text: str
    topic: Topic
    data: dict[str, Any]


class Answerer:
    """Follows the decisions of a room. ``gate`` says why a text must not leave; ``sure_to_ask`` is from which score of
    its intent a comment is a question at all; unless ``live`` there is nobody who could be offered an answer.
    """

    def __init__(self, gate: Gate, ids: Callable[[], str], *, sure_to_ask: float, live: bool = True) -> None:
        self._gate = gate
        self._live = live
        self._ids = ids
        self._sure_to_ask = sure_to_ask

    def follow(self, state: RoomState, decided: Decided) -> Sequel:
        """See ``sequels.Follower``."""
        if decided.comment.backlog or decided.event.kind is Kind.REJUDGEMENT:
            # Nobody waits for it any more.
            return NOTHING
        if Role.HOST in decided.comment.author.roles:
            return self._heard(state, decided)
        verdict = decided.verdict
        intent, score = verdict.intent, verdict.intent_score
        if intent in _PERHAPS_ASKS and (plain := says(canonical(decided.comment.text))) is not None:
            intent, score = plain, 1.0
        asks = intent is not None and (intent.is_question or intent in PRIVATE)
        visible = verdict.action.severity < Act.REVIEW.severity
        if not asks or not visible or decided.comment.author.exempt or score < self._sure_to_ask:
            return NOTHING
        return self._answer(state, decided, intent, score) if intent else NOTHING

    def recall(self, state: RoomState, past: Sequence[Remembered]) -> None:
        """See ``sequels.Follower``: what was said before a restart is not said again, and what was offered stays."""
        for each in past:
            if each.kind is not Kind.ANSWER or each.ended:
                continue
            if each.data.get("mode") != "suggest":
                state.own_posts.add(each.data.get("text", ""), each.at, each.data.get("answer", ""))
            if "topic" not in each.data:
                continue
            topic = _topic(each.data["topic"])
            if each.data.get("mode") == "suggest":
                state.answering.offered(topic, each.data.get("answer", ""), each.at)
            else:
                viewers = [each.comment.author.id] if each.comment is not None else []
                state.answering.posted(topic, each.data.get("answer", ""), viewers, each.at)

    def begin_broadcast(self, state: RoomState) -> None:
        """See ``sequels.Follower``."""
        state.answering.begin_broadcast()

    def _heard(self, state: RoomState, decided: Decided) -> Sequel:
        """The host's own comment names the item that is shown from now on; "type number 1" names none."""
        if is_call(decided.comment.text):
            return NOTHING
        numbers = item_numbers(decided.comment.text)
        catalog = state.knowledge.catalog if state.knowledge is not None else None
        if len(numbers) != 1 or numbers[0] == state.on_air.item or catalog is None or catalog.item(numbers[0]) is None:
            return NOTHING
        data = {"key": ITEM, "value": numbers[0], "before": state.on_air.item, "by": "host"}
        actor = decided.comment.author.id
        state.on_air = state.on_air.changed(data, actor, decided.at)
        event = Event(self._ids(), decided.at, state.room.name, Kind.SETTING, actor, decided.event.broadcast, data=data)
        return Sequel([event])

    def _answer(self, state: RoomState, decided: Decided, intent: Intent, score: float) -> Sequel:
        mode = state.settings.answers.mode_for(intent)
        can = state.capabilities.get(Operation.POST, NO_CAPABILITY)
        if mode == "off" or state.knowledge is None:
            return NOTHING
        if can.how is How.NONE:
            state.answering.gaps[CANNOT_POST] += 1
            return NOTHING
        draft = self.draft(state, decided, intent)
        if isinstance(draft, str):
            state.answering.gaps[draft] += 1
            return NOTHING
        sure = score >= SURE and self._is_evident(state, decided.comment.text, draft.topic)
        offer = mode == "suggest" or state.mode is not Mode.AUTO or not sure or can.how is How.MANUAL
        if offer and not self._live:
            return NOTHING
        viewer, comment = decided.comment.author.id, decided.comment
        keys = [key for key in (decided.question, comment.id) if key]
        leave = state.answering.consider(draft.topic, viewer, decided.now, keys=keys, offer=offer)
        if not isinstance(leave, Go):
            state.answering.silences[leave] += 1
            return NOTHING
        identity = self._ids()
        event = Event(
            id=identity,
            at=decided.at,
            room=state.room.name,
            kind=Kind.ANSWER,
            broadcast=decided.event.broadcast,
            comment_key=comment.key,
            act=Act.ANSWER,
            data={
                **draft.data,
                "answer": identity,
                "question": decided.question or "",
                "mode": "suggest" if offer else "auto",
            },
        )
        at = leave.at if offer else leave.at + state.settings.answers.typing_ms / 1000
        action = Action(
            id=identity,
            operation=Operation.POST,
            room=state.room.name,
            platform=state.room.platform,
            room_id=state.room.id,
            comment=comment.id,
            author=viewer,
            text=draft.text,
            simulated=state.mode is Mode.OBSERVE,
            actor=BOT,
            state=State.PROPOSED if offer else State.PENDING,
            not_before=0.0 if offer else at,
        )
        if offer:
            state.answering.offered(draft.topic, identity, decided.now)
        else:
            state.answering.posted(draft.topic, identity, [viewer], at, keys=keys)
            state.own_posts.add(draft.text, at, identity)
        return Sequel([event], [action])

    def draft(self, state: RoomState, decided: Decided, intent: Intent) -> Drafted | str:
        """What can be said to a question, or the reason why nothing can."""
        knowledge, settings = state.knowledge, state.settings
        if knowledge is None:
            return Lack.NO_WORDING
        language = decided.verdict.language
        found = known(state, decided.comment.text, intent, language, decided.now)
        if found.why is not None:
            return found.why
        intent = found.intent or intent
        asked = Asked(
            intent,
            settings.site,
            language,
            Tone(settings.tone),
            found.about,
            scenario_of(state, found),
            # What the facts themselves call for has no end but theirs.
            0.0 if found.scenario else decided.now - state.on_air.since,
        )
        values = dict(found.values)
        name = " ".join(decided.comment.author.name.split())
        if 0 < len(name) <= LONGEST_NAME:
            values["user"] = name
        item = knowledge.catalog.item(found.item) if knowledge.catalog is not None and found.item else None
        key = zlib.crc32(decided.comment.id.encode())
        said: Answer | Gap = knowledge.answers.answer(asked, values, key=key)
        if isinstance(said, Answer) and "user" in values and self._gate(state, said.text, item):
            # A nickname can be an advertisement.
            del values["user"]
            said = knowledge.answers.answer(asked, values, key=key)
        if isinstance(said, Gap):
            return said.reason
        if self._gate(state, said.text, item):
            return GATED
        stated = {name: value for name, value in said.facts.items() if name not in ("user", "item", "number")}
        topic = Topic(
            intent, found.item, found.about, "|".join(f"{k}={v}" for k, v in sorted(stated.items())), language
        )
        data = {
            "intent": intent,
            "item": str(found.item or ""),
            "language": language,
            "tone": said.tone,
            "scenario": asked.scenario,
            "about": found.about,
            "facts": dict(said.facts),
            "text": said.text,
            "to": [decided.comment.id],
            "topic": [topic.intent, topic.item, topic.about, topic.facts, topic.language],
        }
        return Drafted(said.text, topic, data)

    @staticmethod
    def _is_evident(state: RoomState, text: str, topic: Topic) -> bool:
        """Whether a question's own words ask what the model read."""
        catalog = state.knowledge.catalog if state.knowledge is not None else None
        item = catalog.item(topic.item) if catalog is not None else None
        said = [*item.names.values(), *item.colours.values()] if item is not None else []
        sold = " ".join(name for names in said for name in names)
        return is_evident(topic.intent, text, sold)


def scenario_of(state: RoomState, found: Facts) -> Scenario:
    """What is going on with the item of these facts: what they call for, else, on air, what a person has set."""
    if found.scenario is not None:
        return found.scenario
    on_air = state.on_air.item
    return state.on_air.scenario if on_air and found.item == int(on_air) else Scenario.REGULAR


def known(state: RoomState, text: str, intent: Intent, language: str, now: float, *, item: str = "") -> Facts:
    """What the room's catalog has to say to a question, asked while ``item`` was on air; by default the one now."""
    return facts(
        text,
        intent,
        catalog=state.knowledge.catalog if state.knowledge is not None else None,
        on_air=item or state.on_air.item,
        site=state.settings.site,
        language=language,
        now=now,
        fresh=state.settings.answers.fresh_for_s,
    )


def _topic(logged: Sequence[Any]) -> Topic:
    intent, item, about, stated, language = logged
    return Topic(Intent(intent), int(item), str(about), str(stated), str(language))
