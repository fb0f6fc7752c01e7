"""What machines ask: is it alive, is it ready, what does it count, which versions run."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Protocol

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from streambot.core.action import Operation, Result
from streambot.core.status import Link
from streambot.ports import Live

Ready = Callable[[], Awaitable[tuple[bool, Sequence[str]]]]
"""Whether comments are being decided now, and if not, why, in sentences."""
Versions = Callable[[], Mapping[str, Any]]

_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds; 1 s is the deadline of a judgement (DESIGN.md §1.3)."""
METRICS_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """The counters of one process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._actions = Counter(
            "streambot_actions", "Actions by outcome", ("room", "operation", "outcome"), registry=self.registry
        )
        self._latency = Histogram(
            "streambot_decision_seconds",
            "Seconds from a comment's arrival to its decision",
            ("room",),
            buckets=_BUCKETS,
            registry=self.registry,
        )

    def decided(self, room: str, seconds: float) -> None:
        """One comment was decided that many seconds after it arrived."""
        self._latency.labels(room).observe(max(0.0, seconds))

    def settled(self, room: str, operation: Operation, result: Result) -> None:
        """One action reached its outcome."""
        self._actions.labels(room, operation, result).inc()

    def text(self) -> bytes:
        """Everything in the Prometheus text format."""
        return generate_latest(self.registry)


class Gauges(Collector):
    """What is read when Prometheus asks: the rooms' own counters, the queues, the open screens."""

    def __init__(self, live: Live, queue: Callable[[str], int], clients: Callable[[], int]) -> None:
        self._live = live
        self._queue = queue
        self._clients = clients

    def collect(self) -> Iterable[Metric]:
        """One pass over all rooms."""
        comments = CounterMetricFamily("streambot_comments", "Comments by what became of them", labels=("room", "fate"))
        verdicts = CounterMetricFamily("streambot_verdicts", "Verdicts that a person sees", labels=("room", "verdict"))
        degraded = CounterMetricFamily("streambot_degraded", "Comments decided without the model", labels=("room",))
        rules_only = GaugeMetricFamily("streambot_rules_only", "1 while the model is not heard", labels=("room",))
        link = GaugeMetricFamily("streambot_source_live", "1 while the source is connected", labels=("room",))
        queue = GaugeMetricFamily("streambot_queue", "Comments that wait for a person", labels=("room",))
        for status in self._live.rooms():
            room, n = status.room.name, status.counts
            for fate, count in (
                ("received", n.received),
                ("decided", n.decided),
                ("duplicate", n.duplicates),
                ("rejected", n.rejected),
            ):
                comments.add_metric((room, fate), count)
            verdicts.add_metric((room, "hide"), n.hidden)
            verdicts.add_metric((room, "review"), n.review)
            degraded.add_metric((room,), n.degraded)
            rules_only.add_metric((room,), float(status.rules_only_since is not None))
            link.add_metric((room,), float(status.link is Link.LIVE))
            queue.add_metric((room,), self._queue(room))
        clients = GaugeMetricFamily("streambot_ws_clients", "Open live sockets", value=self._clients())
        return (comments, verdicts, degraded, rules_only, link, queue, clients)


class Load(Protocol):
    """The model's queue."""

    @property
    def waiting(self) -> int:
        """Comments the model has not taken up."""
        ...

    @property
    def shed(self) -> int:
        """Comments refused so far because too much was waiting."""
        ...


class ModelLoad(Collector):
    """How far the model is behind; read when Prometheus asks."""

    def __init__(self, model: Load) -> None:
        self._model = model

    def collect(self) -> Iterable[Metric]:
        """What waits and what was refused."""
        queue = GaugeMetricFamily(
            "streambot_model_queue", "Comments that wait for the model", value=self._model.waiting
        )
        shed = CounterMetricFamily("streambot_model_shed", "Refusals because it was behind", value=self._model.shed)
        return (queue, shed)


class Probes:
    """The handlers under ``/-/``."""

    def __init__(self, metrics: Metrics, ready: Ready, versions: Versions) -> None:
        self._metrics = metrics
        self._ready = ready
        self._versions = versions

    async def health(self, _: web.Request) -> web.Response:
        """200 while the process answers at all."""
        return web.json_response({"ok": True})

    async def ready(self, _: web.Request) -> web.Response:
        """200 when comments can be decided, otherwise 503 with the reasons."""
        ok, reasons = await self._ready()
        return web.json_response({"ok": ok, "reasons": list(reasons)}, status=200 if ok else 503)

    async def metrics(self, _: web.Request) -> web.Response:
        """The Prometheus text format."""
        return web.Response(body=self._metrics.text(), headers={"Content-Type": METRICS_TYPE})

    async def versions(self, _: web.Request) -> web.Response:
        """Which streambot, Python, SQLite, model, pack and schema run."""
        return web.json_response({"ok": True, **self._versions()})
