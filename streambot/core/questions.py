"""Which questions the room is asking, most wanted first.

People are counted, not comments: a viewer has one vote a question. Heat is a sum of votes that halves every
``HALF_LIFE`` seconds (forward decay: a value and its time, nothing is swept), so the list follows the talk.
"""

from __future__ import annotations

import hashlib
import math
import operator
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from streambot.core.canonical import canonical
from streambot.core.comment import Comment
from streambot.core.items import item_number
from streambot.core.labels import Intent

HALF_LIFE = 75.0
MIN_ASKERS = 3
"""Fewer people than this are no trend."""
CLUSTERS = 256
"""Questions held at once; the coldest makes room."""
ANSWERED_SHOWN = 10
KINSHIP = 0.72
"""Cosine above which two askings with the same intent are one question where the intent alone does not say so."""
REOPEN_AFTER = 90.0
"""Seconds after an answer during which the same question counts as answered; asked later by enough it opens anew."""

SETTLED_BY_INTENT = frozenset(
    {Intent.PRICE, Intent.STOCK, Intent.SIZE_FIT, Intent.SHIPPING, Intent.RETURNS, Intent.AUTHENTICITY, Intent.PROMO,
     Intent.PAYMENT, Intent.HOW_TO_BUY}
)  # fmt: skip
"""Intents that ask one thing of an item: two askings with the same item are the same question."""


def _cosine(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(map(operator.mul, one, other), 0.0)


@dataclass(frozen=True, slots=True)
class HotQuestion:
    """One question that many viewers ask, as the host sees it.

    ``text`` is one asker's own words (in the host's language where there is one), ``askers`` counts people, never
    comments; ``item`` is the item number named, if any. ``state`` is ``open`` or ``answered``.
    """

    id: str
    intent: str
    text: str
    language: str
    askers: int
    heat: float
    first_at: float
    last_at: float
    item: str = ""
    state: str = "open"
    answered_at: float | None = None


@dataclass(slots=True)
class _Cluster:
    id: str
    intent: Intent
    item: str
    embedding: Sequence[float]
    first_at: float
    last_at: float
    heat: float = 0.0
    askers: set[str] = field(default_factory=set)
    wordings: dict[str, tuple[str, str, int]] = field(default_factory=dict)
    answered_at: float | None = None
    since_answer: set[str] = field(default_factory=set)
    dropped: bool = False

    def heat_at(self, now: float) -> float:
        return self.heat * math.exp2(-max(0.0, now - self.last_at) / HALF_LIFE)


class QuestionBoard:
    """The questions of one room. Synchronous; ``at`` and ``now`` are Unix seconds and may come out of order."""

    def __init__(self, host_language: str) -> None:
        self._language = host_language
        self._clusters: OrderedDict[str, _Cluster] = OrderedDict()

    def ask(
        self,
        comment: Comment,
        intent: Intent,
        language: str,
        embedding: Sequence[float],
        at: float,
        *,
        question: str = "",
    ) -> str | None:
        """Count a question that stays visible; the id of the question it belongs to, None if ``intent`` is none.

        ``question`` is the id it was given before, as the log has it: after a restart there is no embedding to go by.
        """
        if not intent.is_question:
            return None
        item = item_number(comment.text)
        cluster = self._clusters.get(question) if question else self._find(comment, intent, item, embedding)
        if cluster is None:
            cluster = self._open(comment, intent, item, embedding, at, question)
        cluster.embedding = cluster.embedding or embedding
        self._vote(cluster, comment, language, at)
        return cluster.id

    def mark(self, question: str, state: str, at: float) -> bool:
        """Set a question ``answered``, ``open`` or ``dropped``; False if there is no such question."""
        cluster = self._clusters.get(question)
        if cluster is None:
            return False
        cluster.dropped = state == "dropped"
        cluster.answered_at = at if state == "answered" else None
        cluster.since_answer.clear()
        return True

    def hot(self, now: float) -> list[HotQuestion]:
        """Open questions of at least ``MIN_ASKERS`` people, hottest first; then those answered last, newest first."""
        kept = [cluster for cluster in self._clusters.values() if not cluster.dropped]
        asking = [c for c in kept if c.answered_at is None and len(c.askers) >= MIN_ASKERS and c.heat_at(now) >= 0.5]
        settled = [c for c in kept if c.answered_at is not None]
        asking.sort(key=lambda c: (-c.heat_at(now), c.first_at, c.id))
        settled.sort(key=lambda c: (-(c.answered_at or 0.0), c.id))
        return [self._shown(cluster, now) for cluster in (*asking, *settled[:ANSWERED_SHOWN])]

    def _find(self, comment: Comment, intent: Intent, item: str, embedding: Sequence[float]) -> _Cluster | None:
        if intent in SETTLED_BY_INTENT:
            return self._clusters.get(_id(intent, item, ""))
        wording = canonical(comment.text)
        best: tuple[float, _Cluster] | None = None
        for cluster in self._clusters.values():
            if cluster.intent is not intent or cluster.item != item:
                continue
            if wording in cluster.wordings:
                return cluster
            if embedding and cluster.embedding:
                kinship = _cosine(embedding, cluster.embedding)
                if kinship >= KINSHIP and (best is None or kinship > best[0]):
                    best = (kinship, cluster)
        return best[1] if best else None

    def _open(
        self, comment: Comment, intent: Intent, item: str, embedding: Sequence[float], at: float, question: str
    ) -> _Cluster:
        wording = "" if intent in SETTLED_BY_INTENT else canonical(comment.text)
        name = question or _id(intent, item, wording)
        cluster = _Cluster(name, intent, item, embedding, first_at=at, last_at=at)
        if len(self._clusters) >= CLUSTERS:
            coldest = min(self._clusters.values(), key=lambda c: c.heat_at(at))
            del self._clusters[coldest.id]
        self._clusters[cluster.id] = cluster
        return cluster

    def _vote(self, cluster: _Cluster, comment: Comment, language: str, at: float) -> None:
        now = max(at, cluster.last_at)
        wording = canonical(comment.text)
        shown, spoken, count = cluster.wordings.get(wording, (comment.text.strip(), language, 0))
        if len(cluster.wordings) < 200 or wording in cluster.wordings:
            cluster.wordings[wording] = (shown, spoken, count + 1)
        if cluster.answered_at is not None and now - cluster.answered_at <= REOPEN_AFTER:
            return  # Whoever asks now was typing while the host answered.
        voters = cluster.since_answer if cluster.answered_at is not None else cluster.askers
        if comment.author.id not in voters:
            voters.add(comment.author.id)
            cluster.heat = cluster.heat_at(now) + 1.0
            cluster.last_at = now
        if cluster.answered_at is not None and len(cluster.since_answer) >= MIN_ASKERS:
            cluster.askers, cluster.since_answer = cluster.since_answer, set()
            cluster.answered_at, cluster.first_at = None, now

    def _shown(self, cluster: _Cluster, now: float) -> HotQuestion:
        # The wording most people chose, in the host's language where anybody used it; among equals the shortest.
        text, language, _ = min(
            cluster.wordings.values(), key=lambda w: (w[1] != self._language, -w[2], len(w[0]), w[0])
        )
        return HotQuestion(
            id=cluster.id,
            intent=cluster.intent,
            text=text,
            language=language,
            askers=len(cluster.askers),
            heat=cluster.heat_at(now),
            first_at=cluster.first_at,
            last_at=cluster.last_at,
            item=cluster.item,
            state="open" if cluster.answered_at is None else "answered",
            answered_at=cluster.answered_at,
        )


def _id(intent: Intent, item: str, wording: str) -> str:
    return "q" + hashlib.sha256(f"{intent}\0{item}\0{wording}".encode()).hexdigest()[:12]
