"""One ticket as one file for a dispute: what was said, done, replied and ordered, when, and a hash over each and all.

Every record carries the SHA-256 of its canonical JSON (keys sorted, no blanks, UTF-8), and the document that of itself
without its own hash; so a record that was changed, added or left out later shows. Names are tokens unless asked for:
the same in the whole file, and made with a salt that is thrown away, so nobody can try names until one fits.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from streambot.core.event import BOT, Kind
from streambot.core.orders import Order
from streambot.core.tickets import Logged, Ticket
from streambot.store.queries import iso
from streambot.ticketing.telling import Row, order_json, reply_json, step_json

FORMAT: Final = "streambot.ticket/1"
_SHORTEST_NAME: Final = 2
_MODERATION: Final = frozenset({Kind.ACTION, Kind.UNDO, Kind.OVERTURN, Kind.REJUDGEMENT})


class Names:
    """The people of one file: as they are, or as tokens made with ``salt``."""

    def __init__(self, salt: bytes | None) -> None:
        self._salt = salt
        self._known: set[str] = set()

    @property
    def how(self) -> str:
        """``whole`` or ``hashed``."""
        return "whole" if self._salt is None else "hashed"

    def meet(self, *names: str) -> None:
        """Names that a text may hold."""
        self._known.update(name for name in names if len(name) >= _SHORTEST_NAME)

    def of(self, name: str) -> str:
        """A person's name or id; the bot is nobody."""
        if self._salt is None or name in ("", BOT):
            return name
        return f"person-{hmac.new(self._salt, name.encode('utf-8', 'replace'), hashlib.sha256).hexdigest()[:16]}"

    def inside(self, text: str) -> str:
        """A text in which somebody may be called by name."""
        if self._salt is None or not self._known:
            return text
        longest_first = sorted(self._known, key=lambda name: (-len(name), name))
        # A name in Latin letters is not looked for inside other words.
        found = (rf"(?<!\w){re.escape(name)}(?!\w)" if name.isascii() else re.escape(name) for name in longest_first)
        return re.sub("|".join(found), lambda match: self.of(match[0]), text)


def dispute(
    ticket: Ticket,
    steps: Sequence[Logged],
    rows: Sequence[Row],
    orders: Sequence[Order] | None,
    *,
    names: Names,
    at: float,
) -> dict[str, Any]:
    """The document. ``rows`` are the log's about the viewer's comments; ``orders`` is None where none are known of."""
    viewer = ticket.viewer
    names.meet(viewer.id, viewer.name, ticket.assignee, *(step.actor for step in steps if step.actor != BOT))
    names.meet(*(row["actor"] for row in rows if row["actor"] != BOT), *(row["author_name"] or "" for row in rows))
    records = [*_said(rows, ticket, names), *_worked(steps, names)]
    records.sort(key=lambda record: (record["at"] or "", record["kind"] != "comment", record["id"]))
    records += [{"kind": "order", "id": order.id, **order_json(order), "read_at": iso(at)} for order in orders or ()]
    document = {
        "format": FORMAT,
        "made_at": iso(at),
        "names": names.how,
        "ticket": {
            "id": ticket.id,
            "room": ticket.room,
            "platform": viewer.platform,
            "author": names.of(viewer.id),
            "author_name": names.of(viewer.name),
            "author_vouched": viewer.vouched,
            "intent": ticket.intent,
            "concern": ticket.concern,
            "state": ticket.state,
            "assignee": names.of(ticket.assignee),
            "complaints": ticket.complaints,
            "opened_at": iso(ticket.opened_at),
            "due_at": iso(ticket.due_at),
            "changed_at": iso(ticket.changed_at),
        },
        "orders": "unknown" if orders is None else len(orders),
        "records": [{"record": record, "sha256": sha256(record)} for record in records],
    }
    return {**document, "sha256": sha256(document)}


def sha256(value: Mapping[str, Any]) -> str:
    """The hash of a value's canonical JSON, in hex."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _said(rows: Sequence[Row], ticket: Ticket, names: Names) -> Iterator[dict[str, Any]]:
    make: Mapping[str, Callable[[Row], dict[str, Any]]] = {
        Kind.DECISION: lambda row: {
            "kind": "comment",
            "at": row["sent_at"],
            "author": names.of(ticket.viewer.id),
            "author_name": names.of(row["author_name"] or ""),
            "text": names.inside(row["text"] or ""),
            "decided_at": row["at"],
            "act": row["act"],
            "labels": row["labels"],
            "intent": row["intent"],
            "pack": row["pack"],
            "model": row["model"],
            "outcome": row["outcome"] or row["state"],
        },
        Kind.ANSWER: lambda row: {
            "kind": "reply",
            **reply_json(row),
            "actor": names.of(row["actor"]),
            "text": names.inside(row["data"].get("text", "")),
        },
    }
    for row in rows:
        found = make.get(row["kind"])
        if found is not None:
            yield {"id": row["id"], "comment": row["comment"], **found(row)}
        elif row["kind"] in _MODERATION:
            yield {
                "id": row["id"],
                "comment": row["comment"],
                "kind": "moderation",
                "at": row["at"],
                "actor": names.of(row["actor"]),
                "what": row["kind"],
                "act": row["act"],
                "reason": names.inside(row["reason"] or ""),
                "outcome": row["outcome"] or row["state"],
            }


def _worked(steps: Sequence[Logged], names: Names) -> Iterator[dict[str, Any]]:
    for step in steps:
        told = {"kind": "ticket", **step_json(step), "actor": names.of(step.actor)}
        for field in ("note", "reason"):
            if field in told:
                told[field] = names.inside(told[field])
        if "assignee" in told:
            told["assignee"] = names.of(told["assignee"])
        yield told
