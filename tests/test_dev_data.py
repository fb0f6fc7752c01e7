"""Every file of ../shared/data/dev replays without error, and a second time decides nothing (issue 2, item 2)."""

from __future__ import annotations

import asyncio
import gzip
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from streambot.app import house
from streambot.cli.replay import _replay
from streambot.core.command import Mode
from streambot.judging import Judging, judging
from streambot.settings import Settings, load_settings

DEV = Path(__file__).parent.parent.parent / "shared" / "data" / "dev"
FILES = sorted(DEV.glob("*.jsonl.gz"))
SAMPLE = int(os.environ.get("DEV_LINES", "60"))
"""Lines taken of each file; DEV_LINES=1000000 takes all, some minutes long."""

pytestmark = pytest.mark.skipif(not FILES, reason="../shared/data/dev is not here")


@pytest.fixture(scope="module")
def settings() -> Settings:
    return load_settings(environ={})


@pytest.mark.timeout(1800)
def test_every_file_replays_and_a_second_time_decides_nothing(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def replay_all() -> None:
        async with judging(settings) as loaded:

            @asynccontextmanager
            async def loaded_before(_settings: Settings, *, live: bool) -> AsyncIterator[Judging]:
                yield loaded

            # One model for thirty replays; everything else is made anew each time.
            monkeypatch.setattr(f"{house.__module__}.judging", loaded_before)
            for file in FILES:
                await replay_twice(settings, file, tmp_path)

    asyncio.run(replay_all())


async def replay_twice(settings: Settings, file: Path, folder: Path) -> None:
    sample = folder / file.name
    with gzip.open(file) as source, gzip.open(sample, "wb", compresslevel=1) as target:
        for _, line in zip(range(SAMPLE), source, strict=False):
            target.write(line)
    runs = [
        await _replay(
            settings, str(sample), speed=None, mode=Mode.AUTO, db=folder / f"{file.name}.db", configured=False
        )
        for _ in range(2)
    ]
    for run in runs:
        assert run["received"] == run["decided"] + run["duplicates"] + run["rejected"] > 0, file.name
        assert (run["lost"], run["degraded"], run["rejected"]) == (0, 0, 0), file.name
    assert (runs[1]["decided"], runs[1]["actions"]) == (0, {}), file.name
