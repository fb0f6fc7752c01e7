"""Two packs on the same comments: which verdicts would be others."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from streambot.core.comment import Comment
from streambot.core.errors import ClassifierError
from streambot.core.history import History
from streambot.core.pack import Thresholds
from streambot.core.verdict import Judgement, Verdict
from streambot.packs.release import Release


@dataclass(frozen=True, slots=True)
class Change:
    """A comment with the verdicts of both packs; ``changed`` says whether their acts differ."""

    comment: Comment
    before: Verdict
    after: Verdict

    @property
    def changed(self) -> bool:
        """Whether something else would have been done."""
        return self.before.action is not self.after.action


class _Side:
    """One pack with its own memory of each room: its own strikes follow from its own verdicts."""

    def __init__(self, release: Release, thresholds: Thresholds) -> None:
        self._release = release
        self._thresholds = thresholds
        self._rooms: dict[str, History] = {}

    def decide(self, comment: Comment, judgement: Judgement | None) -> Verdict:
        history = self._rooms.setdefault(comment.room.name, History())
        found = self._release.matcher.signals(comment, history.scraps(comment))
        signals = [*found, *(history.observe(comment) if comment.traceable else ())]
        verdict = self._release.pack.decide(comment, judgement, signals, thresholds=self._thresholds)
        if verdict.strikes and comment.traceable and not comment.author.exempt:
            history.strike(comment.author.id, verdict.strikes)
        return verdict


async def both_verdicts(
    before: Release,
    after: Release,
    comments: AsyncIterator[Comment],
    judge: Callable[[Comment], Awaitable[Judgement]],
    thresholds: Thresholds,
) -> AsyncIterator[Change]:
    """Every comment with what either pack makes of it; where the model gives no judgement, of the rules alone."""
    old, new = _Side(before, thresholds), _Side(after, thresholds)
    async for comment in comments:
        try:
            judgement: Judgement | None = await judge(comment)
        except ClassifierError:
            judgement = None
        yield Change(comment, old.decide(comment, judgement), new.decide(comment, judgement))
