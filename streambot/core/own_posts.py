"""What the room posted lately, by which its own posts are known when they come back as comments."""

from __future__ import annotations

from collections import deque
from typing import Final

from streambot.core.canonical import canonical
from streambot.core.comment import Comment, Role

COMES_BACK: Final = 60.0
"""Seconds within which a platform shows a post as a comment."""
MOST: Final = 100


class OwnPosts:
    """The newest posts of a room. A viewer who repeats one word for word does no harm, and is taken for it only where
    the platform does not say who wrote a comment.
    """

    def __init__(self) -> None:
        self._posts: deque[tuple[str, float]] = deque(maxlen=MOST)

    def add(self, text: str, at: float) -> None:
        """A text is sent at ``at`` (Unix seconds)."""
        self._posts.append((canonical(text), at))

    def came_back(self, comment: Comment, bot_ids: tuple[str, ...] = ()) -> bool:
        """Whether a comment is one of ours: by its author, else by its words from the shop's own account."""
        if Role.BOT in comment.author.roles or comment.author.id in bot_ids:
            return True
        if comment.traceable and not comment.author.exempt:
            return False
        said = canonical(comment.text)
        return any(text == said and abs(comment.sent_at - at) <= COMES_BACK for text, at in self._posts)
