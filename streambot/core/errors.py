"""Every error of streambot, by who must act::

    StreambotError
    ├── ConfigError        the operator, before start: a file, a key, a port, a pack, a model
    │   └── LockedError    another process decides on this database
    ├── StorageError       the operator, while running: the disk is full or the database unreadable
    ├── PlatformError      nobody: it is retried
    │   └── AuthError      a person: a token is missing or revoked; what waits is probed, never hammered
    ├── ClassifierError    nobody: rules alone decide until the model is back
    │   └── Overloaded     nobody: the model is behind, this comment is decided without it
    └── CommentError       nobody: this one comment is rejected with a reason, the next goes on

Anything else is a bug and is logged with its traceback. A message says what happened; ``fix`` says what to do next.
"""

from __future__ import annotations

from streambot.core.told import Told


class StreambotError(Exception):
    """An error that streambot can explain.

    ``code`` is a stable word for programs, ``fix`` one sentence on what to do next.
    """

    def __init__(self, message: str, *, code: str = "error", fix: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.message} {self.fix}".strip()

    @property
    def told(self) -> Told:
        """The error with what to do next, as a screen can say it in another language."""
        if not self.fix:
            return Told("error", "{message}", message=self.message)
        return Told("error_fix", "{message} {fix}", message=self.message, fix=self.fix)


class ConfigError(StreambotError):
    """Something the operator must change before streambot can start."""


class LockedError(ConfigError):
    """Another process decides on this database."""


class StorageError(StreambotError):
    """The moderation log cannot be written or read."""


class PlatformError(StreambotError):
    """A platform failed in a way that may pass; the caller retries."""


class AuthError(PlatformError):
    """The platform refused our credentials; only a person can mend that."""


class ClassifierError(StreambotError):
    """The classifier gave no judgement for a comment."""


class Overloaded(ClassifierError):  # noqa: N818 - it is a state that callers wait out, not a fault
    """The classifier has more waiting than it can judge in time."""


class CommentError(StreambotError):
    """One record cannot become a comment; ``code`` is the reason that is counted."""
