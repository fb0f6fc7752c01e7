"""One room as its screens show it: what was committed, turned into rows that are replaced by id."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from streambot.console.changes import Changes, Key
from streambot.console.rows import STAGE_OF_RESULT, ActionRow, CommentRow, Stage
from streambot.console.wire import dumps, iso, question, wordings
from streambot.core.action import REVERSE, Act, Action, Operation, Outcome
from streambot.core.command import Verb
from streambot.core.comment import Author
from streambot.core.event import BOT, Event, Kind
from streambot.core.hot_question import HotQuestion

FEED: Final = 200
"""Comments of a snapshot."""
STRIP: Final = 50
"""Actions of a snapshot."""
KEEP_COMMENTS: Final = 20_000
KEEP_ACTIONS: Final = 5_000
KEEP_WAITING: Final = 5_000
"""Comments that still wait when 20,000 newer ones came; beyond this the log alone has them."""
RATE_SECONDS: Final = 10

_JUDGED: Final = frozenset({Kind.DECISION, Kind.REJUDGEMENT})
_RULED: Final = frozenset({Kind.ACTION, Kind.OVERTURN})
_TAKEN_BACK: Final = frozenset({Kind.UNDO, Kind.OVERTURN})


@dataclass(frozen=True, slots=True)
class Op:
    """One changed row as JSON. ``feed`` rows are those a screen that is behind can do without."""

    json: str
    feed: bool
    public: bool
    """Whether a host may have it: the questions and the room's mode, never a comment."""
    for_host: str = ""
    """What a host gets in its place, where that is less."""


class RoomBoard:
    """The rows of one room and the order in which they changed.

    Everything here is synchronous and without I/O: ``publish`` and ``settled`` cost microseconds, and JSON is made
    only when a screen asks. ``first`` is the number of the first change; it must rise from one process to the next
    (microseconds since 1970 do), so that a page that knew the last process is never taken for one that is up to date.
    """

    def __init__(self, name: str, first: int) -> None:
        self.name = name
        self.changes = Changes(first)
        self.recalled = False
        self.seen: set[str] = set()
        """Ids of the events that came before the log was read; empty afterwards."""
        self._comments: dict[str, CommentRow] = {}
        self._order: deque[str] = deque()
        self._old: deque[str] = deque()
        self._waiting: dict[str, None] = {}
        self._actions: OrderedDict[tuple[str, Operation], ActionRow] = OrderedDict()
        self._reversed: set[str] = set()
        self._questions: list[dict[str, Any]] = []
        self._wordings: list[list[dict[str, Any]]] = []
        self._settings: dict[str, dict[str, Any]] = {}
        self._can_reverse: frozenset[Operation] = frozenset()
        self._per_second: deque[tuple[int, int]] = deque(maxlen=RATE_SECONDS + 1)

    @property
    def seq(self) -> int:
        """The number of the newest change."""
        return self.changes.seq

    @property
    def queue(self) -> int:
        """How many comments wait for a person."""
        return len(self._waiting)

    def publish(self, events: Iterable[Event], outbox: Iterable[Action] = (), at: float = 0.0) -> None:
        """Committed events with the outbox rows they asked for, in order; ``at`` dates a row that comes without one."""
        touched: dict[str, None] = {}
        actors: dict[str, Event] = {}
        last: Event | None = None
        for event in events:
            if not self.recalled:
                self.seen.add(event.id)
            actors[event.id] = last = event
            self._event(event, touched)
        for action in outbox:
            self._asked(action, actors.get(action.id, last), touched, at)
        self._touch_comments(touched)

    def settled(self, action: Action, outcome: Outcome, at: float) -> None:
        """An action reached its outcome; ``at`` (Unix seconds) dates one that was asked for before we remember."""
        touched: dict[str, None] = {}
        row = self._actions.get(action.key) or self._asked(action, None, touched, at)
        row.stage, row.detail = STAGE_OF_RESULT[outcome.result], outcome.detail
        self._touch_action(row)
        if action.comment in self._comments:
            touched[action.comment] = None
        self._touch_comments(touched)

    def ask(self, questions: Sequence[HotQuestion]) -> None:
        """The hot list as it is now; no news if nothing on it changed."""
        rows, told = [question(each) for each in questions], [wordings(each) for each in questions]
        if (rows, told) != (self._questions, self._wordings):
            self._questions, self._wordings = rows, told
            self.changes.touch(("q",))

    def can_reverse(self, operations: Collection[Operation]) -> None:
        """What the platform can take back now: decides which actions offer Undo."""
        operations = frozenset(operations)
        if operations != self._can_reverse:
            self._can_reverse = operations
            for row in list(self._actions.values())[-STRIP:]:
                self._touch_action(row)

    def count(self, second: int) -> None:
        """One comment was decided in this second."""
        if self._per_second and self._per_second[-1][0] == second:
            self._per_second[-1] = (second, self._per_second[-1][1] + 1)
        else:
            self._per_second.append((second, 1))

    def rate(self, now: float) -> float:
        """Comments a second over the last ten whole seconds."""
        end = int(now)
        return sum(count for second, count in self._per_second if end - RATE_SECONDS <= second < end) / RATE_SECONDS

    def snapshot(self, stat: Mapping[str, Any], *, public: bool) -> str:
        """The room now, as ``snap``; ``public`` leaves out everything that a host may not have."""
        newest = [] if public else [self._comments[key] for key in list(self._order)[-FEED:]]
        waiting = [] if public else [self._comments[key] for key in self._waiting]
        strip = [] if public else list(self._actions.values())[-STRIP:]
        parts = {
            "t": '"snap"',
            "room": dumps(self.name),
            "seq": str(self.seq),
            "feed": _array(row.json() for row in newest),
            "queue": _array(row.json() for row in sorted(waiting, key=lambda row: row.sent_at)),
            "questions": self._hot_rows(public=public),
            "actions": _array(row.json(self._can_reverse) for row in strip),
            "stat": dumps(stat),
        }
        return "{" + ",".join(f'"{key}":{value}' for key, value in parts.items()) + "}"

    def _hot_rows(self, *, public: bool) -> str:
        """The hot list as JSON; ``public`` leaves the viewers' own wordings out."""
        if public:
            return dumps(self._questions)
        rows = zip(self._questions, self._wordings, strict=True)
        return dumps([{**row, "wordings": told} for row, told in rows])

    def ops(self, keys: Iterable[Key]) -> list[Op]:
        """The rows of these keys as they are now, in the given order."""
        return [op for key in keys if (op := self._op(key)) is not None]

    def _op(self, key: Key) -> Op | None:
        match key:
            case ("c", comment):
                row = self._comments[comment]
                return Op(f'{{"o":"c","c":{row.json()}}}', feed=row.plain, public=False)
            case ("a", event, operation):
                action = self._actions[event, Operation(operation)]
                return Op(f'{{"o":"a","a":{action.json(self._can_reverse)}}}', feed=False, public=False)
            case ("q",):
                for_host, whole = (f'{{"o":"q","q":{self._hot_rows(public=public)}}}' for public in (True, False))
                return Op(whole, feed=False, public=True, for_host=for_host)
            case ("s", name):
                return Op(dumps({"o": "set", "k": name, **self._settings[name]}), feed=False, public=name == "mode")
        return None

    def _event(self, event: Event, touched: dict[str, None]) -> None:
        if event.kind is Kind.SETTING:
            self._set(event)
            return
        comment = event.key[2] if event.key is not None else None
        done = event.data.get("done")
        if event.kind is Kind.NOTE and isinstance(done, str):
            self._done(done, event, touched)
        if event.reverses is not None and event.kind in _TAKEN_BACK:
            self._take_back(event.reverses, comment, touched)
        if comment is None:
            return
        if event.kind in _JUDGED:
            self._row(comment, event).judged(event.id, event.act, event.data)
            touched[comment] = None
        act = _ruling(event)
        if act is not None and event.id not in self._reversed:
            for row in self._row(comment, event).ruled(event.id, act, event.actor, event.at):
                self._touch_action(row)
            touched[comment] = None

    def _set(self, event: Event) -> None:
        key = event.data.get("key")
        if isinstance(key, str):
            self._settings[key] = {"v": event.data.get("value"), "by": event.actor, "at": iso(event.at)}
            self.changes.touch(("s", key))

    def _done(self, asked_by: str, event: Event, touched: dict[str, None]) -> None:
        """A person carried out a to-do in the platform's own app."""
        for operation in Operation:
            row = self._actions.get((asked_by, operation))
            if row is not None and row.stage is Stage.TODO:
                row.stage, row.detail = Stage.CONFIRMED, f"by {event.actor}"
                self._touch_action(row)
                if row.action.comment in self._comments:
                    touched[row.action.comment] = None

    def _row(self, comment: str, event: Event) -> CommentRow:
        row = self._comments.get(comment)
        if row is None:
            said = event.comment
            if said is not None:
                row = CommentRow(comment, said.sent_at, said.author, said.text)
            else:
                # Its decision is older than what a screen remembers: the verdict still has to be seen.
                row = CommentRow(comment, event.at, Author(id=""), "")
            self._comments[comment] = row
            self._order.append(comment)
        return row

    def _take_back(self, reverses: str, comment: str | None, touched: dict[str, None]) -> None:
        self._reversed.add(reverses)
        if comment in self._comments:
            changed = self._comments[comment].taken_back(reverses)
            touched[comment] = None
        else:
            changed = [row for op in Operation if (row := self._actions.get((reverses, op))) is not None]
            for row in changed:
                row.take_back()
        for row in changed:
            self._touch_action(row)

    def _asked(self, action: Action, event: Event | None, touched: dict[str, None], at: float = 0.0) -> ActionRow:
        row = self._actions.get(action.key)
        comment = self._comments.get(action.comment) if action.comment is not None else None
        if row is None:
            by, at = (event.actor, event.at) if event is not None else (action.actor, at)
            row = ActionRow(action, by, at, reversed=action.id in self._reversed)
            self._actions[action.key] = row
            if comment is not None:
                row.text, row.author = comment.text, comment.author.name
            if comment is not None and action.operation is not Operation.POST:
                # An answer changes nothing about the comment that it answers.
                self._reverse(action, comment)
                comment.actions.append(row)
            if event is not None and event.kind in (Kind.ANSWER, Kind.PROMPT):
                row.answer = event.data
        elif event is not None and event.actor != BOT:
            row.by, row.at = event.actor, event.at
        row.asked(action)
        if comment is not None and row.stage is Stage.PROPOSED and action.operation is not Operation.POST:
            comment.for_review = True
        self._touch_action(row)
        if comment is not None:
            touched[comment.id] = None
        if len(self._actions) > KEEP_ACTIONS:
            (event_id, operation), _ = self._actions.popitem(last=False)
            self._reversed.discard(event_id)
            self.changes.forget(("a", event_id, operation))
        return row

    def _reverse(self, action: Action, comment: CommentRow) -> None:
        """An unhide, unmute or unban ends what it reverses, also a to-do that nobody has done yet."""
        for row in comment.actions:
            if REVERSE.get(row.action.operation) is action.operation and row.holds:
                row.take_back()
                self._touch_action(row)

    def _touch_action(self, row: ActionRow) -> None:
        self.changes.touch(("a", row.action.id, row.action.operation))

    def _touch_comments(self, touched: Iterable[str]) -> None:
        for comment in touched:
            row = self._comments[comment]
            row.changed()
            if row.queued:
                self._waiting[comment] = None
            else:
                self._waiting.pop(comment, None)
            self.changes.touch(("c", comment))
        self._make_room()

    def _make_room(self) -> None:
        while len(self._order) > KEEP_COMMENTS:
            comment = self._order.popleft()
            if self._comments[comment].open:
                self._old.append(comment)
            else:
                self._drop(comment)
        while self._old and (len(self._old) > KEEP_WAITING or not self._comments[self._old[0]].open):
            self._drop(self._old.popleft())

    def _drop(self, comment: str) -> None:
        del self._comments[comment]
        self._waiting.pop(comment, None)
        self.changes.forget(("c", comment))


def _array(items: Iterable[str]) -> str:
    return f"[{','.join(items)}]"


def _ruling(event: Event) -> Act | None:
    """What a person decided about a comment, if that is what the event says. Allowing what was hidden is an undo."""
    if event.actor == BOT:
        return None
    if event.kind is Kind.UNDO:
        return Act.ALLOW if event.data.get("verb") == Verb.ALLOW else None
    return event.act if event.kind in _RULED else None
