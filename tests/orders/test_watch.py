"""Orders are read again while on air; what is wrong leaves the last good ones in force."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from streambot.orders.files import OrdersError
from streambot.orders.watch import OrderFiles
from streambot.watching import Watch

HEAD = "order,platform,user,placed_at,status\n"


def write(path: Path, *orders: str) -> None:
    path.write_text(HEAD + "".join(f"{each},tiktok,u1,2026-11-01T10:00Z,paid\n" for each in orders), encoding="utf-8")


async def test_a_changed_file_is_in_force_and_a_wrong_one_is_not(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    write(path, "1")
    changed: list[Path] = []
    files = OrderFiles(changed=changed.append)
    lookup = await files.open(path)
    assert [order.id for order in await lookup.orders_of("tiktok", "u1")] == ["1"]
    write(path, "1", "22")
    await files.reload()
    assert len(await lookup.orders_of("tiktok", "u1")) == 2
    path.write_text("nonsense", encoding="utf-8")
    await files.reload()
    assert len(await lookup.orders_of("tiktok", "u1")) == 2
    refusal = files.refusal(path)
    assert refusal is not None
    write(path, "1", "22", "333")
    await files.reload()
    await files.reload()
    assert (len(files.get(path)), files.refusal(path), changed) == (3, None, [path] * 3)


async def test_a_file_that_is_wrong_at_first_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OrdersError):
        await OrderFiles().open(tmp_path / "nothing.csv")


async def test_the_watch_sees_a_file_change(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    write(path, "1")
    heard = asyncio.Event()
    files = OrderFiles(changed=lambda _: heard.set())
    await files.open(path)
    watching = asyncio.ensure_future(Watch("orders", files, sleep=lambda _: asyncio.sleep(0)).run())
    await asyncio.sleep(0)
    # The watcher of the system starts on a thread: written until it is there.
    number = 1
    while not heard.is_set():
        number += 1
        write(path, *map(str, range(number)))
        files.moved.set()
        try:
            async with asyncio.timeout(0.2):
                await heard.wait()
        except TimeoutError:
            continue
    assert len(files.get(path)) == number
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
