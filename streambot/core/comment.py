"""Who said what, where and when.

Times are Unix seconds (UTC, float). Text is kept as written but for what no store or screen can hold; the only
changes are one code point for one, so a span of the text is a span of what the viewer typed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from streambot.core.errors import CommentError

MAX_TEXT = 4000
"""Code points kept of one comment. Platforms allow 150 to 500; what is longer is cut here and goes to review."""
MAX_NAME = 200
MAX_ID = 512
UNKNOWN_PLATFORM = "replay"


class Role(StrEnum):
    """What an author is in this room."""

    HOST = "host"
    STAFF = "staff"
    BOT = "bot"
    MEMBER = "member"
    VIEWER = "viewer"


EXEMPT_ROLES = frozenset({Role.HOST, Role.STAFF, Role.BOT})
"""Never acted on: the people of the shop, and ourselves."""


@dataclass(frozen=True, slots=True)
class Room:
    """One live chat. ``name`` is ours (URLs, log, CLI); ``platform`` and ``id`` are the platform's."""

    name: str
    platform: str
    id: str

    def __post_init__(self) -> None:
        for part, value in (("name", self.name), ("platform", self.platform), ("id", self.id)):
            if not value or len(value) > MAX_ID:
                raise CommentError(f"a room's {part} must have 1 to {MAX_ID} characters", code="bad_room")


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a comment. ``id`` is the platform's user id: nicknames change and collide."""

    id: str
    name: str = ""
    roles: frozenset[Role] = frozenset()

    @property
    def exempt(self) -> bool:
        """Whether this author is the shop's own and therefore never acted on."""
        return not EXEMPT_ROLES.isdisjoint(self.roles)


@dataclass(frozen=True, slots=True)
class Comment:
    """One chat message.

    ``sent_at`` is the platform's time, ``received_at`` ours. ``traceable`` says that author and time are the
    platform's own; only then does the author's history speak. ``id_synthetic`` marks an id that we made.
    ``held`` comments wait on the platform for allow or deny; ``backlog`` ones were written before we joined and are
    never acted on. ``notes`` say what was changed on the way in, one word each (``text_cut``, ``time_future`` …).
    """

    id: str
    room: Room
    author: Author
    text: str
    sent_at: float
    received_at: float
    held: bool = False
    backlog: bool = False
    reply_to: str | None = None
    language_hint: str | None = None
    id_synthetic: bool = False
    traceable: bool = True
    notes: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        if not self.id or len(self.id) > MAX_ID:
            raise CommentError(f"a comment's id must have 1 to {MAX_ID} characters", code="bad_id")
        if len(self.text) > MAX_TEXT:
            raise CommentError(f"a comment's text has at most {MAX_TEXT} code points here", code="text_too_long")

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes a comment one comment: platform, the platform's room id, the platform's comment id."""
        return (self.room.platform, self.room.id, self.id)
