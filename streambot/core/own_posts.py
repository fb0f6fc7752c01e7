"""What the room posted lately, by which its own posts are known when they come back as comments."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from typing import Final, NamedTuple

from streambot.core.canonical import canonical
from streambot.core.comment import Comment, Role

COMES_BACK: Final = 60.0
"""Seconds within which a platform shows a post as a comment."""
MOST: Final = 100


class _Post(NamedTuple):
    text: str
    at: float
    event: str


class OwnPosts:
    """The newest posts of a room. A viewer who repeats one word for word stays a viewer, unless the platform does not
    say who wrote a comment.
    """

    def __init__(self) -> None:
        self._posts: deque[_Post] = deque(maxlen=MOST)

    def add(self, text: str, at: float, event: str) -> None:
        """The event asks for this text to be posted at ``at`` (Unix seconds)."""
        self._posts.append(_Post(canonical(text), at, event))

    def is_ours(self, comment: Comment, bot_ids: Collection[str] = ()) -> bool:
        """Whether a comment is one of ours: by its author, else by its words from the shop's own account."""
        if Role.BOT in comment.author.roles or comment.author.id in bot_ids:
            return True
        if comment.traceable and not comment.author.exempt:
            return False
        return self._found(comment) is not None

    def came_back(self, comment: Comment) -> str:
        """The event whose post this comment is, told once; "" if it is none of the newest."""
        post = self._found(comment)
        if post is None:
            return ""
        self._posts.remove(post)
        return post.event

    def _found(self, comment: Comment) -> _Post | None:
        said = canonical(comment.text)
        return next((p for p in self._posts if p.text == said and abs(comment.sent_at - p.at) <= COMES_BACK), None)
