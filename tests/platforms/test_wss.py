"""A server with a certificate: one of our own making is trusted by its authority's file, a wrong one by nothing."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import pytest

from streambot.core.errors import ConfigError
from streambot.core.status import Link
from streambot.platforms.websocket import LOOK, REFUSED_WAIT
from tests.live.tls import Authority
from tests.platforms.lines import a_source, frame, serving, take, until_asleep, waits
from tests.platforms.waiting import until

HERE = "IP:127.0.0.1"


async def talk(connection, number):
    await connection.send(frame(number))
    await connection.wait_closed()


async def test_a_certificate_of_our_own_making_is_trusted_by_its_authoritys_file(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    async with serving(talk, ssl=authority.server(HERE)) as server:
        source, heard, _ = a_source(server.url, ca_file=authority.file)
        assert await take(source, 1) == ["t1"]
    assert heard.refused == []


@pytest.mark.parametrize(
    ("address", "trusted", "told"),
    [
        (HERE, None, "name the authority that signed it as ca_file"),
        (HERE, "another", "another.pem"),
        ("DNS:elsewhere.example", "authority", "authority.pem"),
    ],
)
async def test_a_wrong_certificate_is_refused_in_one_sentence_and_tried_once_a_minute(
    tmp_path: Path, address: str, trusted: str | None, told: str
) -> None:
    authorities = {name: Authority(tmp_path, name) for name in ("authority", "another")}
    async with serving(talk, ssl=authorities["authority"].server(address)) as server:
        source, heard, time = a_source(server.url, ca_file=authorities[trusted].file if trusted else None)
        taking = asyncio.ensure_future(take(source, 1))
        await until(lambda: waits(time) >= 3 * REFUSED_WAIT)
        taking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await taking
    (sentence,) = heard.refused
    assert "the certificate of 127.0.0.1" in sentence
    assert told in sentence
    assert sum(link is Link.RECONNECTING for link, _ in heard.links) <= 1 + waits(time) / REFUSED_WAIT
    assert server.connections == []


async def test_an_authoritys_file_that_was_replaced_is_taken_up_at_once(tmp_path: Path) -> None:
    authority, wrong = Authority(tmp_path), Authority(tmp_path, "wrong")
    async with serving(talk, ssl=authority.server(HERE)) as server:
        source, heard, time = a_source(server.url, ca_file=wrong.file)
        time.held[LOOK] = asyncio.Semaphore(0)
        taking = asyncio.ensure_future(take(source, 1))
        await until_asleep(time, LOOK)
        wrong.file.write_bytes(authority.file.read_bytes())
        time.over(LOOK)
        assert await taking == ["t1"]
    assert len(heard.refused) == 1


def test_a_file_that_holds_no_certificate_ends_the_start(tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    path.write_text("canary")
    with pytest.raises(ConfigError, match=r"ca\.pem cannot be used as an authority") as caught:
        a_source("wss://127.0.0.1:1/", ca_file=path)
    assert "canary" not in str(caught.value)
