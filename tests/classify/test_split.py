"""A phrase split over several comments of one author: each is innocent, together they are not."""

import pytest

from streambot.classify.lexicon import Matcher
from streambot.core.comment import Author, Comment, Role, Room
from streambot.core.history import History, Limits
from streambot.core.pack_format import parse_pack
from streambot.core.verdict import Judgement

PACK = parse_pack(
    """[pack]
name = "p"
version = "1"
[[rule]]
id = "insult"
label = "harassment"
terms = ["stupid cow", "傻逼"]
action = "hide"
reason = "R."
[[rule]]
id = "contact"
label = "diversion"
detectors = ["contact_handle"]
action = "hide"
reason = "R."
[[rule]]
id = "phone"
label = "personal_data"
detectors = ["phone"]
action = "hide"
reason = "R."
""",
    file="p.toml",
)
MATCHER = Matcher(PACK)


class Never:
    def threshold(self, label, language, level):
        return 1.01


def said(text, at, author="a", *roles):
    return Comment(str(at), Room("r", "replay", "r"), Author(author, "A", frozenset(roles)), text, at, at)


def verdicts(*comments):
    history = History()
    found = []
    for comment in comments:
        signals = [*MATCHER.signals(comment, history.scraps(comment)), *history.observe(comment)]
        found.append(PACK.decide(comment, None, signals, thresholds=Never()))
    return found


@pytest.mark.parametrize(
    ("parts", "rule"),
    [
        (["add my", "l i n e"], "contact"),
        (["add my", "line"], "contact"),
        (["zalo", "0912", "345", "678"], "contact"),
        (["kết", "bạn", "zalo"], "contact"),
        (["加", "微", "信"], "contact"),
        (["0912", "345", "678"], "phone"),
        (["stupid", "cow"], "insult"),
        (["s t u", "p i d", "c o w"], "insult"),
        (["傻", "逼"], "insult"),
    ],
)
def test_the_last_piece_bears_the_hit_and_shows_them_all(parts, rule):
    found = verdicts(*(said(part, float(at)) for at, part in enumerate(parts)))
    (evidence,) = found[-1].evidence
    assert evidence.rule == rule
    assert evidence.span == (0, len(parts[-1]))
    assert evidence.text.endswith(parts[-1])
    assert len(evidence.text) > len(parts[-1])
    assert found[0].evidence == ()


@pytest.mark.parametrize(
    "parts",
    [
        ["so stupid of me", "cow print is cute"],
        ["size", "38", "40"],
        ["add to cart", "line 2 please"],
        ["shop có", "zalo không?"],
        ["how do i add", "line stickers?"],
        ["hi", "are you on whatsapp chat"],
        ["1", "1", "1"],
        ["thanks", "bye"],
    ],
)
def test_honest_talk_in_pieces_is_let_be(parts):
    assert [verdict.evidence for verdict in verdicts(*(said(part, float(at)) for at, part in enumerate(parts)))] == [
        ()
    ] * len(parts)


def test_other_authors_and_late_pieces_are_not_joined():
    assert verdicts(said("stupid", 0.0), said("cow", 1.0, "b"))[-1].evidence == ()
    assert verdicts(said("stupid", 0.0), said("cow", 21.0))[-1].evidence == ()
    assert verdicts(said("stupid", 0.0), said("cow", 20.0))[-1].evidence != ()


def test_a_violation_of_its_own_is_not_told_again():
    first, second = verdicts(said("stupid cow", 0.0), said("thanks", 1.0))
    assert [evidence.text for evidence in first.evidence] == ["stupid cow"]
    assert second.evidence == ()


def test_what_the_shop_or_nobody_known_says_is_not_joined():
    history = History()
    for role in (Role.HOST, Role.STAFF):
        history.observe(said("stupid", 0.0, "a", role))
        assert history.scraps(said("cow", 1.0, "a", role)) == ()


def test_few_and_short_pieces_are_kept():
    history = History(Limits(split_comments=2, split_length=5))
    for at, text in enumerate(["one", "much too long", "two", "three"]):
        history.observe(said(text, float(at)))
    assert history.scraps(said("four", 4.0)) == ["two", "three"]
    assert history.scraps(said("also too long", 4.0)) == ()
    assert history.scraps(said("four", 4.0, "b")) == ()


def test_a_piece_counts_for_a_verdict_like_any_other():
    comments = said("add my", 0.0), said("zalo", 1.0)
    history = History()
    history.observe(comments[0])
    signals = MATCHER.signals(comments[1], history.scraps(comments[1]))
    judgement = Judgement({}, None, 0.0, "en", 0.0)
    assert PACK.decide(comments[1], judgement, signals, thresholds=Never()).action == "hide"
