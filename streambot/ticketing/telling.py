"""Tickets and orders as JSON, for whoever works on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from streambot.core.event import Kind
from streambot.core.orders import Order
from streambot.core.ticket_orders import due
from streambot.core.tickets import Logged, Ticket, urgency
from streambot.store.queries import iso

Row = Mapping[str, Any]


def ticket_json(ticket: Ticket, now: float) -> dict[str, Any]:
    """A ticket as a list shows it."""
    return {
        "id": ticket.id,
        "room": ticket.room,
        "platform": ticket.viewer.platform,
        "author": ticket.viewer.id,
        "author_name": ticket.viewer.name,
        "vouched": ticket.viewer.vouched,
        "comment": ticket.comment,
        "text": ticket.text,
        "language": ticket.language,
        "intent": ticket.intent,
        "concern": ticket.concern,
        "priority": ticket.priority,
        "urgency": round(urgency(ticket, now), 3),
        "complaints": ticket.complaints,
        "state": ticket.state,
        "assignee": ticket.assignee,
        "notes": len(ticket.notes),
        "opened_at": iso(ticket.opened_at),
        "since": iso(ticket.since),
        "due_at": iso(ticket.due_at),
        "due": due(ticket, now),
        "heard_at": iso(ticket.heard_at),
        "changed_at": iso(ticket.changed_at),
        "by": ticket.by,
        "seen": ticket.newest,
    }


def order_json(order: Order) -> dict[str, Any]:
    """What is known of an order; whose it is stands around it."""
    return {
        "order": order.id,
        "status": order.status,
        "placed_at": iso(order.placed_at),
        "shipped_at": iso(order.shipped_at),
        "carrier": order.carrier,
        "tracking": order.tracking,
        "items": list(order.items),
        "amount": str(order.amount.amount) if order.amount else None,
        "currency": order.amount.currency if order.amount else None,
    }


def step_json(step: Logged) -> dict[str, Any]:
    """One step of a ticket."""
    told = ("step", "assignee", "note", "state", "intent", "concern", "reason")
    return {
        "id": step.id,
        "at": iso(step.at),
        "actor": step.actor,
        "comment": step.comment or None,
        **{name: step.data[name] for name in told if step.data.get(name) is not None},
        **({"due_at": iso(step.data["due_at"])} if "due_at" in step.data else {}),
    }


def history_json(rows: Iterable[Row], own: Sequence[str]) -> list[dict[str, Any]]:
    """What a viewer said in a room, oldest first, each with what was decided, done and replied; ``own``: the ticket's.

    ``rows`` are the log's rows about these comments, oldest first.
    """
    said: dict[str, dict[str, Any]] = {}
    for row in rows:
        comment = row["comment"]
        if row["kind"] == Kind.DECISION:
            said[comment] = {
                "comment": comment,
                "at": row["sent_at"],
                "text": row["text"],
                "language": row["language"],
                "intent": row["intent"]["name"] if row["intent"] else None,
                "act": row["act"],
                "labels": sorted(row["labels"]),
                "outcome": row["outcome"] or row["state"],
                "event": row["id"],
                "own": comment in own,
                "replies": [],
                "done": [],
            }
        elif comment in said and row["kind"] == Kind.ANSWER:
            said[comment]["replies"].append(reply_json(row))
        elif comment in said and row["kind"] in (Kind.ACTION, Kind.UNDO, Kind.OVERTURN, Kind.REJUDGEMENT):
            done = {"at": row["at"], "actor": row["actor"], "kind": row["kind"], "act": row["act"]}
            said[comment]["done"].append({**done, "outcome": row["outcome"] or row["state"]})
    return list(said.values())


def reply_json(row: Row) -> dict[str, Any]:
    """An answer that was posted or offered, and what became of it."""
    return {
        "at": row["at"],
        "actor": row["actor"],
        "text": row["data"].get("text", ""),
        "mode": row["data"].get("mode", ""),
        "outcome": row["outcome"] or row["state"],
    }
