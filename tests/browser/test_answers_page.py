"""Suggested answers, the composer, the item on air and the hot list on the controller's page."""

from __future__ import annotations

from typing import Any

import pytest

from streambot.core.action import Capability, How, Operation, Result
from streambot.core.command import Answer, Reply, Verb
from streambot.core.hot_question import HotWording
from tests.browser.looking import heard, settled, until
from tests.browser.studio import EVERYTHING

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

FIELD = ".composer textarea"
WRONG = "The catalog has another price: $32.50."
FINDING = {"rule": "catalog.price", "why": WRONG, "instead": "$32.50", "span": [8, 11]}
WORDED = {"rule": "health.cure", "why": "It claims a cure.", "instead": '"Looks brighter."', "span": [12, 17]}
REFUSED = Reply(Answer.INVALID, message="no", findings=(FINDING,))


async def offers(page: Any) -> list[str]:
    return list(await page.evaluate("[...document.querySelectorAll('.offer')].map((li) => li.dataset.id)"))


async def current(page: Any) -> str | None:
    found = await page.evaluate("document.querySelector('.offer.current')?.dataset.id ?? null")
    return None if found is None else str(found)


def told(studio: Any) -> list[tuple[str, str, str]]:
    return [(command.verb, command.target, command.value) for command in studio.heard]


def said(studio: Any) -> list[tuple[str, str, str]]:
    """What was asked for, less what only tells that somebody types."""
    return [each for each in told(studio) if each[0] != Verb.TYPING]


async def test_a_suggestion_shows_who_asked_what_and_the_answer_and_one_key_sends_it(studio, pages):
    asked = studio.say("ตัวที่ 3 ราคาเท่าไหร่คะ", name="ก้อย", language="th")
    first = studio.suggest(asked, "ราคา ฿950 ค่ะ", language="th")
    second = studio.suggest(studio.say("3号多少钱", name="小美", language="zh"), "219元", language="zh")
    page = await pages.live()
    row = await page.wait_for_selector(".offer.current")
    words = await row.inner_text()
    assert all(each in words for each in ("ก้อย", "ตัวที่ 3 ราคาเท่าไหร่คะ", "ราคา ฿950 ค่ะ", "#3", "th"))
    assert await row.eval_on_selector(".says bdi", "says => says.lang") == "th"
    assert await offers(page) == [first, second]
    await settled(page)
    await page.keyboard.press("s")
    await page.wait_for_selector(".strip li.confirmed:has-text('ราคา ฿950 ค่ะ')")
    assert await offers(page) == [second]
    assert await current(page) == second
    assert told(studio) == [(Verb.SEND, first, "")]
    assert await page.locator(".strip li").count() == 1
    assert pages.faults == []


async def test_a_suggestion_is_sent_and_declined_by_pointer_and_one_that_others_sent_leaves(studio, pages):
    keys = [studio.suggest(studio.say(f"price {n}?"), f"It is ${n}.") for n in range(4)]
    page = await pages.live()
    await page.wait_for_selector(".offer")
    await settled(page)
    await page.click(f'.offer[data-id="{keys[1]}"]')
    await page.click(".offer.current button:has-text('Decline')")
    await until(page, "document.querySelectorAll('.offer').length === 3")
    assert await current(page) == keys[2]
    await settled(page)
    await page.click(".offer.current button:has-text('Send')")
    await until(page, "document.querySelectorAll('.offer').length === 2")
    assert told(studio) == [(Verb.DISMISS, keys[1], ""), (Verb.SEND, keys[2], "")]
    studio.close_offer(keys[3], "ploy")
    await until(page, "document.querySelectorAll('.offer').length === 1")
    await until(page, f"document.querySelector('.offer.current').dataset.id === '{keys[0]}'")


async def test_a_key_that_comes_as_the_list_moves_by_itself_sends_nothing(studio, pages):
    first = studio.suggest(studio.say("price 1?"), "It is $1.")
    studio.suggest(studio.say("price 2?"), "It is $2.")
    page = await pages.live()
    await page.wait_for_selector(".offer")
    await settled(page)
    studio.close_offer(first, "ploy")
    await until(page, "document.querySelectorAll('.offer').length === 1")
    await page.keyboard.press("s")
    await page.wait_for_selector(".offer.pulse")
    assert studio.heard == []


async def test_the_answer_to_a_comment_that_is_hidden_or_long_past_is_not_offered(studio, pages):
    studio.suggest(studio.say("price?", key="c1"), "It is $1.", age=61)
    studio.suggest(studio.say("price?", key="c2"), "It is $2.")
    page = await pages.live()
    await page.wait_for_selector(".offer:has-text('$2')")
    assert await page.locator(".offer").count() == 1
    assert "1 lapsed" in await page.inner_text(".answers h2")
    await settled(page)
    await page.click('.feed .row[data-id="c2"]')
    await page.keyboard.press("d")
    await page.wait_for_selector(".offer", state="detached")
    await page.wait_for_selector(".answers .empty")


async def test_a_suggestion_that_streambot_withdrew_counts_as_lapsed_and_is_no_action_in_the_strip(studio, pages):
    key = studio.suggest(studio.say("price?", key="c1"), "It is $1.", mode="suggest")
    page = await pages.live()
    await page.wait_for_selector(".offer")
    studio.lapse_offer(key)
    await page.wait_for_selector(".offer", state="detached")
    assert "1 lapsed" in await page.inner_text(".answers h2")
    assert await page.locator(".strip li").count() == 0


async def test_shift_j_and_k_choose_another_suggestion(studio, pages):
    keys = [studio.suggest(studio.say(f"price {n}?"), f"It is ${n}.") for n in range(3)]
    page = await pages.live()
    await page.wait_for_selector(".offer")
    for press, wanted in (("J", 1), ("J", 2), ("J", 2), ("K", 1)):
        await page.keyboard.press(f"Shift+{press}")
        await until(page, f"document.querySelector('.offer.current').dataset.id === '{keys[wanted]}'")
    await page.keyboard.press("x")
    await heard(studio)
    assert told(studio) == [(Verb.DISMISS, keys[1], "")]
    await until(page, f"document.querySelector('.offer.current').dataset.id === '{keys[2]}'")


async def test_an_edited_suggestion_goes_out_as_edited_and_typing_stops_the_bot(studio, pages):
    asked = studio.say("how much is it?", name="jess")
    key = studio.suggest(asked, "It is $32.50.")
    page = await pages.live()
    await page.wait_for_selector(".offer")
    await settled(page)
    await page.keyboard.press("e")
    await until(page, f"document.activeElement.matches('{FIELD}')")
    assert await page.input_value(FIELD) == "It is $32.50."
    assert "jess" in await page.inner_text(".composer .to")
    await page.keyboard.type(" Tap the cart!")
    await page.keyboard.press("Control+Enter")
    await page.wait_for_selector(".strip li.confirmed:has-text('Tap the cart!')")
    await heard(studio, 3)
    assert told(studio) == [
        (Verb.TYPING, asked, "1"),
        (Verb.SEND, key, "It is $32.50. Tap the cart!"),
        (Verb.TYPING, asked, "0"),
    ]
    assert await page.input_value(FIELD) == ""
    assert await offers(page) == []


async def test_a_refused_suggestion_opens_with_the_reason_and_the_right_wording_goes_out(studio, pages):
    key = studio.suggest(studio.say("how much?", name="jess"), "It only $99 today")
    studio.answers = [REFUSED]
    page = await pages.live()
    await page.wait_for_selector(".offer")
    await settled(page)
    await page.keyboard.press("s")
    finding = await page.wait_for_selector(".findings li")
    words = await finding.inner_text()
    assert "$99" in words
    assert WRONG in words
    assert await offers(page) == [key]
    await page.click(".findings button:has-text('Use')")
    assert await page.input_value(FIELD) == "It only $32.50 today"
    chosen = f"(f => f.value.slice(f.selectionStart, f.selectionEnd))(document.querySelector('{FIELD}'))"
    await until(page, f"{chosen} === '$32.50'")
    assert await page.locator(".findings li").count() == 0
    await page.keyboard.press("Control+Enter")
    await page.wait_for_selector(".strip li.confirmed:has-text('$32.50')")
    assert told(studio) == [(Verb.SEND, key, ""), (Verb.SEND, key, "It only $32.50 today")]
    assert all("422" in fault for fault in pages.faults)


async def test_a_typed_text_that_is_refused_stays_with_every_reason_and_words_can_be_left_out(studio, pages):
    studio.answers = [Reply(Answer.INVALID, message="no", findings=(FINDING, WORDED))]
    page = await pages.live()
    await page.click(FIELD)
    await page.keyboard.type("It only $99 cures acne")
    await page.keyboard.press("Control+Enter")
    await page.wait_for_selector(".findings li >> nth=1")
    await page.click(".findings li:has-text('cures') button:has-text('Looks brighter.')")
    assert await page.input_value(FIELD) == "It only $99 Looks brighter. acne"
    await page.click(".findings li:has-text('$99') button:has-text('Leave it out')")
    assert await page.input_value(FIELD) == "It only  Looks brighter. acne"
    await page.keyboard.press("Control+Enter")
    await page.wait_for_selector(".strip li.confirmed:has-text('It only Looks brighter. acne')")
    assert said(studio)[-1] == (Verb.POST, "", "It only Looks brighter. acne")


async def test_r_replies_to_the_comment_that_was_chosen_and_escape_keeps_the_draft(studio, pages):
    studio.say("do you ship to Chiang Mai?", key="c1", name="jess")
    page = await pages.live()
    await page.click('.feed .row[data-id="c1"]')
    await page.keyboard.press("r")
    await until(page, f"document.activeElement.matches('{FIELD}')")
    await page.keyboard.type("yes, in 2 days")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Escape")
    await until(page, f"!document.activeElement.matches('{FIELD}')")
    await heard(studio, 2)
    assert told(studio) == [(Verb.TYPING, "c1", "1"), (Verb.TYPING, "c1", "0")]
    await page.keyboard.press("Shift+R")
    # Nothing that follows the key may be taken for a command: the field has the focus at once.
    assert await page.evaluate(f"document.activeElement.matches('{FIELD}')")
    await until(page, f"document.querySelector('{FIELD}').value === ''")
    await page.keyboard.press("Escape")
    await until(page, f"!document.activeElement.matches('{FIELD}')")
    await page.keyboard.press("r")
    await until(page, f"document.querySelector('{FIELD}').value === 'yes, in 2 days'")
    await page.keyboard.press("Control+Enter")
    await page.wait_for_selector(".strip li.confirmed:has-text('yes, in 2 days')")
    assert said(studio) == [(Verb.POST, "c1", "yes, in 2 days")]


async def test_keys_typed_in_the_composer_are_letters_and_a_composed_enter_sends_nothing(studio, pages):
    studio.suggest(studio.say("price?"), "It is $1.")
    page = await pages.live()
    await page.wait_for_selector(".offer")
    await page.click(FIELD)
    await page.keyboard.type("sxe da")
    composed = """document.activeElement.dispatchEvent(new KeyboardEvent("keydown",
        { key: "Enter", ctrlKey: true, isComposing: true, bubbles: true }))"""
    await page.evaluate(composed)
    await page.wait_for_timeout(150)
    assert await page.input_value(FIELD) == "sxe da"
    assert studio.heard == []


async def test_two_hundred_characters_are_counted_by_code_points_and_one_more_is_not_sent(studio, pages):
    page = await pages.live()
    await page.fill(FIELD, "ก" * 199 + "🎁!")
    assert "1 too many" in await page.inner_text("#composer-count")
    assert await page.is_disabled(".composer button.main")
    await page.press(FIELD, "Control+Enter")
    await page.wait_for_selector(".notice:has-text('200 characters')")
    assert studio.heard == []
    await page.fill(FIELD, "ก" * 199 + "🎁")
    assert "200/200" in await page.inner_text("#composer-count")
    assert await page.is_enabled(".composer button.main")
    await page.press(FIELD, "Control+Enter")
    await heard(studio)
    assert told(studio) == [(Verb.POST, "", "ก" * 199 + "🎁")]


async def test_an_answer_that_a_partner_sent_first_leaves_my_text_as_a_reply(studio, pages):
    asked = studio.say("price?", name="jess")
    key = studio.suggest(asked, "It is $1.")
    page = await pages.live()
    await page.wait_for_selector(".offer")
    await settled(page)
    await page.keyboard.press("e")
    await until(page, f"document.activeElement.matches('{FIELD}')")
    await page.keyboard.type(" Really.")
    studio.close_offer(key, "ploy")
    studio.answers = [Reply(Answer.NOOP)]
    await page.keyboard.press("Control+Enter")
    await page.wait_for_selector(".notice:has-text('Your text is still here')")
    await page.keyboard.press("Control+Enter")
    await page.wait_for_selector(".strip li.confirmed:has-text('Really.')")
    assert said(studio) == [(Verb.SEND, key, "It is $1. Really."), (Verb.POST, asked, "It is $1. Really.")]


async def test_where_nothing_can_be_posted_there_is_no_composer(studio, pages):
    studio.set(capabilities={**EVERYTHING, Operation.POST: Capability(How.NONE)})
    page = await pages.live()
    await page.wait_for_selector(".answers")
    assert await page.locator(".composer").count() == 0
    await page.keyboard.press("Shift+R")
    await page.wait_for_selector(".notice:has-text('Nothing can be posted')")


async def test_a_post_that_failed_is_sent_again_as_it_was(studio, pages):
    studio.settle_as = Result.FAILED
    page = await pages.live()
    await page.fill(FIELD, "hello all")
    await page.press(FIELD, "Control+Enter")
    await page.click(".strip li.failed button:has-text('Retry')")
    await heard(studio, 2)
    assert told(studio) == [(Verb.POST, "", "hello all")] * 2


async def test_the_item_on_air_is_set_by_digits_also_on_a_thai_layout(studio, pages):
    page = await pages.live()
    await page.wait_for_selector(".onair:has-text('no item on air')")
    assert await page.is_disabled(".onair select")
    await page.keyboard.press("i")
    await page.wait_for_selector(".onair input")
    await until(page, "document.activeElement.matches('.onair input')")
    press = """({ code, key }) => document.activeElement.dispatchEvent(
        new KeyboardEvent("keydown", { code, key, bubbles: true, cancelable: true }))"""
    await page.evaluate(press, {"code": "Digit1", "key": "ๅ"})
    await page.evaluate(press, {"code": "Numpad2", "key": "2"})
    assert await page.input_value(".onair input") == "12"
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".onair button:has-text('#12'):has-text('knit cardigan')")
    await page.select_option(".onair select", "flash_sale")
    await heard(studio, 2)
    await page.keyboard.press("i")
    await page.click(".onair button:has-text('None')")
    await page.wait_for_selector(".onair:has-text('no item on air')")
    assert told(studio) == [(Verb.ITEM, "", "12"), (Verb.SCENARIO, "", "flash_sale"), (Verb.ITEM, "", "")]


async def test_an_item_that_the_catalog_does_not_have_is_refused_in_words(studio, pages):
    studio.answers = [Reply(Answer.INVALID, message="the catalog has no item 9; is it 8?")]
    page = await pages.live()
    await page.keyboard.press("i")
    await page.wait_for_selector(".onair input")
    await page.keyboard.type("9")
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".notice.error:has-text('the catalog has no item 9')")
    await page.wait_for_selector(".onair:has-text('no item on air')")


async def test_gaps_are_counted_and_say_why_on_demand(studio, pages):
    studio.set(gaps={"stale": 2, "no_item": 5})
    page = await pages.live()
    await page.click(".gaps button:has-text('7 questions had no answer')")
    await page.wait_for_selector(".gaps li")
    reasons = await page.evaluate("[...document.querySelectorAll('.gaps li')].map((li) => li.textContent.trim())")
    assert reasons == ["5 no item named, none on air", "2 price or stock is too old to repeat"]
    await page.keyboard.press("Escape")
    await page.wait_for_selector(".gaps li", state="detached")


async def test_a_hot_question_has_its_rank_hint_and_languages_and_is_pinned_pushed_and_answered(studio, pages):
    studio.ask("q1", "price of #3?", 41, item="3", hint="$32.50", languages={"th": 30, "zh": 11})
    studio.ask("q2", "ship to CNX?", 17, language="en", languages={"en": 17})
    page = await pages.live()
    words = await page.inner_text('.hot[data-id="q1"]')
    assert all(each in words for each in ("1", "41", "price of #3?", "#3", "$32.50", "th 30 · zh 11"))
    row = '.hot[data-id="q2"]'
    await page.click(f"{row} button[aria-expanded]")
    await page.click(f"{row} button:text-is('Pin')")
    await page.wait_for_selector(f"{row}.pinned:has-text('pinned')")
    assert await page.get_attribute(".hot", "data-id") == "q1"
    await page.click(f"{row} button:text-is('Unpin')")
    await page.click(f"{row} button:has-text('To the host')")
    await page.wait_for_selector(f"{row}:has-text('sent to the host')")
    await page.click(f"{row} button:has-text('Reply')")
    await until(page, f"document.activeElement.matches('{FIELD}')")
    await page.keyboard.type("2 to 4 days")
    await page.keyboard.press("Control+Enter")
    await page.wait_for_selector(".strip li.confirmed:has-text('2 to 4 days')")
    assert said(studio) == [
        (Verb.PIN, "q2", ""),
        (Verb.UNPIN, "q2", ""),
        (Verb.PUSH, "q2", ""),
        (Verb.POST, "q2", "2 to 4 days"),
    ]
    assert (Verb.TYPING, "q2", "1") in told(studio)


async def test_the_hot_list_keeps_its_order_while_the_pointer_is_over_it(studio, pages):
    studio.ask("q1", "price?", 20)
    studio.ask("q2", "stock?", 10)
    page = await pages.live()
    await page.hover('.hot[data-id="q1"]')
    studio.ask("q2", "stock?", 90)
    studio.ask("q3", "size?", 95)
    await page.wait_for_selector('.hot[data-id="q2"]:has-text("90")')
    order = "[...document.querySelectorAll('.hot')].map((row) => row.dataset.id).join()"
    assert await page.evaluate(order) == "q1,q2,q3"
    await page.mouse.move(10, 10)
    studio.ask("q4", "colour?", 4)
    await until(page, f"{order} === 'q3,q2,q1,q4'")


async def test_a_question_is_merged_into_the_one_that_is_chosen_next(studio, pages):
    studio.ask("q1", "price of #3?", 41)
    studio.ask("q2", "how much is the cardigan", 17)
    page = await pages.live()
    row = '.hot[data-id="q2"]'
    await page.click(f"{row} button[aria-expanded]")
    await page.click(f"{row} button:has-text('Merge')")
    await page.wait_for_selector(".merging:has-text('how much is the cardigan')")
    await page.keyboard.press("Escape")
    await page.wait_for_selector(".merging", state="detached")
    await page.click(f"{row} button[aria-expanded]")
    await page.click(f"{row} button:has-text('Merge')")
    await page.click(".hot[data-id='q1'] button:has-text('Merge into this')")
    await page.wait_for_selector(row, state="detached")
    assert told(studio) == [(Verb.MERGE, "q2", "q1")]
    assert await page.locator(".merging").count() == 0


async def test_one_wording_is_split_off_and_becomes_a_question(studio, pages):
    wordings = (HotWording("price?", "en", 20), HotWording("how long does it ship?", "en", 3))
    studio.ask("q1", "price?", 23, wordings=wordings)
    studio.ask("q2", "stock?", 5, wordings=wordings[:1])
    page = await pages.live()
    await page.click(".hot[data-id='q2'] button[aria-expanded]")
    assert await page.locator(".hot[data-id='q2'] button:has-text('Split')").count() == 0
    await page.click(".hot[data-id='q1'] button[aria-expanded]")
    await page.click(".hot[data-id='q1'] button:has-text('Split')")
    await page.click(".wordings li:has-text('how long does it ship?') button")
    await page.wait_for_selector(".hot:has-text('how long does it ship?')")
    assert told(studio) == [(Verb.SPLIT, "q1", "how long does it ship?")]
