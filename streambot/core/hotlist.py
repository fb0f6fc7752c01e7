"""What the room wants to know right now, for the host: the questions that most people ask, each once.

A question is a cluster of askings (clusters.py) with the people behind it (question.py). Everything that people do to
the list is an event of the log, so that the log rebuilds it; embeddings are not in the log, and are asked for again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from streambot.core.asked import Asking
from streambot.core.clusters import Clusters
from streambot.core.comment import Comment
from streambot.core.hot_question import Hint, HotQuestion, Put, no_hint, put, shown
from streambot.core.labels import Intent
from streambot.core.question import Question
from streambot.core.ranking import ranked
from streambot.core.votes import Vote

CLUSTERS: Final = 256
"""Questions held at once; the coldest make room, a quarter of them at a time."""
VOTES: Final = 32_768
"""Votes held at once, those of all questions together; the oldest are forgotten. They have weighed nothing for long."""
OPEN_SHOWN: Final = 30
"""Open questions on the list, beside those that were pinned or pushed; a screen shows up to ten."""
ANSWERED_SHOWN: Final = 10
MERGE_EVERY: Final = 128
"""New wordings after which clusters are looked through for such as have become alike."""
WITHHELD: Final = 2048
"""Votes of hidden comments that are remembered, should the comment be allowed."""
MOVED: Final = 1024
"""Names of questions that became part of another one, remembered for who still uses them."""
WANTED: Final = 256
"""Wordings whose embedding is asked for after a restart."""


class HotList:
    """The questions of one room. Synchronous; ``at`` and ``now`` are Unix seconds and may come out of order."""

    def __init__(self, host_language: str, *, hint: Hint = no_hint, most: int = CLUSTERS) -> None:
        self._language = host_language
        self.hint = hint
        self._most = most
        # Room is made here, by heat; the clusters alone would let go of what was asked longest ago.
        self._clusters = Clusters(most=most + 1)
        self._questions: dict[str, Question] = {}
        self._moved: OrderedDict[str, str] = OrderedDict()
        self._split: dict[str, str] = {}
        self._order: list[str] = []
        self._words: dict[str, Put] = {}
        self._withheld: OrderedDict[str, tuple[str, Vote]] = OrderedDict()
        self._unlearnt: dict[str, set[str]] = {}
        self._merged: dict[str, str] = {}
        self._cast = 0

    def __len__(self) -> int:
        """How many questions are held."""
        return len(self._questions)

    @property
    def votes(self) -> int:
        """How many votes are held, those of all questions."""
        return sum(len(each.votes) for each in self._questions.values())

    def anew(self) -> HotList:
        """An empty list for the same host."""
        return HotList(self._language, hint=self.hint, most=self._most)

    def ask(
        self,
        comment: Comment,
        intent: Intent,
        language: str,
        embedding: Sequence[float],
        at: float,
        *,
        question: str = "",
        on_air: str = "",
    ) -> str | None:
        """Count a question that stays visible; the id of the question it belongs to, None if ``intent`` is none.

        ``on_air`` is the number of the item that a comment means which names none. ``question`` is the id it was given
        before, as the log has it: after a restart there is no embedding to go by.
        """
        if not intent.is_question:
            return None
        asking = Asking.of(comment.text, intent, embedding, on_air=on_air)
        name = self._told(asking, question) if question else self._found(asking)
        found = self._questions.get(name) or self._open(name, asking.item, at)
        found.votes.know(asking.plain, comment.text.strip(), language)
        found.cast(comment.author.id, Vote(at, asking.plain, language, comment.id))
        self._cast += 1
        if self._cast > VOTES // 8:
            self._forget_oldest()
        if not question and self._clusters.news >= MERGE_EVERY:
            self._merge()
        return self._now(name)

    def take_merged(self) -> Mapping[str, str]:
        """Questions that turned out to be one since the last call, old id → id; for the log, which :meth:`follow`."""
        merged, self._merged = self._merged, {}
        return merged

    def follow(self, merged: Mapping[str, str]) -> None:
        """Unite questions as the log says that they were."""
        for gone, kept in merged.items():
            self._join(gone, kept)

    def heed(self, data: Mapping[str, Any], at: float) -> bool:
        """Do what a person asked for, in the words of a question event; False if there is no such question.

        One that was forgotten is opened anew, by its intent, item and text, where the event tells them.
        """
        found = self._find(data, at)
        if found is None:
            return False
        state, other, wording = (str(data.get(key) or "") for key in ("state", "into", "wording"))
        if state == "merged":
            self._join(found.name, other)
        elif state == "split":
            self._part(found, wording, other, at)
        else:
            found.mark(state, at)
        return True

    def retract(self, comment: Comment) -> None:
        """A comment is no longer visible: its vote is taken back."""
        for found in self._questions.values():
            vote = found.withdraw(comment.author.id, comment.id)
            if vote is not None:
                self._withheld[comment.id] = (found.name, vote)
                if len(self._withheld) > WITHHELD:
                    self._withheld.popitem(last=False)
                return

    def restore(self, comment: Comment) -> bool:
        """A comment is visible again: its vote counts again. False if none was taken back."""
        name, vote = self._withheld.pop(comment.id, ("", None))
        found = self._questions.get(self._now(name))
        if vote is None or found is None:
            return False
        found.votes.know(vote.wording, comment.text.strip(), vote.language)
        found.cast(comment.author.id, vote)
        return True

    def distrust(self, viewer: str) -> None:
        """An account floods: whatever it asked counts no more."""
        for found in self._questions.values():
            found.forget(viewer)

    def find(self, question: str, now: float) -> HotQuestion | None:
        """A question by its id, or by one that it had before it was united with another; None if it is not held."""
        found = self._questions.get(self._now(question))
        return self._shown(found, now) if found is not None else None

    def hot(self, now: float) -> list[HotQuestion]:
        """What the host is shown: pinned questions, then the open ones, hottest first; then those answered last."""
        shown = [each for each in self._questions.values() if each.is_shown(now)]
        pinned = [each for each in shown if each.pinned_at is not None]
        pinned.sort(key=lambda each: (each.pinned_at, each.name))
        heat = {each.name: each.rank(now) for each in shown if each.pinned_at is None}
        best = sorted(heat, key=lambda name: (-heat[name], *self._questions[name].seniority))
        best = [name for place, name in enumerate(best) if place < OPEN_SHOWN or self._questions[name].pushed_at]
        self._order = ranked(self._order, best, {name: heat[name] for name in best})
        settled = [each for each in self._questions.values() if each.answered_at is not None]
        settled.sort(key=lambda each: (-(each.answered_at or 0.0), each.name))
        told = (*pinned, *(self._questions[name] for name in self._order), *settled[:ANSWERED_SHOWN])
        return [self._shown(each, now) for each in told]

    def wanted(self, most: int = WANTED) -> list[str]:
        """Wordings whose embedding :meth:`relearn` would like: those of the questions that most people ask first."""

        def askers(wording: str) -> int:
            held = (self._questions.get(self._now(name)) for name in self._unlearnt[wording])
            return max((len(each.votes) for each in held if each is not None), default=0)

        return sorted(self._unlearnt, key=lambda wording: (-askers(wording), wording))[:most]

    def relearn(self, wording: str, embedding: Sequence[float]) -> None:
        """Teach the embedding of a wording that came out of the log, so that those who ask the same join it."""
        if not len(embedding):
            return
        for name in sorted({self._now(name) for name in self._unlearnt.pop(wording, ())}):
            if name in self._questions:
                self._clusters.draw(name, wording, embedding)

    def _found(self, asking: Asking) -> str:
        """The question that an asking belongs to, whether it is held already or not."""
        if asking.plain in self._unlearnt:
            self.relearn(asking.plain, asking.embedding)
        name = self._split.get(asking.wording, "")
        if name in self._questions:
            return name
        if not len(asking.embedding) and (name := self._clusters.nearest_by_words(asking) or ""):
            self._put(asking, name)
            return self._now(name)
        name = self._clusters.add(asking)
        if name in self._moved:
            # It opened what is long part of another one.
            self._clusters.join(name, self._now(name))
        return self._now(name)

    def _told(self, asking: Asking, question: str) -> str:
        name = self._now(question)
        self._put(asking, name)
        return name

    def _put(self, asking: Asking, name: str) -> None:
        """Have an asking belong to a question, whatever it is like."""
        self._clusters.put(asking, name)
        if not len(asking.embedding) and (asking.plain in self._unlearnt or len(self._unlearnt) < 4 * WANTED):
            self._unlearnt.setdefault(asking.plain, set()).add(name)

    def _open(self, name: str, item: str, at: float) -> Question:
        self._make_room(at)
        self._questions[name] = Question(name, item, at)
        return self._questions[name]

    def _now(self, name: str) -> str:
        """The name by which a question goes now."""
        return self._moved.get(name, name)

    def _find(self, data: Mapping[str, Any], at: float) -> Question | None:
        name = self._now(str(data["question"]))
        found = self._questions.get(name)
        if found is None and data.get("text") and data.get("intent") in set(Intent):
            text, item = str(data["text"]), str(data.get("item") or "")
            asking = Asking.of(text, Intent(data["intent"]), on_air=item)
            self._put(asking, name)
            found = self._open(name, item, at)
            found.votes.know(asking.plain, text, str(data.get("language") or "other"))
        return found

    def _join(self, gone: str, kept: str) -> None:
        """Unite two questions under the name of the second."""
        gone, kept = self._now(gone), self._now(kept)
        if gone == kept or gone not in self._questions:
            return
        if kept in self._questions:
            self._clusters.join(gone, kept)
            self._united(gone, kept)
        else:
            # It was forgotten: this one goes by its name.
            self._clusters.rename(gone, kept)
            self._questions[kept] = self._questions.pop(gone)
            self._questions[kept].name = kept
            self._renamed(gone, kept)

    def _united(self, gone: str, kept: str) -> None:
        """The clusters are one already."""
        self._questions[kept].take_in(self._questions.pop(gone))
        self._renamed(gone, kept)

    def _renamed(self, gone: str, kept: str) -> None:
        for old, name in self._moved.items():
            if name == gone:
                self._moved[old] = kept
        self._moved[gone] = kept
        self._words.pop(gone, None)
        if len(self._moved) > MOVED:
            self._moved.popitem(last=False)
        self._split = {wording: kept if name == gone else name for wording, name in self._split.items()}
        self._order = [kept if name == gone and kept not in self._order else name for name in self._order]

    def _merge(self) -> None:
        """Unite what has become alike; the log is told."""
        for gone, kept in self._clusters.merge().items():
            self._united(gone, kept)
            self._merged[gone] = kept

    def _part(self, found: Question, wording: str, name: str, at: float) -> None:
        """Give a wording a question of its own, unless it is the only one, or not known."""
        told = found.votes.wordings.get(wording)
        if told is None or len(found.votes.wordings) == 1 or name in self._questions:
            return
        intent = self._clusters.intent(found.name)
        parted = {each.wording: each for each in (Asking.of(told.text, intent, on_air=on) for on in ("", found.item))}
        self._make_room(at, kept=found)
        self._questions[name] = found.take_out(wording, name, at)
        for asking in parted.values():
            self._clusters.split(found.name, asking, name)
            self._unlearnt.setdefault(asking.plain, set()).add(name)
            self._split[asking.wording] = name

    def _make_room(self, now: float, kept: Question | None = None) -> None:
        """Forget the coldest if there is no room for one more."""
        if len(self._questions) < self._most:
            return
        held = [each for each in self._questions.values() if each is not kept]
        held.sort(key=lambda each: (each.is_kept(now), each.votes.heat(now), each.opened_at))
        self._drop({each.name for each in held[: max(1, self._most // 4)]})

    def _drop(self, names: set[str]) -> None:
        for name in names:
            del self._questions[name]
            self._words.pop(name, None)
            if name in self._clusters:
                self._clusters.drop(name)
        self._moved = OrderedDict((old, name) for old, name in self._moved.items() if name not in names)
        self._split = {wording: name for wording, name in self._split.items() if name not in names}
        for wording in [wording for wording, of in self._unlearnt.items() if of <= names]:
            del self._unlearnt[wording]

    def _forget_oldest(self) -> None:
        """Keep the newest votes."""
        self._cast = 0
        if self.votes <= VOTES:
            return
        times = sorted((at for each in self._questions.values() for _, at in each.votes.times()), reverse=True)
        for each in self._questions.values():
            each.forget_before(times[VOTES * 3 // 4])

    def _shown(self, found: Question, now: float) -> HotQuestion:
        words = self._words.get(found.name)
        if words is None or words.version != found.votes.version:
            intent, said = self._clusters.intent(found.name), self._clusters.slots(found.name)
            words = self._words[found.name] = put(found, intent, said, self._language)
        return shown(found, words, self.hint, now)
