from __future__ import annotations

import pytest

from streambot.core.command import Answer, Reply, Verb
from tests.browser.conftest import TABLET
from tests.browser.looking import heard, until

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

LONGEST = {
    "en": "Does the serum work for sensitive skin, and can I use it together with retinol at night without irritation?",
    "zh": "请问这个精华液敏感肌可以用吗，晚上能不能和视黄醇一起叠加使用，会不会刺激皮肤，偏远地区要几天能到？",
    "th": "เซรั่มตัวนี้ผิวแพ้ง่ายใช้ได้ไหมคะ แล้วใช้ร่วมกับเรตินอลตอนกลางคืนได้หรือเปล่า จะระคายเคืองไหม ส่งต่างจังหวัดกี่วัน",
    "vi": "Serum này da nhạy cảm dùng được không ạ, buổi tối dùng chung với retinol có bị kích ứng không shop ơi?",
    "id": "Serumnya aman untuk kulit sensitif tidak kak, boleh dipakai bareng retinol malam hari tanpa iritasi?",
}
SIZES = "[...document.querySelectorAll('.fit')].map((fit) => parseFloat(getComputedStyle(fit).fontSize))"
OVERFLOWING = """[...document.querySelectorAll('.row')].filter((row) => {
    const fit = row.querySelector('.fit'), words = row.querySelector('.words'), box = row.getBoundingClientRect();
    return words.offsetHeight > fit.clientHeight + 1 || words.scrollWidth > fit.clientWidth + 1
        || box.bottom > innerHeight || box.top < 0;
}).length"""


async def rows(page) -> list[str]:
    return await page.evaluate("[...document.querySelectorAll('.row')].map((row) => row.dataset.id)")


async def test_the_most_wanted_questions_are_on_top_with_their_askers(studio, pages):
    studio.ask("q1", "ราคาเท่าไหร่", 41, language="th", item="3")
    studio.ask("q2", "发货？", 17, language="zh")
    page = await pages.host()
    await page.wait_for_selector(".row")
    assert await rows(page) == ["q1", "q2"]
    first = await page.inner_text(".row:first-child")
    assert "41" in first
    assert "#3" in first
    assert await page.get_attribute(".row:first-child .words", "lang") == "th"
    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(0, 0, 0)"
    assert pages.faults == []


PRESETS = [("near", 22, 6), ("1m", 36, 4), ("1.5m", 52, 3), ("2m", 64, 2)]


@pytest.mark.parametrize(("distance", "least", "most"), PRESETS)
async def test_every_distance_has_its_size_and_its_number_of_questions(studio, pages, distance, least, most):
    for number, (language, text) in enumerate(LONGEST.items()):
        studio.ask(f"long{number}", text, 40 - number, language=language)
    for number in range(6):
        studio.ask(f"short{number}", "size 39?", 9 - number)
    page = await pages.host(f"?distance={distance}")
    await page.wait_for_selector(".row")
    assert len(await rows(page)) == most
    assert min(await page.evaluate(SIZES)) >= least
    assert await page.evaluate(OVERFLOWING) == 0
    assert await page.evaluate("document.documentElement.scrollHeight <= innerHeight")


@pytest.mark.parametrize("language", LONGEST)
async def test_at_two_metres_a_question_is_whole_and_only_a_speech_ends_in_dots(studio, pages, language):
    studio.ask("q1", LONGEST[language][: 22 if language == "zh" else 55], 41, language=language)
    studio.ask("q2", LONGEST[language] * 2, 17, language=language)
    page = await pages.host(f"?distance=2m&lang={language}")
    await page.wait_for_selector(".row")
    assert min(await page.evaluate(SIZES)) >= 64
    assert await page.evaluate(OVERFLOWING) == 0
    clamped = "[...document.querySelectorAll('.words')].map((words) => words.style.webkitLineClamp !== '')"
    assert await page.evaluate(clamped) == [False, True]


async def test_a_tap_anywhere_on_a_row_answers_it_and_undo_takes_it_back(studio, pages):
    studio.ask("q1", "price?", 41)
    studio.ask("q2", "stock?", 17)
    page = await pages.host(has_touch=True)
    row = page.locator('.row[data-id="q1"]')
    box = await row.bounding_box()
    assert box["height"] >= 64
    await page.touchscreen.tap(box["x"] + box["width"] - 5, box["y"] + 5)
    await page.wait_for_selector(".undo:has-text('price?')")
    assert await rows(page) == ["q2"]
    assert [(command.verb, command.target) for command in await heard(studio)] == [(Verb.ANSWERED, "q1")]
    await page.click(".undo")
    await page.wait_for_selector('.row[data-id="q1"]')
    assert [command.verb for command in await heard(studio, 2)] == [Verb.ANSWERED, Verb.REOPEN]


async def test_the_undo_bar_leaves_and_the_answered_drawer_brings_a_question_back(studio, pages):
    studio.ask("q1", "price?", 41)
    page = await pages.host()
    await page.click(".row")
    await page.wait_for_selector(".undo")
    await page.wait_for_selector(".undo", state="detached")
    await page.click("footer button:has-text('1 answered')")
    await page.click(".drawer button:has-text('Reopen')")
    await page.wait_for_selector('.row[data-id="q1"]')


async def test_a_refused_answer_brings_the_row_back_and_says_so(studio, pages):
    studio.ask("q1", "price?", 41)
    studio.answers = [Reply(Answer.FORBIDDEN, message="This link may only read.")]
    page = await pages.host()
    await page.click(".row")
    await page.wait_for_selector("footer .warn:has-text('This link may only read.')")
    await page.wait_for_selector('.row[data-id="q1"]')


async def test_ranks_wait_for_ten_seconds_and_for_the_finger(studio, pages):
    studio.ask("q1", "price?", 20)
    studio.ask("q2", "stock?", 10)
    page = await pages.host()
    await page.wait_for_selector(".row")
    studio.ask("q2", "stock?", 90)
    await page.wait_for_selector('.row[data-id="q2"]:has-text("90")')
    assert await rows(page) == ["q1", "q2"]


async def test_with_no_questions_there_is_a_clock_not_a_black_screen(studio, pages):
    page = await pages.host()
    await page.wait_for_selector(".empty:has-text('No questions waiting')")
    assert ":" in await page.inner_text(".empty b")


async def test_a_lost_link_keeps_the_questions_and_says_since_when(studio, pages):
    studio.ask("q1", "price?", 41)
    page = await pages.host()
    await page.wait_for_selector(".row")
    await studio.close()
    await page.wait_for_selector(".stale:has-text('Not updating since')", timeout=3000)
    assert await rows(page) == ["q1"]
    await studio.open()
    await page.wait_for_selector(".stale", state="detached")


async def test_the_words_follow_the_link_then_the_room(studio, pages):
    studio.set(host_language="vi")
    page = await pages.host()
    await page.wait_for_selector(".empty:has-text('Không có câu hỏi')")
    page = await pages.host("?lang=zh")
    await page.wait_for_selector(".empty:has-text('暂无')")


async def test_a_host_link_sees_questions_and_no_comments(studio, pages):
    studio.require_token = True
    await studio.close()
    await studio.open()
    studio.say("a secret insult")
    studio.ask("q1", "price?", 41)
    frames: list[str] = []
    page = await pages.open("/host/demo", TABLET)
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: frames.append(str(frame))))
    await page.goto(f"{studio.url}/host/demo#k=host-token")
    await page.reload()
    await page.wait_for_selector(".row")
    assert "host-token" not in page.url
    assert frames
    assert not any("insult" in frame for frame in frames)


async def test_a_link_that_is_not_valid_says_whom_to_ask(studio, pages):
    studio.require_token = True
    await studio.close()
    await studio.open()
    page = await pages.open("/host/demo#k=wrong", TABLET)
    await page.wait_for_selector(".empty:has-text('Ask the control room for a new one')")
    page = await pages.open("/host/demo", TABLET)
    await page.wait_for_selector(".empty:has-text('Ask the control room for a new one')")


async def test_a_small_phone_still_shows_the_top_questions(studio, pages):
    for number, (language, text) in enumerate(LONGEST.items()):
        studio.ask(f"q{number}", text, 40 - number, language=language)
    page = await pages.host("", {"width": 390, "height": 780})
    await page.wait_for_selector(".row")
    assert await page.evaluate(OVERFLOWING) == 0
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await until(page, "document.querySelectorAll('.row').length >= 2")


async def test_the_item_on_air_stands_in_the_header_and_a_hint_below_its_question(studio, pages):
    studio.set(item="3", item_name="knit cardigan")
    studio.ask("q1", "price of #3?", 41, item="3", hint="$32.50", pinned=True, languages={"th": 30, "en": 11})
    studio.ask("q2", "is it warm?", 9, languages={"en": 9})
    page = await pages.host()
    first = page.locator('.row[data-id="q1"]')
    await first.wait_for()
    assert await page.inner_text("header .item") == "#3 knit cardigan"
    words = await first.inner_text()
    assert all(each in words for each in ("41", "★", "#3", "th en", "price of #3?", "$32.50"))
    assert await first.get_attribute("aria-label") == (
        "from the control room. price of #3?. $32.50. 41 people ask this. Answered"
    )
    sizes = "['.words', '.hint'].map((each) => parseFloat(getComputedStyle(document.querySelector(each)).fontSize))"
    question, hint = await page.evaluate(sizes)
    assert question > hint >= 36
    assert await page.locator('.row[data-id="q2"] .codes, .row[data-id="q2"] .hint').count() == 0
    studio.set(item="", item_name="")
    await page.wait_for_selector("header .where:has-text('demo')")


HINTED = """[...document.querySelectorAll('.row')].filter((row) => {
    const [hint, words, n] = ['.hint', '.words', '.n'].map((each) => row.querySelector(each).getBoundingClientRect());
    const box = row.getBoundingClientRect();
    const covers = hint.height && (hint.bottom > box.bottom || words.bottom > hint.top + 1);
    return covers || words.top < box.top || words.bottom > box.bottom || n.bottom > box.bottom || n.top < box.top;
}).length"""


@pytest.mark.parametrize("viewport", [(1024, 768), (768, 1024), (1080, 810)])
@pytest.mark.parametrize("distance", ["near", "1m", "1.5m", "2m"])
async def test_a_hint_never_covers_a_question_and_goes_before_it_loses_words(studio, pages, distance, viewport):
    hint = "฿950 · สีกรม สีเบจ สีเขียวมิ้นต์ · 2-4 วัน · " * 3
    for number, (language, text) in enumerate(LONGEST.items()):
        fields = {"item": "12", "pinned": True, "languages": {"th": 9, "zh": 4, "vi": 2}}
        studio.ask(f"q{number}", text, 140 - number, language=language, hint=hint, **fields)
    studio.ask("short", "ราคา?", 150, language="th", hint=hint)
    page = await pages.host(f"?distance={distance}", {"width": viewport[0], "height": viewport[1]})
    await page.wait_for_selector(".row")
    assert await page.evaluate(OVERFLOWING) == 0
    assert await page.evaluate(HINTED) == 0
    assert await page.is_visible('.row[data-id="short"] .hint')
    both = "[...document.querySelectorAll('.row')].filter((row) => row.querySelector('.words').style.webkitLineClamp"
    assert await page.evaluate(f"{both} && row.querySelector('.hint').offsetHeight).length") == 0
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert pages.faults == []


@pytest.mark.parametrize(("width", "height", "name"), [(768, 1024, "1m"), (1024, 768, "1m"), (400, 1080, "near")])
async def test_a_tablet_stands_a_metre_away_also_when_it_is_turned(studio, pages, width, height, name):
    page = await pages.host("", {"width": width, "height": height})
    assert await page.locator(f".host.d-{name}").count() == 1
