"""Which askings are the same question, in whatever language: by intent, item, slots and embedding.

Askings are taken one by one and each is told its cluster. What cannot be the same question is never put together,
however alike it sounds (the price of item 3 and of item 5); of the rest, the nearest centre is taken, if it is near
enough (ENGINE.md A3). Nothing here knows of people, votes or time.
"""

from __future__ import annotations

import hashlib
from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from streambot.core.canonical import canonical
from streambot.core.centres import Centres, Vectors
from streambot.core.labels import Intent
from streambot.core.slots import Slots, clash, firm, slots

THRESHOLD: Final = 0.78
"""Cosine from which two askings, or two clusters, are one question. This and what follows suit the groups that training
held back best (models/corpus/groups)."""
STRANGER: Final = 0.05
"""Added where the intents differ: near misses do, but the classifier is not always right."""
AGREED: Final = 0.15
"""Taken off where both name the same number, size, colour, place or day: little is left in which they could differ."""
MOST: Final = 256
"""Clusters held at once; the one that was asked longest ago makes room."""
_WORDINGS: Final = 16
"""Wordings remembered for each cluster there may be: who types the same goes to the same."""


@dataclass(frozen=True, slots=True)
class Asking:
    """One question as it was asked, in its canonical wording.

    ``embedding`` has length 1 and the same dimensions always, or is empty where the model gives none.
    """

    wording: str
    intent: Intent
    slots: Slots
    embedding: Sequence[float] = ()

    @classmethod
    def of(cls, text: str, intent: Intent, embedding: Sequence[float] = ()) -> Asking:
        """A comment's text, read."""
        wording = canonical(text)
        return cls(wording, intent, slots(wording), embedding)


class _Cluster:
    """What an asking is held against; ``row`` is the place of its centre."""

    __slots__ = ("firm", "intents", "loose", "name", "row")

    def __init__(self, name: str, row: int, asking: Asking) -> None:
        self.name = name
        self.row = row
        self.firm = firm(asking.slots)
        self.loose = asking.slots - self.firm
        self.intents: Counter[Intent] = Counter()

    @property
    def intent(self) -> Intent:
        """What most of its wordings were taken for; of equals the first in the taxonomy, not the first that came."""
        return min(self.intents, key=lambda intent: (-self.intents[intent], _RANK[intent]))

    def learn(self, loose: Slots, intents: Mapping[Intent, int]) -> None:
        """Take in what one more wording says, or all of another cluster."""
        self.loose |= loose
        self.intents.update(intents)

    def distance(self, intent: Intent, own: Slots, loose: Slots) -> float | None:
        """What the words add to the cosine that is asked for; None if they cannot be of the same question."""
        if self.firm != own or clash(self.loose, loose):
            return None
        return (0.0 if self.intent is intent else STRANGER) - (AGREED if own else 0.0)


_RANK: Final = {intent: rank for rank, intent in enumerate(Intent)}


class Clusters:
    """The questions asked so far. ``threshold`` is a cosine, ``most`` the clusters held at once."""

    def __init__(self, threshold: float = THRESHOLD, *, most: int = MOST) -> None:
        self._threshold = threshold
        self._most = most
        self._clusters: OrderedDict[str, _Cluster] = OrderedDict()
        self._rows: list[_Cluster] = []
        self._wordings: OrderedDict[str, str] = OrderedDict()
        self._centres = Centres()

    def __len__(self) -> int:
        return len(self._clusters)

    def __contains__(self, name: object) -> bool:
        return name in self._clusters

    def add(self, asking: Asking) -> str:
        """The name of the cluster that an asking belongs to: a new one if it is like none."""
        cluster = self._known(asking.wording)
        if cluster is None:
            vector = np.asarray(asking.embedding, dtype=np.float32)
            own = firm(asking.slots)
            loose = asking.slots - own
            nearest = min(self._near(vector, (asking.intent, own, loose)), default=None)
            cluster = self._clusters[nearest[1]] if nearest else self._open(asking)
            cluster.learn(loose, {asking.intent: 1})
            self._centres.draw(cluster.row, vector)
        self._clusters.move_to_end(cluster.name)
        self._remember(asking.wording, cluster.name)
        return cluster.name

    def merge(self) -> dict[str, str]:
        """Put clusters together that have become alike: the name of each that is gone → the name it goes by now.

        The nearest come first, and each has one turn, since that moves its centre: call it again until there is none.
        """
        pairs = {
            (distance, min(cluster.name, name), max(cluster.name, name))
            for cluster in self._rows
            for distance, name in self._near(self._centres[cluster.row], (cluster.intent, cluster.firm, cluster.loose))
            if name != cluster.name
        }
        moved: dict[str, str] = {}
        had_turn: set[str] = set()
        for _, one, other in sorted(pairs):
            if one in had_turn or other in had_turn:
                continue
            had_turn |= {one, other}
            both = self._clusters[one], self._clusters[other]
            # The larger takes in the smaller.
            kept, gone = sorted(both, key=lambda cluster: (-cluster.intents.total(), cluster.name))
            kept.learn(gone.loose, gone.intents)
            self._centres.add(kept.row, gone.row)
            self.drop(gone.name)
            moved[gone.name] = kept.name
        for wording, name in self._wordings.items():
            self._wordings[wording] = moved.get(name, name)
        return moved

    def drop(self, name: str) -> None:
        """Forget a cluster. Raises KeyError if there is none of this name."""
        gone = self._clusters.pop(name)
        self._centres.drop(gone.row, last=len(self._rows) - 1)
        last = self._rows.pop()
        if last is not gone:
            self._rows[gone.row] = last
            last.row = gone.row

    def _known(self, wording: str) -> _Cluster | None:
        """The cluster of a wording that was seen before, or that opened one: its name tells."""
        return self._clusters.get(self._wordings.get(wording, "")) or self._clusters.get(_name(wording))

    def _near(self, vector: Vectors, said: tuple[Intent, Slots, Slots]) -> Iterator[tuple[float, str]]:
        """The clusters that may be the same question and are near enough, the nearest being the least."""
        cosines = self._centres.cosines(vector, len(self._rows))
        for row in np.flatnonzero(cosines >= self._threshold - AGREED):
            cluster = self._rows[row]
            distance = cluster.distance(*said)
            if distance is not None and cosines[row] - distance >= self._threshold:
                yield distance - float(cosines[row]), cluster.name

    def _open(self, asking: Asking) -> _Cluster:
        if len(self._clusters) >= self._most:
            self.drop(next(iter(self._clusters)))
        cluster = _Cluster(_name(asking.wording), len(self._rows), asking)
        self._clusters[cluster.name] = cluster
        self._rows.append(cluster)
        return cluster

    def _remember(self, wording: str, name: str) -> None:
        self._wordings[wording] = name
        self._wordings.move_to_end(wording)
        if len(self._wordings) > _WORDINGS * self._most:
            self._wordings.popitem(last=False)


def _name(wording: str) -> str:
    return "q" + hashlib.sha256(wording.encode()).hexdigest()[:12]
