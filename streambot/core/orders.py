"""What somebody bought: for the person who works on a ticket, never for a screen or a text that viewers see."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from streambot.core.catalog import Money


class OrderStatus(StrEnum):
    """How far an order is."""

    UNPAID = "unpaid"
    PAID = "paid"
    PACKED = "packed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    RETURNED = "returned"
    REFUNDED = "refunded"
    FAILED = "failed"
    """The carrier could not hand it over."""


@dataclass(frozen=True, slots=True, repr=False)
class Order:
    """One order. ``platform`` and ``user`` are who bought it, by the platform's own id; times are Unix seconds.

    It has no ``repr`` of its own, so that no log line or traceback can hold what a person bought.
    """

    id: str
    platform: str
    user: str
    status: OrderStatus
    placed_at: float
    shipped_at: float | None = None
    carrier: str = ""
    tracking: str = ""
    items: tuple[str, ...] = ()
    amount: Money | None = None
