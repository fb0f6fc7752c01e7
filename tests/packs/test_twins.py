"""Who does what to whom decides, not the word: every violation of ``lines/twins.tsv`` stands beside an innocent line.

Columns: site, label, violation, innocent line. What reports or quotes a violation is let be as well.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from streambot.core.action import Act
from streambot.core.comment import Author, Comment, Room
from streambot.core.labels import Label
from streambot.core.pack import VIEWERS, Speaker
from tests.packs.test_words import LANGUAGE, labels_of_a_comment, matcher_of, pack_of

TWINS = [
    line.split("\t")
    for line in (Path(__file__).parent / "lines" / "twins.tsv").read_text(encoding="utf-8").splitlines()
]


def rules_that_speak(site: str, text: str) -> list[str]:
    heard = matcher_of(site, Speaker.COMMENT).read(text)
    return [rule.id for signal in heard for rule in pack_of(site).asked_by(signal, VIEWERS)]


@pytest.mark.parametrize(("site", "label", "violation"), [(site, label, text) for site, label, text, _ in TWINS])
def test_what_is_done_to_somebody_is_found(site: str, label: str, violation: str) -> None:
    assert label in labels_of_a_comment(site, violation)


@pytest.mark.parametrize(("site", "innocent"), [(site, text) for site, _, _, text in TWINS])
def test_the_same_words_in_an_honest_line_are_let_be(site: str, innocent: str) -> None:
    assert rules_that_speak(site, innocent) == []


def test_every_site_has_twins_for_every_label() -> None:
    assert {(site, label) for site, label, _, _ in TWINS} == {
        (site, str(label)) for site in LANGUAGE for label in Label
    }


@pytest.mark.parametrize(
    ("site", "text"),
    [
        ("us", "somebody here just said go back to your country, mods please ban"),
        ("us", "block the guy asking for feet pics"),
        ("cn", "刚才有人骂主播猪脑子，举报了"),
        ("cn", "有人发刷单兼职，房管封一下"),
        ("th", "มีคนด่าแม่ค้าว่าโง่เป็นควาย รีพอร์ตแล้ว"),
        ("th", "ห้ามขายบุหรี่ไฟฟ้าในไลฟ์นะคะ"),
        ("vn", "bị chửi đồ vô học mà host vẫn hiền"),
        ("vn", "đừng giao dịch ngoài app nha mọi người"),
        ("id", "yg bilang host goblok tolong diblok"),
        ("id", "jangan jual vape di live ya kak"),
        ("us", "mods please, he says join my telegram"),
        ("cn", "发加我微信的那个人封一下"),
        ("th", "แอดไลน์มาขายของ รีพอร์ตแล้ว"),
        ("th", "มีคนเม้นให้ทักไลน์"),
        ("vn", "ad xoá nick kết bạn zalo này"),
        ("id", "waspada yg suruh hubungi wa"),
        ("id", "yg bilang chat wa udah di blok"),
        ("id", "akun join telegram udah dilaporin"),
    ],
)
def test_who_reports_or_quotes_a_violation_is_let_be(site: str, text: str) -> None:
    assert rules_that_speak(site, text) == []


@pytest.mark.parametrize(("site", "text"), [("us", "go hang yourself"), ("cn", "快去跳楼吧"), ("id", "mati aja sana")])
def test_who_drives_another_to_death_is_hidden_and_a_person_called(site: str, text: str) -> None:
    rule = pack_of(site).rule("violence.incitement")
    assert "violence.incitement" in rules_that_speak(site, text)
    assert rule is not None
    assert (rule.acts, rule.escalate) == (frozenset({Act.HIDE}), True)


@pytest.mark.parametrize(
    ("site", "rule", "text"),
    [
        ("cn", "diversion.contact", "加v领券"),
        ("cn", "diversion.away", "去淘宝更便宜"),
        ("cn", "violence.threat", "砍你一刀"),
        ("cn", "counterfeit.offer", "高仿包"),
        ("id", "diversion.contact", "dm aku, wa budi2"),
        ("id", "diversion.call", "ke toko oren aja lebih murah"),
        ("id", "violence.threat", "gue bunuh lu"),
        ("th", "personal_data.phone", "10-1-0812345678"),
        ("vn", "harassment.insult", "đmm rẻ rách"),
        ("vn", "hate.slur", "đồ da đen"),
        ("vn", "diversion.own_shop", "shop mình giá rẻ hơn ghé nha"),
    ],
)
def test_what_an_honest_line_excuses_is_found_without_it(site: str, rule: str, text: str) -> None:
    assert rule in rules_that_speak(site, text)


def test_a_chat_not_answered_and_then_a_low_price_are_no_call_away() -> None:
    def heard(*before: str) -> set[str]:
        comment = Comment("2", Room("r", "replay", "r"), Author("a", "A", frozenset()), "murah banget gila", 0.0, 0.0)
        return {signal.name for signal in matcher_of("id", Speaker.COMMENT).signals(comment, before)}

    assert "diversion.away" in heard("chat aku aja kak")
    assert heard("chat aku gak dibales kak") == set()


def test_who_speaks_of_his_own_death_is_met_with_care_and_stays() -> None:
    for site, text in (("us", "i want to end my life"), ("cn", "我不想活了"), ("id", "aku pengen mati aja")):
        assert rules_that_speak(site, text) == ["violence.self_harm"]
