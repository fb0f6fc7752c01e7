"""What it takes to judge a text: a model that answers, and the packs."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

import structlog

from streambot.classify.batcher import Batcher
from streambot.classify.cache import JudgementCache
from streambot.classify.choice import MEMORY, Opened, open_model
from streambot.core.pack import Thresholds
from streambot.packs.files import PackFiles, Packs
from streambot.resources import model_folder
from streambot.settings import Settings

log = structlog.get_logger(__name__)

PATIENCE = 1 / 8
"""The part of a live comment's deadline that the model may be behind before comments are decided without it."""


@dataclass(frozen=True, slots=True)
class Judging:
    """A model that answers, and the packs."""

    classifier: Batcher
    manifest: Thresholds
    packs: Packs


def open_configured(settings: Settings, *, measure: bool = True) -> Opened:
    """Load the model of the settings; see ``choice.open_model``. Blocks; raises ConfigError."""
    of = settings.classifier
    return open_model(
        model_folder(of.model),
        backend=of.backend,
        runtime=of.runtime,
        threads=of.threads,
        device=of.device,
        memory=settings.storage.db.with_name(MEMORY),
        measure=measure,
    )


@contextlib.asynccontextmanager
async def judging(settings: Settings, *, live: bool = False) -> AsyncIterator[Judging]:
    """Load the model and run it until the block ends; when ``live`` it sheds what it cannot judge in time.

    Raises ConfigError.
    """
    opened = await asyncio.to_thread(open_configured, settings)
    model = opened.model
    log.info("model_ready", model=model.name, why=opened.why)
    batcher = Batcher(
        model,
        cache=JudgementCache(settings.classifier.cache),
        waiting=settings.classifier.queue,
        patience=settings.classifier.deadline_ms / 1000 * PATIENCE if live else None,
    )
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(batcher.run(), name="model")
        try:
            yield Judging(batcher, model.manifest, Packs(PackFiles(settings.packs.folder)))
        finally:
            running.cancel()
