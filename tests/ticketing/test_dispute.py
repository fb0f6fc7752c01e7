"""One ticket as one file: whole, hashed, and without a name in it unless somebody may have them."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from streambot.core.command import Verb
from streambot.core.ticket_orders import TicketVerb
from streambot.ticketing.dispute import Names
from tests.ticketing.office import ORDERS, TicketHouse, ticket_house


async def a_dispute(here: TicketHouse, *, names: bool = False) -> Mapping[str, Any]:
    found = await here.desk.dispute(here.ticket.id, names=names)
    assert found is not None
    return found


def digest(value: Mapping[str, Any]) -> str:
    """As the README says: keys sorted, no blanks, UTF-8."""
    return hashlib.sha256(
        json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    ).hexdigest()


def is_whole(document: Mapping[str, Any]) -> bool:
    """Whether no record was changed, added or left out."""
    rest = {name: value for name, value in document.items() if name != "sha256"}
    records = all(digest(each["record"]) == each["sha256"] for each in document["records"])
    return records and digest(rest) == document["sha256"]


async def worked_on(here: TicketHouse) -> None:
    comment = await here.hear("spam it broke", name="Mimi Rose")
    here.clock.advance(5)
    await here.house.order(Verb.POST, comment.id, value="@Mimi Rose sorry, we wrote to you", actor="nok")
    here.clock.advance(1)
    await here.do(TicketVerb.ASSIGN, "nok")
    here.clock.advance(5)
    await here.do(TicketVerb.NOTE, "Mimi Rose called, nok answered; nokia is another word")


async def test_it_holds_what_was_said_done_replied_noted_and_ordered_in_the_order_of_time(tmp_path: Path) -> None:
    async with ticket_house(tmp_path / "log.db", orders=ORDERS) as here:
        await worked_on(here)
        document = await a_dispute(here, names=True)
    kinds = [each["record"]["kind"] for each in document["records"]]
    assert kinds == ["comment", "ticket", "reply", "ticket", "ticket", "order", "order"]
    comment, opened, reply, assigned, note, *orders = [each["record"] for each in document["records"]]
    assert (comment["text"], comment["act"], comment["author_name"]) == ("spam it broke", "hide", "Mimi Rose")
    assert (opened["step"], opened["actor"], opened["concern"]) == ("open", "bot", "complaint")
    assert reply["text"] == "@Mimi Rose sorry, we wrote to you"
    assert (assigned["assignee"], note["note"].startswith("Mimi Rose called")) == ("nok", True)
    assert [order["tracking"] for order in orders] == ["", "TRACK-77"]
    assert (document["ticket"]["author"], document["names"]) == ("mimi", "whole")
    assert is_whole(document)


async def test_names_are_tokens_by_default_the_same_in_a_file_and_others_in_the_next(tmp_path: Path) -> None:
    async with ticket_house(tmp_path / "log.db", orders=ORDERS) as here:
        await worked_on(here)
        one, other = await a_dispute(here), await a_dispute(here)
    text = json.dumps(one)
    for name in ("mimi", "Mimi", "Rose", '"nok"', "nok "):
        assert name not in text
    assert "nokia is another word" in text
    assert is_whole(one)
    tokens = [each["record"]["actor"] for each in one["records"] if each["record"].get("actor", "bot") != "bot"]
    assert len(tokens) == 3
    assert len(set(tokens)) == 1
    assert one["ticket"]["author"] != other["ticket"]["author"]


async def test_a_record_that_is_changed_added_or_left_out_shows(tmp_path: Path) -> None:
    async with ticket_house(tmp_path / "log.db") as here:
        await worked_on(here)
        document = await a_dispute(here)
    assert document["orders"] == "unknown"
    changed, short = copy.deepcopy(document), copy.deepcopy(document)
    changed["records"][0]["record"]["text"] = "it is fine"
    short["records"].pop()
    assert is_whole(document)
    assert not is_whole(changed)
    assert not is_whole(short)


def test_a_name_in_another_script_is_found_without_blanks_and_one_letter_is_no_name() -> None:
    names = Names(b"salt")
    names.meet("小美", "a", "小美妈妈")
    text = names.inside("小美妈妈和小美 are a family")
    assert "小美" not in text
    assert text.endswith(" are a family")
    assert text.startswith(names.of("小美妈妈") + "和" + names.of("小美"))
