from __future__ import annotations

from streambot.console.changes import Changes


def test_a_page_is_told_each_row_once_in_the_order_of_its_last_change():
    changes = Changes(100)
    for name in "abcab":
        changes.touch((name,))
    assert changes.seq == 105
    assert changes.since(100) == [("c",), ("a",), ("b",)]
    assert changes.since(104) == [("b",)]
    assert changes.since(105) == []


def test_a_page_from_before_the_ring_or_from_another_process_cannot_go_on():
    changes = Changes(0, keep=3)
    for name in "abcd":
        changes.touch((name,))
    assert changes.since(0) is None
    assert changes.since(1) == [("b",), ("c",), ("d",)]
    assert changes.since(5) is None


def test_a_row_that_is_gone_makes_pages_that_missed_its_last_change_start_anew():
    changes = Changes(0)
    changes.touch(("a",))
    changes.touch(("b",))
    changes.forget(("a",))
    assert changes.since(0) is None
    assert changes.since(1) == [("b",)]
