"""Why a rule spoke, on the controller's page, in the controller's language."""

from __future__ import annotations

import pytest

from streambot.core.action import Act
from streambot.core.comment import Role

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

FOUND = {"source": "pattern", "span": [0, 2], "text": "it", "label": "misleading_claim", "score": 1.0}


def said(rule: str) -> dict:
    return {"labels": {"misleading_claim": 1.0}, "evidence": [FOUND | {"rule": rule, "reason": "As it was logged."}]}


async def test_reasons_are_in_the_language_of_the_screen_and_as_logged_where_the_rules_know_none(studio, pages):
    known = studio.say("it cures", Act.REVIEW, **said("spam"))
    unknown = studio.say("it heals", Act.REVIEW, **said("gone"))
    page = await pages.live("?lang=th")
    await page.wait_for_selector(f'.queue [data-id="{known}"] .reason >> text=Spam, in th.')
    await page.wait_for_selector(f'.queue [data-id="{unknown}"] .reason >> text=As it was logged.')
    assert pages.faults == []


async def test_what_the_host_should_not_have_said_waits_with_the_words_to_say_instead(studio, pages):
    mine = studio.say("it cures", roles=[Role.HOST], **said("spam"))
    theirs = studio.say("it cures", Act.REVIEW, **said("spam"))
    page = await pages.live()
    await page.wait_for_selector(f'.queue [data-id="{mine}"] .instead >> text=Say instead: Nothing.')
    assert "the shop's own words" in await page.inner_text(f'.queue [data-id="{mine}"]')
    assert "proposed" not in await page.inner_text(f'.queue [data-id="{mine}"]')
    assert await page.query_selector(f'.queue [data-id="{theirs}"] .instead') is None
    assert pages.faults == []
