from __future__ import annotations

import re
import time

import pytest

from streambot.core.action import Act, Result, State
from streambot.core.command import Answer, Mode, Reply, Verb
from streambot.core.status import Counts, Link
from tests.browser.looking import heard, settled, until

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

CUT = """[...document.querySelectorAll("button, h2, .top span, .bar")].filter((each) =>
    each.offsetParent && each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).display !== "inline"
    ).map((each) => each.textContent)"""
OUTSIDE = """[...document.querySelectorAll(".verb, .strip .do button, .hot button, .offer .chip")].filter((each) => {
    const box = each.getBoundingClientRect(), around = each.closest(".do, li").getBoundingClientRect();
    return each.offsetParent && (box.right > around.right + 1 || box.left < around.left - 1
        || box.bottom > around.bottom + 1);
}).map((each) => each.textContent)"""
SCAM = {"labels": {"scam": 0.93}, "language": "th"}


def scam_evidence(text: str, start: int, end: int) -> list[dict]:
    found = {"rule": "scam.half_price", "source": "lexicon", "span": [start, end], "text": text[start:end]}
    return [found | {"reason": "too good to be true", "label": "scam", "score": 0.93}]


async def item(page, key: str):
    return await page.wait_for_selector(f'.queue .item[data-id="{key}"]')


async def cursor(page) -> str | None:
    return await page.evaluate("document.querySelector('.queue .item.current')?.dataset.id ?? null")


async def order(page) -> list[str]:
    return await page.evaluate("[...document.querySelectorAll('.queue .item[data-id]')].map((li) => li.dataset.id)")


async def test_comments_appear_in_the_feed_as_they_come(studio, pages):
    page = await pages.live()
    studio.say("ราคาเท่าไหร่คะ", name="ก้อย", language="th", intent="question.price")
    row = await page.wait_for_selector(".feed .row")
    assert "ราคาเท่าไหร่คะ" in await row.inner_text()
    assert await row.eval_on_selector(".said", "said => said.lang") == "th"
    assert pages.faults == []


async def test_a_waiting_comment_says_why_with_the_evidence_marked_by_code_points(studio, pages):
    text = "🎁🎁 ลดครึ่งราคา แอดไลน์ @xx"
    studio.say(text, Act.HIDE, key="c1", evidence=scam_evidence(text, 3, 14), **SCAM)
    page = await pages.live()
    waiting = await item(page, "c1")
    assert await waiting.eval_on_selector("mark", "mark => mark.textContent") == text[3:14]
    reason = await waiting.eval_on_selector(".reason", "reason => reason.textContent")
    assert "scam" in reason
    assert text[3:14] in reason
    assert "scam.half_price" in reason


async def test_a_verdict_of_the_model_marks_nothing_because_it_judged_the_whole(studio, pages):
    text = "what an ugly thing"
    found = {"rule": "model.harassment", "source": "model", "span": [0, len(text)], "text": text}
    evidence = [found | {"reason": "Reads like an insult.", "label": "harassment", "score": 0.74}]
    studio.say(text, Act.REVIEW, key="c1", labels={"harassment": 0.74}, evidence=evidence)
    page = await pages.live()
    waiting = await item(page, "c1")
    assert await page.locator("mark").count() == 0
    reason = await waiting.eval_on_selector(".reason", "reason => reason.textContent.replace(/\\s+/g, ' ').trim()")
    assert reason == "harassment Reads like an insult. model 0.74"


async def test_hostile_text_stays_text_in_a_row_that_does_not_grow(studio, pages):
    hostile = [
        "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>",
        "\u202eevil\u202e txt \u2066\u2067",
        "ก" + "\u0e49" * 200,
        "A" * 4000,
        "👩‍👩‍👧‍👦" * 100,
        "line\nline\nline\nline",
    ]
    page = await pages.live()
    for number, text in enumerate(hostile):
        studio.say(text, Act.REVIEW, key=f"c{number}", name=text[:200], labels={"spam": 0.8})
    await until(page, "document.querySelectorAll('.queue .item').length === 6")
    heights = "selector => [...new Set([...document.querySelectorAll(selector)].map((row) => row.offsetHeight))]"
    assert await page.evaluate(heights, ".feed .row") == [32]
    assert await page.evaluate(heights, ".queue .item") == [122]
    assert await page.evaluate("document.querySelectorAll('#app img, #app script').length") == 0
    assert "owned" not in await page.title()
    marks = "(document.querySelector('.feed .row:nth-child(3) .said').textContent.match(/\\u0e49/g)).length"
    assert await page.evaluate(marks) == 4
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    isolated = "getComputedStyle(document.querySelector('.feed .said')).unicodeBidi"
    assert await page.evaluate(isolated) == "isolate"


async def test_the_row_under_the_pointer_stays_while_a_hundred_arrive(studio, pages):
    for number in range(60):
        studio.say(f"hello {number}")
    page = await pages.live()
    row = page.locator(".feed .row").nth(12)
    key = await row.get_attribute("data-id")
    await row.hover()
    top = f"document.querySelector('.feed .row[data-id=\"{key}\"]').getBoundingClientRect().top"
    before = await page.evaluate(top)
    for number in range(100):
        studio.say(f"more {number}")
    pill = page.locator(".feed .pill")
    await pill.filter(has_text="100 new").wait_for()
    assert "you are pointing here" in await pill.inner_text()
    assert await page.evaluate(top) == before
    await page.mouse.move(700, 880)
    await page.wait_for_selector(".feed .foot:not(:has(.pill))")
    assert "more 99" in await page.locator(".feed .row").last.inner_text()


async def test_space_freezes_the_feed_and_space_again_lets_it_run(studio, pages):
    studio.say("first")
    page = await pages.live()
    await page.wait_for_selector(".feed .row")
    await page.keyboard.press("Space")
    await page.wait_for_selector(".feed .pill:has-text('Space')")
    studio.say("second")
    await page.wait_for_selector(".feed .pill:has-text('1 new')")
    assert await page.locator(".feed .row").count() == 1
    await page.keyboard.press("Space")
    await page.wait_for_selector(".feed .row:has-text('second')")


async def test_a_busy_feed_keeps_few_rows_in_the_page(studio, pages):
    page = await pages.live()
    for number in range(1500):
        studio.say(f"hello {number}")
    await page.wait_for_selector(".feed .row:has-text('hello 1499')")
    assert await page.locator(".feed .row").count() <= 60


async def test_the_allow_key_works_by_its_place_on_a_thai_layout(studio, pages):
    studio.say("is this a scam?", Act.REVIEW, key="c1")
    page = await pages.live()
    await item(page, "c1")
    await settled(page)
    press = """({ code, key, ...rest }) =>
        document.body.dispatchEvent(new KeyboardEvent("keydown", { code, key, bubbles: true, ...rest }))"""
    for ignored in (
        {"code": "KeyA", "key": "ฟ", "isComposing": True},
        {"code": "KeyA", "key": "ฟ", "keyCode": 229},
        {"code": "KeyA", "key": "ฟ", "repeat": True},
        {"code": "KeyA", "key": "a", "ctrlKey": True},
        {"code": "KeyA", "key": "a", "metaKey": True},
    ):
        await page.evaluate(press, ignored)
    await page.wait_for_timeout(200)
    assert studio.heard == []
    await page.evaluate(press, {"code": "KeyA", "key": "ฟ"})
    [command] = await heard(studio)
    assert (command.verb, command.target, command.via) == (Verb.ALLOW, "c1", "key")
    assert command.key


async def test_no_neutral_key_ever_decides(studio, pages):
    studio.say("x", Act.REVIEW, key="c1")
    page = await pages.live()
    await item(page, "c1")
    await settled(page)
    await page.focus('.queue .item[data-id="c1"]')
    for key in ("Tab", "Backspace", "Delete", "Enter", "Space"):
        await page.focus('.queue .item[data-id="c1"]')
        await page.keyboard.press(key)
    await page.wait_for_timeout(200)
    assert studio.heard == []


async def test_after_an_action_the_cursor_goes_on_and_undo_brings_the_item_back(studio, pages):
    for number, age in enumerate((30, 20, 10)):
        studio.say(f"buy cheap {number}", Act.REVIEW, key=f"c{number}", age=age, labels={"spam": 0.8})
    page = await pages.live()
    await item(page, "c2")
    await settled(page)
    assert await cursor(page) == "c0"
    await page.keyboard.press("d")
    await until(page, "document.querySelector('.queue .item.current').dataset.id === 'c1'")
    await page.wait_for_selector(".strip li.confirmed")
    assert await order(page) == ["c1", "c2"]
    assert (await page.title()).startswith("(2) ")
    await page.keyboard.press("u")
    await item(page, "c0")
    await until(page, "document.querySelector('.queue .item.current').dataset.id === 'c0'")
    assert [command.verb for command in studio.heard] == [Verb.HIDE, Verb.UNDO]
    assert (await page.title()).startswith("(3) ")


async def test_the_queue_stands_by_severity_then_age(studio, pages):
    studio.say("young spam", Act.REVIEW, key="young", age=5, labels={"spam": 0.9})
    studio.say("old spam", Act.REVIEW, key="old", age=50, labels={"spam": 0.9})
    studio.say("threat", Act.REVIEW, key="threat", age=1, labels={"violence": 0.9})
    studio.say("worse", Act.REVIEW, key="worse", age=1, escalate=True)
    page = await pages.live()
    await item(page, "young")
    assert await order(page) == ["worse", "threat", "old", "young"]


async def test_the_item_with_the_cursor_never_moves(studio, pages):
    for number in range(4):
        studio.say(f"spam {number}", Act.REVIEW, key=f"c{number}", age=40 - number, labels={"spam": 0.9})
    page = await pages.live()
    await item(page, "c3")
    await settled(page)
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    assert await cursor(page) == "c2"
    top = "document.querySelector('.queue .item.current').getBoundingClientRect().top"
    before = await page.evaluate(top)
    studio.say("threat", Act.REVIEW, key="threat", labels={"violence": 0.9})
    studio.rule("c0", Act.ALLOW, "ploy")
    await page.wait_for_selector(".queue .ghost:has-text('ploy')")
    await item(page, "threat")
    assert await page.evaluate(top) == before
    assert await cursor(page) == "c2"
    assert (await order(page))[-2:] == ["threat", "c3"]
    await page.keyboard.press("j")
    await until(page, "document.querySelector('.queue .item.current').dataset.id === 'threat'")
    assert await page.locator(".queue .ghost").count() == 0


async def test_a_comment_that_a_partner_handled_first_is_a_notice_not_an_error(studio, pages):
    studio.say("spam", Act.REVIEW, key="c1", labels={"spam": 0.9})
    page = await pages.live()
    await item(page, "c1")
    await settled(page)
    studio.answers = [Reply(Answer.CONFLICT, by="Ploy", act="hide", at=time.time() - 2)]
    await page.keyboard.press("d")
    notice = await page.wait_for_selector(".notice")
    # The page takes the room's clock from messages, which a busy machine brings late.
    assert re.search(r"Ploy hid this [1-4] s ago\.", await notice.inner_text())
    assert "error" not in await notice.get_attribute("class")


async def test_a_refused_command_leaves_the_comment_where_it_was_and_says_why(studio, pages):
    studio.say("spam", Act.REVIEW, key="c1", labels={"spam": 0.9})
    page = await pages.live()
    await item(page, "c1")
    await settled(page)
    studio.answers = [Reply(Answer.FORBIDDEN, message="This platform cannot hide.")]
    await page.keyboard.press("d")
    await page.wait_for_selector(".notice.error:has-text('This platform cannot hide.')")
    await item(page, "c1")


async def test_buttons_are_named_and_a_double_click_hits_one_comment(studio, pages):
    for number in range(3):
        studio.say(f"spam {number}", Act.REVIEW, key=f"c{number}", age=9 - number, labels={"spam": 0.9})
    page = await pages.live()
    await item(page, "c2")
    await settled(page)
    await page.click('.queue .item[data-id="c1"]')
    await settled(page)
    await page.get_by_role("button", name="Hide").first.dblclick()
    await until(page, "document.querySelectorAll('.queue .item[data-id]').length === 2")
    assert [(command.verb, command.target, command.via) for command in studio.heard] == [(Verb.HIDE, "c1", "pointer")]


async def test_a_todo_is_counted_explained_and_ticked_off(studio, pages):
    studio.say("slot gacor", Act.HIDE, key="c1", state=State.PENDING, result=Result.MANUAL, labels={"gambling": 0.9})
    page = await pages.live()
    todo = await page.wait_for_selector(".strip li.todo")
    assert "do it in the platform's app" in await todo.inner_text()
    assert await (await item(page, "c1")).query_selector(".chip.todo") is not None
    await page.click(".strip li.todo button.allow")
    [command] = await heard(studio)
    assert (command.verb, command.target) == (Verb.DONE, "d-c1")
    await page.wait_for_selector(".strip li.confirmed")
    await until(page, "document.querySelectorAll('.queue .item').length === 0")


async def test_every_state_of_an_action_is_a_word(studio, pages):
    results = {"confirmed": Result.CONFIRMED, "not_confirmed": Result.UNKNOWN, "failed": Result.FAILED}
    results |= {"simulated": Result.SIMULATED, "sent": Result.APPLIED}
    for result in results.values():
        studio.say("spam", Act.HIDE, state=State.PENDING, result=result, labels={"spam": 0.9})
    studio.say("spam", Act.HIDE, state=State.PENDING, labels={"spam": 0.9})
    page = await pages.live()
    words = {"queued": "queued", **{name: name.replace("_", " ") for name in results}}
    for name, word in words.items():
        chip = await page.wait_for_selector(f".strip li.{name} .chip")
        assert (await chip.inner_text()).strip() == word
    undo = "li => Boolean([...li.querySelectorAll('button')].find((button) => button.textContent.includes('Undo')))"
    assert await page.eval_on_selector(".strip li.confirmed", undo)
    assert not await page.eval_on_selector(".strip li.failed", undo)


async def test_hidden_rows_stay_as_stubs_and_v_reveals_while_held(studio, pages):
    studio.say("kata kasar", Act.HIDE, state=State.PENDING, result=Result.CONFIRMED, labels={"harassment": 0.9})
    page = await pages.live()
    stub = await page.wait_for_selector(".feed .row .stub")
    assert await stub.inner_text() == "hidden · harassment · bot"
    assert "kata kasar" not in await page.inner_text(".feed")
    await page.keyboard.down("v")
    await page.wait_for_selector(".feed .row:has-text('kata kasar')")
    await page.keyboard.up("v")
    await page.wait_for_selector(".feed .row .stub")


async def test_keys_act_on_the_row_that_was_chosen_in_the_feed_and_focus_goes_there(studio, pages):
    studio.say("spam", Act.REVIEW, key="c1", labels={"spam": 0.9})
    studio.say("rude but not flagged", key="c2")
    page = await pages.live()
    await item(page, "c1")
    await settled(page)
    await page.keyboard.press("ArrowLeft")
    await page.wait_for_selector('.feed .row.selected[data-id="c2"]')
    assert await page.evaluate("document.activeElement.getAttribute('role')") == "log"
    assert await cursor(page) is None
    await page.keyboard.press("d")
    [command] = await heard(studio)
    assert (command.verb, command.target) == (Verb.HIDE, "c2")
    await page.keyboard.press("Escape")
    await until(page, "document.querySelector('.queue .item.current')?.dataset.id === 'c1'")


async def test_the_mode_changes_only_after_a_yes(studio, pages):
    page = await pages.live()
    await page.click(".modes > button:has-text('Auto')")
    await page.wait_for_selector(".modes .ask")
    await page.keyboard.press("Escape")
    await page.wait_for_selector(".modes .ask", state="detached")
    assert studio.heard == []
    await page.click(".modes > button:has-text('Auto')")
    await page.click(".modes .ask .main")
    await page.wait_for_selector(".modes > button[aria-pressed=true]:has-text('Auto')")
    assert [(command.verb, command.value) for command in studio.heard] == [(Verb.MODE, Mode.AUTO)]


async def test_numbers_that_do_not_add_up_are_a_red_chip(studio, pages):
    studio.set(counts=Counts(received=10, decided=7, duplicates=2, rejected=1))
    page = await pages.live()
    await page.wait_for_selector(".counts:has-text('10 received')")
    assert await page.locator(".chip.alarm").count() == 0
    studio.set(counts=Counts(received=10, decided=9, duplicates=2, rejected=1))
    await page.wait_for_selector(".chip.alarm:has-text('counts do not add up')")


async def test_a_lost_source_and_a_silent_model_are_said_in_words(studio, pages):
    page = await pages.live()
    studio.set(link=Link.RECONNECTING, link_detail="The platform closed the connection.", rules_only_since=time.time())
    await page.wait_for_selector(".bar.warn:has-text('The platform closed the connection.')")
    await page.wait_for_selector(".bar.warn:has-text('Rules only')")


async def test_a_killed_server_shows_within_three_seconds_and_the_page_resumes(studio, pages):
    studio.say("before", key="c1")
    studio.say("spam", Act.REVIEW, key="c2", labels={"spam": 0.9})
    page = await pages.live()
    await item(page, "c2")
    started = time.monotonic()
    await studio.close()
    await page.wait_for_selector(".bar.lost", timeout=3000)
    assert time.monotonic() - started < 3
    assert await page.locator(".queue .verb:not(:disabled)").count() == 0
    await page.keyboard.press("d")
    await page.wait_for_selector(".notice:has-text('nothing was sent')")
    studio.say("while away", key="c3")
    await studio.open()
    await page.wait_for_selector(".feed .row:has-text('while away')")
    await page.wait_for_selector(".bar.lost", state="detached")
    ids = await page.evaluate("[...document.querySelectorAll('.feed .row')].map((row) => row.dataset.id)")
    assert ids == ["c1", "c2", "c3"]
    assert studio.heard == []


async def test_another_process_on_the_same_port_gives_a_fresh_picture_with_the_gap_named(studio, pages):
    studio.say("before", key="c1")
    page = await pages.live()
    await page.wait_for_selector(".feed .row:has-text('before')")
    await studio.restart_anew()
    studio.say("after", key="c9")
    await page.wait_for_selector(".feed .row:has-text('after')")
    await page.wait_for_selector(".feed .row.gap:has-text('see the log')")
    assert await page.locator(".feed .row:has-text('before')").count() == 0


async def test_the_empty_room_says_what_is_going_on(studio, pages):
    page = await pages.live()
    await page.wait_for_selector(".feed .empty:has-text('Connected to the demo room. No comments yet')")
    await page.wait_for_selector(".queue .empty:has-text('Nothing waiting')")


async def test_the_feed_is_a_silent_log_and_one_status_speaks(studio, pages):
    page = await pages.live()
    assert await page.get_attribute(".feed [role=log]", "aria-live") == "off"
    assert await page.locator("[aria-live=polite]").count() == 1
    studio.say("spam", Act.REVIEW, labels={"spam": 0.9})
    await page.wait_for_selector(".spoken:has-text('1 waiting')", state="attached")


async def test_every_button_and_field_has_a_name(studio, pages):
    studio.say("spam", Act.REVIEW, labels={"spam": 0.9})
    studio.say("spam", Act.HIDE, state=State.PENDING, result=Result.CONFIRMED, labels={"spam": 0.9})
    studio.ask("q1", "price?", 4)
    studio.suggest(studio.say("how much?"), "It is $32.50.")
    page = await pages.live()
    await page.wait_for_selector(".hot")
    await page.wait_for_selector(".offer")
    await page.click(".hot button[aria-expanded]")
    await page.keyboard.press("i")
    await page.wait_for_selector(".onair input")
    nameless = """[...document.querySelectorAll("button, select, input, textarea, a")].filter((each) =>
        !(each.textContent.trim() || each.getAttribute("aria-label") || each.closest("label"))).length"""
    assert await page.evaluate(nameless) == 0


async def test_hot_questions_can_be_answered_and_dropped_from_the_console(studio, pages):
    studio.ask("q1", "ราคาเท่าไหร่", 41, language="th", item="3")
    studio.ask("q2", "发货？", 17, language="zh")
    page = await pages.live()
    await page.click(".hot:has-text('发货') button[aria-expanded]")
    await page.click(".hot:has-text('发货') button:has-text('Drop')")
    await page.wait_for_selector(".hot:has-text('发货')", state="detached")
    await page.click(".hot:has-text('ราคา') button:has-text('Answered')")
    await page.wait_for_selector(".hot.answered:has-text('ราคา')")
    assert [(command.verb, command.target) for command in studio.heard] == [(Verb.DROP, "q2"), (Verb.ANSWERED, "q1")]


async def test_single_keys_can_be_switched_off(studio, pages):
    studio.say("spam", Act.REVIEW, key="c1", labels={"spam": 0.9})
    page = await pages.live()
    await item(page, "c1")
    await page.keyboard.press("?")
    await page.uncheck("dialog.sheet input[type=checkbox]")
    await page.keyboard.press("Escape")
    await settled(page)
    await page.keyboard.press("d")
    await page.wait_for_timeout(200)
    assert studio.heard == []


@pytest.mark.parametrize("language", ["en", "zh", "th", "vi", "id"])
async def test_nothing_is_cut_or_overlaps_in_any_language(studio, pages, language):
    text = "แอดไลน์ @xx99 ถูกกว่าครึ่ง"
    studio.say(text, Act.HIDE, key="c1", evidence=scam_evidence(text, 0, 7), **SCAM)
    studio.say("slot", Act.HIDE, key="c2", state=State.PENDING, result=Result.MANUAL, labels={"gambling": 0.9})
    studio.ask("q1", "ราคาเท่าไหร่", 41, language="th", item="3", pinned=True, pushed=True, hint="฿950 · 2-4 วัน")
    studio.suggest(studio.say("ตัวที่ 3 ราคาเท่าไหร่คะ " * 5, name="ก้อย" * 9, language="th"), "ราคา ฿950 ค่ะ " * 14)
    studio.set(item="3", item_name="คาร์ดิแกนไหมพรม " * 3, scenario="flash_sale", gaps={"no_item": 1200, "stale": 4})
    page = await pages.live(f"?lang={language}")
    await item(page, "c1")
    await page.wait_for_selector(".strip li.todo", state="attached")
    await page.wait_for_selector(".offer.current", state="attached")
    await page.click(".hot button[aria-expanded]")
    assert await page.get_attribute("html", "lang") == language
    for width in (1440, 1280, 900, 390):
        await page.set_viewport_size({"width": width, "height": 900})
        await page.wait_for_timeout(100)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        assert await page.evaluate(CUT) == [], width
        assert await page.evaluate(OUTSIDE) == [], width
    assert pages.faults == []


async def test_the_page_asks_nobody_but_streambot(studio, pages):
    await pages.live()
    assert pages.asked
    assert all(url.startswith(studio.url) for url in pages.asked if not url.startswith("data:"))


async def test_a_trouble_stays_on_the_page_until_it_is_over_also_for_who_opens_it_later(studio, pages):
    page = await pages.live()
    # What would go by itself after six seconds goes after sixty milliseconds.
    await page.evaluate(
        "() => { const late = window.setTimeout; window.setTimeout = (what, after) => late(what, after / 100); }"
    )
    refused = {"level": "warn", "code": "platform_failing", "topic": "platform", "text": "The tool refuses us."}
    studio.feed.notice("demo", refused)
    await page.wait_for_selector(".notice.warn:has-text('The tool refuses us.')")
    later = await pages.live("?lang=zh")
    await later.wait_for_selector(".notice.warn:has-text('The tool refuses us.')")
    assert await later.locator(".notice b").inner_text() == "操作未能送达平台"
    await page.wait_for_timeout(300)
    assert await page.locator(".notice").count() == 1
    back = {"level": "info", "code": "platform_back", "topic": "platform", "text": "The tool takes actions again."}
    studio.feed.notice("demo", back)
    for screen in (page, later):
        await screen.wait_for_selector(".notice.warn", state="detached")
    await later.wait_for_selector(".notice:has-text('平台恢复接受操作')")


async def test_what_the_server_says_is_in_the_language_of_the_screen(studio, pages):
    english, page = await pages.live(), await pages.live("?lang=zh")
    texts = {}
    for notice in (
        {"level": "error", "code": "pack", "say": "pack_changed", "text": "Rules: …", "values": {
            "before": "th@1", "pack": "th@2", "by": "mei", "added": 1200, "removed": 0, "changed": 2}},
        {"level": "error", "code": "quota_lifted", "text": "In auto.", "values": {"mode": "auto"}},
        {"level": "error", "code": "gap", "text": "As the server said it: no values."},
        {"level": "error", "code": "brand_new", "text": "A code that the page does not know."},
    ):  # fmt: skip
        studio.feed.notice("demo", notice)
    for screen in (english, page):
        await screen.wait_for_selector(".notice:has-text('does not know')")
        texts[screen] = await screen.locator(".notice span").all_inner_texts()
    assert texts[page] == [
        "规则：th@1 → th@2（新增 1,200，移除 0，修改 2），由 mei 更改。",
        "机器人可再次操作\n房间恢复为自动模式。",
        "有评论未收到\nAs the server said it: no values.",
        "A code that the page does not know.",
    ]
    assert texts[english][0] == "Rules: th@1 → th@2 (1,200 added, 0 removed, 2 changed), by mei."
    assert await page.locator(".notice span").first.get_attribute("title") == "Rules: …"
    assert pages.faults == []
