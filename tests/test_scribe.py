"""The patience of the scribe: told once when the log fails, and once when it works again, whatever made it work."""

from __future__ import annotations

import asyncio

import pytest

from streambot.core.errors import StorageError
from streambot.scribe import Scribe
from streambot.store.sqlite import REFUSED
from streambot.testing import FakeClock, RecordingFeed
from tests.houses import turns


class FailingLog:
    """Fails with these codes, one a commit, then works."""

    def __init__(self, *codes: str) -> None:
        self.codes = list(codes)

    async def commit(self, *_: object) -> set[str]:
        if self.codes:
            raise StorageError("no.", code=self.codes.pop(0))
        return set()

    async def known(self, _: object) -> set[tuple[str, str, str]]:
        return set()


async def test_a_row_that_is_refused_once_the_disk_is_freed_leaves_no_trouble_behind() -> None:
    feed, clock = RecordingFeed(), FakeClock()
    log = FailingLog("disk_full", REFUSED)
    scribe = Scribe(log, feed, patient=True, sleep=clock.sleep, everybody=lambda: ["shop"])
    writing = asyncio.ensure_future(scribe.write([]))
    await turns()
    assert (feed.codes(), bool(scribe.trouble)) == (["disk_full"], True)
    clock.advance(1)
    with pytest.raises(StorageError):
        await writing
    assert (feed.codes(), scribe.trouble) == (["disk_full", "log_back"], "")
