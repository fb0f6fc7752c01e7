"""What the packs say of the words that POLICIES.md names: every local term is found, every trap is let be.

``lines/terms_SITE.tsv`` holds the terms of a site's tables in a sentence: speaker, label, text; ``lines/spoken.tsv``
lines of hosts, to be found or let be. The traps stand beside the lexicon's tests, one table a site.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import pytest

from streambot.classify.lexicon import Matcher, Matchers
from streambot.core.comment import Author, Comment, Role, Room
from streambot.core.labels import Label
from streambot.core.pack import SHOP, VIEWERS, Pack, Speaker
from streambot.core.pack_format import load_pack
from streambot.core.script import Finding, findings
from streambot.core.verdict import Verdict

ROOT = Path(__file__).parents[2]
PACKS = ROOT / "config" / "packs"
LINES = Path(__file__).parent / "lines"
TRAPS = ROOT / "tests" / "classify" / "lines"
SCRIPTS = ROOT / "tests" / "data" / "scripts"
LANGUAGE = {"us": "en", "th": "th", "vn": "vi", "id": "id", "cn": "zh"}
SHARED = ("shop", "base")


@cache
def pack_of(site: str) -> Pack:
    return load_pack(site, lambda name: (PACKS / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def matcher_of(site: str, speaker: Speaker) -> Matcher:
    return Matcher(pack_of(site), {speaker})


def found(site: str, speaker: Speaker, text: str) -> list[Finding]:
    return findings(text, pack_of(site), speaker, matcher_of(site, speaker).read, language=LANGUAGE[site])


def labels_of_a_comment(site: str, text: str) -> set[str]:
    heard = matcher_of(site, Speaker.COMMENT).read(text)
    return {rule.label for signal in heard for rule in pack_of(site).asked_by(signal, VIEWERS) if rule.label}


TERMS = [
    (site, *line.split("\t"))
    for site in LANGUAGE
    for line in (LINES / f"terms_{site}.tsv").read_text(encoding="utf-8").splitlines()
]
SITE_TRAPS = [
    (site, text)
    for site in LANGUAGE
    for text in (TRAPS / f"traps_{site}.txt").read_text(encoding="utf-8").split("\n")
    if text
]


@pytest.mark.parametrize(("site", "speaker", "label", "text"), TERMS)
def test_a_term_that_the_policies_name_is_found(site: str, speaker: str, label: str, text: str) -> None:
    if speaker == Speaker.COMMENT:
        assert label in labels_of_a_comment(site, text)
    else:
        assert label in {finding.label for finding in found(site, Speaker(speaker), text)}


@pytest.mark.parametrize(("site", "text"), SITE_TRAPS)
@pytest.mark.parametrize("speaker", [Speaker.SCRIPT, Speaker.REPLY])
def test_a_trap_is_let_be_in_scripts_and_replies_too(site: str, text: str, speaker: Speaker) -> None:
    assert found(site, speaker, text) == []


@pytest.mark.parametrize("site", LANGUAGE)
def test_every_planted_violation_of_a_script_is_found_and_every_innocent_line_let_be(site: str) -> None:
    lines = (SCRIPTS / f"{site}.txt").read_text(encoding="utf-8").splitlines()
    planted = tomllib.loads((SCRIPTS / f"{site}.planted.toml").read_text(encoding="utf-8"))
    labels = {str(n): {finding.label for finding in found(site, Speaker.SCRIPT, t)} for n, t in enumerate(lines, 1)}
    assert len(lines) == 60
    assert {n: label for n, label in planted.items() if label not in labels[n]} == {}
    assert {n: here for n, here in labels.items() if here and n not in planted} == {}


@pytest.mark.parametrize("site", LANGUAGE)
def test_what_hosts_say_is_found_or_let_be(site: str) -> None:
    lines = [line.split("\t") for line in (LINES / "spoken.tsv").read_text(encoding="utf-8").splitlines()[1:]]
    mine = [(expected, text) for of, expected, text in lines if of == site]
    assert len(mine) > 100
    wrong = [text for expected, text in mine if bool(found(site, Speaker.SCRIPT, text)) != (expected == "f")]
    assert wrong == []


@pytest.mark.parametrize(
    ("yes", "no"),
    [
        ("it cures acne", "it does not cure acne, please ask your doctor"),
        ("this is a replica", "this is not a replica"),
        ("write your phone number in the comments", "never write your phone number in the comments"),
        ("pay me through paypal", "we take paypal at checkout"),
        ("spin the wheel", "no wheel to spin tonight"),
        ("只要加我v就便宜", "v领的毛衣"),
        ("这是最佳面霜", "最佳赏味期七天"),
        ("消炎的功效", "械字号敷料有消炎的功效"),
    ],
)
def test_a_line_is_told_from_its_opposite(yes: str, no: str) -> None:
    site = "cn" if yes[0] > "\u2e80" else "us"
    assert found(site, Speaker.SCRIPT, yes) != []
    assert found(site, Speaker.SCRIPT, no) == []


class Never:
    """Thresholds that no score reaches."""

    def threshold(self, *_: object) -> float:
        return 1.01


@pytest.mark.parametrize("role", [Role.HOST, Role.STAFF, Role.BOT])
def test_what_the_shops_own_people_write_in_the_chat_is_a_finding_and_asks_for_nothing(role: Role) -> None:
    pack, matchers = pack_of("us"), Matchers(pack_of("us"))
    room, text = Room("r", "replay", "r"), "it cures acne, add me on whatsapp"

    def verdict(*roles: Role) -> Verdict:
        comment = Comment("1", room, Author("a", "A", frozenset(roles)), text, 0.0, 0.0)
        return pack.decide(comment, None, matchers.signals(comment), thresholds=Never())

    own, viewers = verdict(role), verdict()
    assert (own.actions, own.strikes, own.escalate) == (frozenset(), 0, False)
    assert set(own.labels) == {"misleading_claim", "diversion"}
    assert all(pack.rule(each.rule).suggestion["en"] for each in own.evidence)
    assert "hide" in viewers.actions
    assert {each.rule for each in own.evidence}.isdisjoint({each.rule for each in viewers.evidence})


@pytest.mark.parametrize("site", [*SHARED, *LANGUAGE])
def test_every_rule_names_its_source_and_speaks_the_sites_language_and_english(site: str) -> None:
    wanted = set(LANGUAGE.values()) if site in SHARED else {"en", LANGUAGE[site]}
    for rule in pack_of(site).rules:
        if not rule.where.startswith(f"{site}.toml"):
            continue
        assert rule.source_id, rule.id
        assert rule.checked_on is not None, rule.id
        assert wanted <= set(rule.reason), rule.id
        if rule.scope & SHOP:
            assert wanted <= set(rule.suggestion), rule.id


def test_every_source_is_in_the_list_of_sources() -> None:
    listed = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
    named = {rule.source_id for site in LANGUAGE for rule in pack_of(site).rules}
    assert {source for source in named if f"| `{source}` |" not in listed} == set()


def test_every_label_has_a_rule_for_viewers_and_for_the_shop() -> None:
    for site in LANGUAGE:
        rules = [rule for rule in pack_of(site).rules if rule.model is None]
        assert {rule.label for rule in rules if Speaker.COMMENT in rule.scope} >= set(Label), site
        for speaker in SHOP:
            assert {rule.label for rule in rules if speaker in rule.scope} >= set(Label) - {"spam"}, (site, speaker)
