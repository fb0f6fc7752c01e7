"""A pack beside the one in force: it judges the same comments, acts on nothing, and what it would change is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from streambot.core.action import Act
from streambot.core.comment import Comment
from streambot.core.event import Event
from streambot.core.pack import Pack, Thresholds
from streambot.core.status import ShadowStatus
from streambot.core.verdict import Judgement, Signal, Verdict
from streambot.ports import Matcher

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Shadow:
    """One room's shadow. ``counts``: decisions by (act in force, act of the shadow) since it was set."""

    pack: Pack
    matcher: Matcher
    at: float
    by: str
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def opinion(
        self,
        comment: Comment,
        judgement: Judgement | None,
        before: Sequence[str],
        history: Sequence[Signal],
        verdict: Verdict,
        thresholds: Thresholds,
    ) -> Mapping[str, Any]:
        """What the log keeps of the shadow's verdict: its pack and act, and its rules where it would act otherwise.

        ``before`` are the author's scraps and ``history`` the signals of what came before, as for ``verdict``.
        """
        try:
            signals = [*self.matcher.signals(comment, before), *history]
            other = self.pack.decide(comment, judgement, signals, thresholds=thresholds)
        except Exception:
            # A pack that nobody relies on yet: the decision stands, and what is wrong is seen before it matters.
            log.exception("a shadow could not judge", room=comment.room.name, comment=comment.id, pack=self.pack.id)
            return {}
        said: dict[str, Any] = {"pack": self.pack.id, "act": other.action}
        if other.action is not verdict.action:
            said["rules"] = list(dict.fromkeys(evidence.rule for evidence in other.evidence))
        return said

    def count(self, event: Event) -> None:
        """Count a decision that is on the disk, if this shadow had an opinion of it."""
        said = event.data.get("shadow")
        if said and said["pack"] == self.pack.id:
            self.counts[event.act or Act.ALLOW, said["act"]] += 1

    def status(self) -> ShadowStatus:
        """As screens show it."""
        changed = {f"{act}→{other}": n for (act, other), n in self.counts.most_common() if act != other}
        return ShadowStatus(self.pack.id, sum(self.counts.values()), changed)
