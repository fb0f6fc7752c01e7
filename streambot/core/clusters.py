"""Which askings are the same question, in whatever language: by intent, item, slots and embedding.

Askings are taken one by one and each is told its cluster. What cannot be the same question is never put together,
however alike it sounds (the price of item 3 and of item 5); of the rest, the nearest centre is taken, if it is near
enough (ENGINE.md A3). Nothing here knows of people, votes or time.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import numpy as np

from streambot.core.asked import Asking
from streambot.core.centres import Centres, Vectors
from streambot.core.cluster import AGREED, MEANT, ONE_PRICE, Cluster, Said, what_is_said
from streambot.core.concepts import placed, prepare
from streambot.core.labels import Intent
from streambot.core.slots import Slots, firm

THRESHOLD: Final = 0.6
"""Cosine from which two askings, or two clusters, are one question. Suits the groups that training held back best
(models/corpus/groups), as what cluster.py adds and takes off does."""
MOST: Final = 256
"""Clusters held at once; the one that was asked longest ago makes room."""
ASKS_ONE_THING: Final = frozenset(
    {Intent.PRICE, Intent.STOCK, Intent.SIZE_FIT, Intent.SHIPPING, Intent.RETURNS, Intent.AUTHENTICITY, Intent.PROMO,
     Intent.PAYMENT, Intent.HOW_TO_BUY}
)  # fmt: skip
"""Intents that mostly ask one thing of an item: what to go by where there is no embedding."""
_WORDINGS: Final = 16
"""Wordings remembered for each cluster there may be: who types the same goes to the same."""
_TOGETHER: Final = 4
"""Centres compared with all others at once: of more, BLAS makes work for several threads, which wait for each other."""
_RENAMED: Final = 512
"""Names of clusters that became part of others, looked up before wordings are told their new ones."""


class Clusters:
    """The questions asked so far. ``threshold`` is a cosine, ``most`` the clusters held at once."""

    def __init__(self, threshold: float = THRESHOLD, *, most: int = MOST) -> None:
        prepare()
        self._threshold = threshold
        self._most = most
        self._clusters: OrderedDict[str, Cluster] = OrderedDict()
        self._rows: list[Cluster] = []
        self._saying: defaultdict[Slots, set[Cluster]] = defaultdict(set)
        self._wordings: OrderedDict[str, str] = OrderedDict()
        self._centres = Centres()
        self._changed: set[str] = set()
        self._apart: set[frozenset[str]] = set()
        self._gone: dict[str, str] = {}
        self.news = 0
        """Wordings that joined a cluster since the last :meth:`merge`."""

    def __len__(self) -> int:
        return len(self._clusters)

    def __contains__(self, name: object) -> bool:
        return name in self._clusters

    def intent(self, name: str) -> Intent:
        """What most wordings of a cluster were taken for. Raises KeyError."""
        return self._clusters[name].intent

    def slots(self, name: str) -> Slots:
        """What the wordings of a cluster say between them. Raises KeyError."""
        cluster = self._clusters[name]
        return cluster.loose.union(*cluster.firm)

    def add(self, asking: Asking) -> str:
        """The name of the cluster that an asking belongs to: a new one if it is like none."""
        cluster = self._known(asking.wording)
        if cluster is None:
            vector = placed(asking.plain, asking.embedding)
            own = firm(asking.slots)
            said = what_is_said(asking, own)
            nearest = min(self._near(vector, said), default=None)
            cluster = self._clusters[nearest[1]] if nearest else self._open(name_of(asking.wording), own)
            self._learn(cluster, said, vector)
            # What opened a cluster is like none: nothing can be merged before another wording changes one.
            if nearest is not None:
                self._change(cluster.name)
        self._clusters.move_to_end(cluster.name)
        self._remember(asking.wording, cluster.name)
        return cluster.name

    def nearest_by_words(self, asking: Asking) -> str | None:
        """For an asking without an embedding: the cluster that its intent and slots speak for, None if it is none."""
        known = self._known(asking.wording)
        if known is not None or asking.intent not in ASKS_ONE_THING:
            return known.name if known is not None else None
        own = firm(asking.slots)
        said = what_is_said(asking, own)
        alike = [each for each in self._rows if each.intent is asking.intent and each.distance(said) is not None]
        return min(alike, key=lambda each: (-each.intents.total(), each.name)).name if alike else None

    def put(self, asking: Asking, name: str) -> None:
        """Have an asking belong to the cluster of this name, which is opened if there is none."""
        cluster = self._clusters.get(name)
        own = firm(asking.slots)
        if cluster is None:
            cluster = self._open(name, own)
        if self._held(self._wordings.get(asking.wording, "")) is not cluster:
            cluster.firm.add(own)
            self._saying[own].add(cluster)
            self._learn(cluster, what_is_said(asking, own), placed(asking.plain, asking.embedding))
            self._change(name)
        self._remember(asking.wording, name)

    def draw(self, name: str, wording: str, embedding: Sequence[float]) -> None:
        """Teach a cluster the embedding of a wording that came without one. Raises KeyError."""
        self._centres.draw(self._clusters[name].row, placed(wording, embedding))
        self._change(name)

    def merge(self) -> dict[str, str]:
        """Put clusters together that have become alike: the name of each that is gone → the name it goes by now.

        The nearest come first, and each has one turn, since that moves its centre: call it again until there is none.
        """
        # Of two that did not change since the last time nothing new can be said.
        pairs = {
            (distance, min(name, other), max(name, other))
            for name, distance, other in self._alike([self._clusters[name] for name in self._changed if name in self])
            if name != other and frozenset((name, other)) not in self._apart
        }
        self._changed.clear()
        self.news = 0
        moved: dict[str, str] = {}
        had_turn: set[str] = set()
        for _, one, other in sorted(pairs):
            if one in had_turn or other in had_turn:
                self._changed |= {one, other}
                continue
            had_turn |= {one, other}
            both = self._clusters[one], self._clusters[other]
            # The larger takes in the smaller.
            kept, gone = sorted(both, key=lambda cluster: (-cluster.intents.total(), cluster.name))
            self._take_in(kept, gone)
            moved[gone.name] = kept.name
        self._rename(moved)
        return moved

    def join(self, gone: str, kept: str) -> None:
        """Put one cluster into another, alike or not. Raises KeyError if there is none of such a name."""
        self._apart.discard(frozenset((gone, kept)))
        self._take_in(self._clusters[kept], self._clusters[gone])
        self._rename({gone: kept})

    def rename(self, old: str, new: str) -> None:
        """Have a cluster go by another name, which none has. Raises KeyError if there is none of the old one."""
        cluster = self._clusters.pop(old)
        cluster.name = new
        self._clusters[new] = cluster
        self._changed.add(new)
        self._apart = {frozenset(new if name == old else name for name in pair) for pair in self._apart}
        self._rename({old: new})

    def split(self, name: str, asking: Asking, new: str) -> None:
        """Give a wording a cluster of its own, which :meth:`merge` never puts back. Raises KeyError."""
        self._apart.add(frozenset((self._clusters[name].name, new)))
        self.put(asking, new)

    def drop(self, name: str) -> None:
        """Forget a cluster. Raises KeyError if there is none of this name."""
        gone = self._clusters.pop(name)
        for own in gone.firm:
            self._saying[own].discard(gone)
            if not self._saying[own]:
                del self._saying[own]
        self._centres.drop(gone.row, last=len(self._rows) - 1)
        last = self._rows.pop()
        if last is not gone:
            self._rows[gone.row] = last
            last.row = gone.row
        if self._apart:
            self._apart = {pair for pair in self._apart if name not in pair}

    def _known(self, wording: str) -> Cluster | None:
        """The cluster of a wording that was seen before, or that opened one: its name tells."""
        known = self._held(self._wordings.get(wording, ""))
        return known or self._held(name_of(wording))

    def _held(self, name: str) -> Cluster | None:
        return self._clusters.get(self._gone.get(name, name))

    def _near(self, vector: Vectors, said: Said) -> Iterator[tuple[float, str]]:
        """The clusters that may be the same question and are near enough, the nearest being the least."""
        yield from self._among(self._centres.cosines(vector, len(self._rows)), said)

    def _among(self, cosines: Vectors, said: Said) -> Iterator[tuple[float, str]]:
        least = self._threshold - (ONE_PRICE if said[0] is Intent.PRICE else AGREED + MEANT)
        for cluster in self._possible(cosines, said[1]):
            if (cosine := float(cosines[cluster.row])) < least:
                continue
            distance = cluster.distance(said)
            if distance is not None and cosine - distance >= self._threshold:
                yield distance - cosine, cluster.name

    def _possible(self, cosines: Vectors, own: set[Slots]) -> Iterable[Cluster]:
        """The clusters that say the same, few where something is said; where nothing is, the near ones."""
        if any(own):
            return {cluster for said in own for cluster in self._saying.get(said, ()) if cluster.row < len(cosines)}
        return [self._rows[row] for row in np.flatnonzero(cosines >= self._threshold).tolist()]

    def _alike(self, clusters: Sequence[Cluster]) -> Iterator[tuple[str, float, str]]:
        """Each of these with the others that it is like."""
        for start in range(0, len(clusters), _TOGETHER):
            part = clusters[start : start + _TOGETHER]
            table = self._centres.between([cluster.row for cluster in part], len(self._rows))
            for cluster, cosines in zip(part, table, strict=True):
                yield from ((cluster.name, *other) for other in self._among(cosines, cluster.said))

    def _open(self, name: str, own: Slots) -> Cluster:
        if len(self._clusters) >= self._most:
            self.drop(next(iter(self._clusters)))
        self._gone.pop(name, None)
        cluster = Cluster(name, len(self._rows), own)
        self._clusters[name] = cluster
        self._rows.append(cluster)
        self._saying[own].add(cluster)
        return cluster

    def _learn(self, cluster: Cluster, said: Said, vector: Vectors) -> None:
        intent, _, loose, meant = said
        cluster.learn(loose, {intent: 1}, meant)
        self._centres.draw(cluster.row, vector)

    def _change(self, name: str) -> None:
        self._changed.add(name)
        self.news += 1

    def _take_in(self, kept: Cluster, gone: Cluster) -> None:
        kept.firm |= gone.firm
        for own in gone.firm:
            self._saying[own].add(kept)
        kept.learn(gone.loose, gone.intents, gone.meant)
        self._centres.add(kept.row, gone.row)
        apart = [frozenset({*pair - {gone.name}, kept.name}) for pair in self._apart if gone.name in pair]
        self.drop(gone.name)
        self._apart.update(apart)
        self._changed.add(kept.name)

    def _rename(self, moved: Mapping[str, str]) -> None:
        for name, now in self._gone.items():
            self._gone[name] = moved.get(now, now)
        self._gone.update(moved)
        if len(self._gone) > _RENAMED:
            for wording, name in self._wordings.items():
                self._wordings[wording] = self._gone.get(name, name)
            self._gone.clear()

    def _remember(self, wording: str, name: str) -> None:
        self._wordings[wording] = name
        self._wordings.move_to_end(wording)
        if len(self._wordings) > _WORDINGS * self._most:
            self._wordings.popitem(last=False)


def name_of(wording: str) -> str:
    """The name of the cluster that a wording opens."""
    return "q" + hashlib.sha256(wording.encode()).hexdigest()[:12]


def split_name(question: str, wording: str) -> str:
    """The name of the cluster that a wording becomes when it is split off another."""
    return name_of(f"{wording}\0{question}")
