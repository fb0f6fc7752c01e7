"""``/log`` and ``/log/{event}``: the moderation log for ops, drawn on the server and usable without scripts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

from aiohttp import web

from streambot.console import log_export
from streambot.console.auth import Rank, identity_of
from streambot.console.faults import Fault
from streambot.console.log_filter import FACETS, Filters, parse, t_plus
from streambot.console.pages import Pages
from streambot.console.recall import seconds
from streambot.console.retold import Retold
from streambot.console.wire import iso
from streambot.console.words import Words, language_of
from streambot.core.event import Kind
from streambot.core.told import Told
from streambot.ports import Live, Log

PATH: Final = "/log"
JUDGED: Final = frozenset({Kind.DECISION, Kind.REJUDGEMENT})
"""Kinds of events whose reason is a rule's."""
CAP: Final = 10_000
"""Events counted at most; beyond it the page says ">10,000"."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a comment's text; ``rules`` names the evidence that lies on it, "" for none."""

    text: str
    rules: str


def pieces(text: str, evidence: Iterable[Mapping[str, Any]]) -> list[Piece]:
    """The text cut at the edges of the evidence. Spans count code points, end exclusive, and may overlap."""
    spans: list[tuple[int, int, str]] = []
    for each in evidence:
        start, end = each.get("span") or (0, 0)
        start, end = max(0, start), min(len(text), end)
        if start < end:
            spans.append((start, end, str(each.get("label") or each.get("rule") or "")))
    edges = sorted({0, len(text), *(edge for start, end, _ in spans for edge in (start, end))})
    return [
        Piece(text[start:end], ", ".join(dict.fromkeys(rule for a, b, rule in spans if a <= start and end <= b)))
        for start, end in pairwise(edges)
    ]


class LogPages:
    """The handlers of ``/log*``. A controller sees their own events there, ops and admins everybody's (UX.md §6)."""

    def __init__(self, log: Log, live: Live, pages: Pages) -> None:
        self._log = log
        self._live = live
        self._pages = pages

    async def table(self, request: web.Request) -> web.Response:
        """The filtered log, newest first, with counts to filter on."""
        filters = self._filters(request, data=False)
        query = filters.query
        rows = await self._log.search(replace(query, limit=query.limit + 1))
        more, rows = len(rows) > query.limit, rows[: query.limit]
        total = await self._log.count(replace(query, before=None), CAP)
        facets = await self._log.facets(replace(query, before=None))
        retold = Retold(self._live, Words(language_of(request)))
        return self._pages.draw(
            request,
            "log.html",
            own=identity_of(request).rank < Rank.OPS,
            rows=[self._shown(row, retold) for row in rows],
            total=f">{CAP:,}" if total > CAP else f"{total:,}",
            facets=[(name, _options(filters, name, facets.get(field, ()))) for name, field in FACETS.items()],
            filters=filters,
            removable=[] if rows else await self._without_each(filters),
            older=filters.link(PATH, before=str(rows[-1]["seq"])) if more else "",
            newest=filters.link(PATH) if query.before is not None else "",
            csv=filters.link(f"{PATH}.csv", without=("size",)),
            jsonl=filters.link(f"{PATH}.jsonl", without=("size",)),
        )

    async def csv(self, request: web.Request) -> web.StreamResponse:
        """The same as a spreadsheet, oldest first."""
        filters = self._filters(request, data=True)
        return await log_export.send_csv(request, filters, self._log.rows(filters.query), self._live.rooms())

    async def jsonl(self, request: web.Request) -> web.StreamResponse:
        """The same as JSON lines, oldest first."""
        filters = self._filters(request, data=True)
        return await log_export.send_jsonl(request, filters, self._log.rows(filters.query))

    async def event(self, request: web.Request) -> web.Response:
        """Everything that happened to one comment, oldest first."""
        chosen = request.match_info["event"]
        chain = await self._log.chain(chosen)
        if not chain:
            raise Fault(404, Told("no_event", "The log has no such event."))
        said = next((row for row in chain if row.get("text") is not None), None)
        judged = [row for row in chain if row["kind"] in JUDGED]
        retold = Retold(self._live, Words(language_of(request)))
        evidence = retold.evidence(judged[-1]) if judged else []
        return self._pages.draw(
            request,
            "event.html",
            chosen=chosen,
            chain=[self._shown(row, retold) for row in chain],
            said=said,
            sent_at=iso(seconds(said["at"])) if said is not None else "",
            pieces=pieces(said["text"], evidence) if said is not None else [],
            evidence=evidence,
            taken_back={row["reverses"]: row for row in chain if row.get("reverses")},
        )

    def _filters(self, request: web.Request, *, data: bool) -> Filters:
        filters = parse(request.query, self._live.rooms(), data=data)
        who = identity_of(request)
        if who.rank < Rank.OPS:
            # Not among the filters that were asked for: it can be neither seen nor taken away.
            asked = {name: value for name, value in filters.asked.items() if name != "actor"}
            return Filters(asked, replace(filters.query, actor=who.id))
        return filters

    def _shown(self, row: Mapping[str, Any], retold: Retold) -> dict[str, Any]:
        at = seconds(row["at"])
        labels: Mapping[str, float] = row.get("labels") or {}
        intent = row.get("intent")
        return {
            **row,
            "reason": retold.reason(row),
            "judged": row["kind"] in JUDGED,
            "ts": iso(at),
            "t_plus": t_plus(row, at, self._live.rooms()),
            "labels": sorted(labels.items(), key=lambda item: -item[1]),
            "intent": intent.get("name") if isinstance(intent, Mapping) else intent,
        }

    async def _without_each(self, filters: Filters) -> list[tuple[str, str, str]]:
        """For an empty view: each filter whose removal brings rows, with how many, and where that view is."""
        found: list[tuple[str, str, str]] = []
        for name, value in filters.active:
            count = await self._log.count(replace(filters.without(name), before=None), CAP)
            if count:
                shown = f">{CAP:,}" if count > CAP else f"{count:,}"
                found.append((f"{name}={value}", shown, filters.link(PATH, without=(name,))))
        return found


def _options(filters: Filters, name: str, counted: Sequence[tuple[str, int]]) -> list[tuple[str, str, str, bool]]:
    """A facet's values with counts and where each leads; the one that is set comes along even with nothing left."""
    chosen = filters.asked.get(name)
    values = [(value, f"{count:,}") for value, count in counted if value]
    if chosen and chosen not in {value for value, _ in values}:
        values.insert(0, (chosen, ""))
    return [(value, count, filters.toggle(PATH, name, value), value == chosen) for value, count in values]
