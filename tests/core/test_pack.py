from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streambot.core.action import Act
from streambot.core.comment import Author, Comment, Role, Room
from streambot.core.errors import ConfigError
from streambot.core.labels import Intent, Label
from streambot.core.pack_format import load_pack, parse_pack
from streambot.core.verdict import Judgement, Signal

ROOM = Room("r", "replay", "r")
PACKS = Path(__file__).parents[2] / "config" / "packs"

HEAD = '[pack]\nname = "p"\nversion = "1"\n'
INSULT = (
    '[[rule]]\nid = "insult"\nlabel = "harassment"\nterms = ["bad"]\naction = "hide"\nstrikes = 1\nreason = "Insult."\n'
)
BET = (
    '[[rule]]\nid = "bet"\nlabel = "gambling"\nterms = ["bet"]\naction = ["hide", "mute"]\nmute_seconds = 60\n'
    'strikes = 2\nreason = {en = "Betting.", th = "พนัน"}\n'
)
LOOK = '[[rule]]\nid = "look"\nterms = ["look"]\naction = "review"\nreason = "Look."\n'
MODEL = "".join(
    f'[[rule]]\nid = "model.{label}"\nlabel = "{label}"\nsignal = "model.{label}"\naction = "hide"\nreason = "Model."\n'
    for label in Label
)


class Steps:
    """Thresholds that are the same for every label: review from 0.5, hide from 0.9, in Thai from 0.8."""

    def threshold(self, label, language, level):
        if level == "review":
            return 0.5
        return 0.8 if language == "th" else 0.9


def comment(text="hello there", *, roles=(), **fields):
    return Comment("1", ROOM, Author("a", "A", frozenset(roles)), text, 0.0, 0.0, **fields)


def judged(intent=Intent.CHITCHAT, language="en", **scores):
    labels = {label: scores.get(label.value, 0.01) for label in Label}
    return Judgement(labels, intent, 0.9, language, 0.9, model="m@1")


def spoke(*names, source="lexicon", score=1.0):
    return [Signal(name, score, source, (0, 3)) for name in names]


def decided(pack, what, judgement=None, signals=()):
    return pack.decide(what, judgement, signals, thresholds=Steps())


@pytest.fixture
def pack():
    return parse_pack(HEAD + INSULT + BET + LOOK + MODEL, file="p.toml")


def test_nothing_found_is_allowed(pack):
    verdict = decided(pack, comment(), judged())
    assert (verdict.action, verdict.actions, verdict.labels, verdict.evidence) == (Act.ALLOW, frozenset(), {}, ())
    assert set(verdict.scores) == set(Label)


def test_every_hit_is_evidence_and_the_severest_act_wins(pack):
    verdict = decided(pack, comment(), judged(), spoke("look", "insult", "bet"))
    assert verdict.action is Act.MUTE
    assert verdict.actions == {Act.HIDE, Act.MUTE}
    assert [entry.rule for entry in verdict.evidence] == ["look", "insult", "bet"]
    assert (verdict.mute_seconds, verdict.strikes, verdict.reason) == (60, 2, "Betting.")
    assert verdict.labels == {Label.HARASSMENT: 1.0, Label.GAMBLING: 1.0}


def test_without_a_judgement_rules_alone_decide_and_the_verdict_says_so(pack):
    verdict = decided(pack, comment(language_hint="th"), None, spoke("insult"))
    assert (verdict.degraded, verdict.action, verdict.language, verdict.intent) == (True, Act.HIDE, "th", None)
    assert verdict.scores == dict.fromkeys(Label, 0.0)


@pytest.mark.parametrize(
    ("score", "language", "act"),
    [(0.49, "en", Act.ALLOW), (0.5, "en", Act.REVIEW), (0.85, "en", Act.REVIEW), (0.85, "th", Act.HIDE)],
)
def test_a_models_label_holds_from_its_review_threshold_and_acts_from_the_other(pack, score, language, act):
    verdict = decided(pack, comment(), judged(language=language, harassment=score))
    assert verdict.action is act
    assert (Label.HARASSMENT in verdict.labels) == (score >= 0.5)
    assert verdict.model_only == frozenset(verdict.labels)


class Low(Steps):
    """As Steps, with review from 0.1: where shadows fall."""

    def threshold(self, label, language, level):
        return 0.1 if level == "review" else super().threshold(label, language, level)


@pytest.mark.parametrize(
    ("scores", "holding"),
    [
        ({"gambling": 0.99, "spam": 0.3}, {"gambling"}),
        ({"gambling": 0.99, "spam": 0.6}, {"gambling", "spam"}),
        ({"gambling": 0.4, "spam": 0.3}, {"gambling", "spam"}),
        ({"gambling": 0.4, "spam": 0.15}, {"gambling"}),
        ({"gambling": 0.99, "spam": 0.95, "scam": 0.2}, {"gambling", "spam"}),
        ({"gambling": 0.05, "spam": 0.12}, {"spam"}),
    ],
)
def test_a_label_in_the_shadow_of_a_far_stronger_one_is_not_named(pack, scores, holding):
    verdict = pack.decide(comment(), judged(**scores), (), thresholds=Low())
    assert verdict.labels.keys() == holding


def test_a_models_evidence_spans_the_whole_text(pack):
    (entry,) = decided(pack, comment(), judged(hate=0.95)).evidence
    assert (entry.rule, entry.source, entry.span, entry.text) == ("model.hate", "model", (0, 11), "hello there")
    assert entry.score == 0.95


def test_what_a_rule_asserts_too_is_not_the_models_alone(pack):
    verdict = decided(pack, comment(), judged(harassment=0.95, hate=0.95), spoke("insult"))
    assert verdict.model_only == {Label.HATE}


@pytest.mark.parametrize("label", ["scam", "counterfeit", "harassment"])
def test_a_complaint_is_never_hidden_by_the_model_for_its_words(pack, label):
    verdict = decided(pack, comment(), judged(Intent.COMPLAINT, **{label: 0.99}))
    assert verdict.actions == {Act.REVIEW}
    assert decided(pack, comment(), judged(Intent.PRAISE, **{label: 0.99})).action is Act.HIDE


def test_a_slur_or_a_threat_in_a_complaint_is_judged_like_any_other(pack):
    assert decided(pack, comment(), judged(Intent.COMPLAINT), spoke("insult")).action is Act.HIDE
    assert decided(pack, comment(), judged(Intent.COMPLAINT, violence=0.99)).action is Act.HIDE


@pytest.mark.parametrize("role", [Role.HOST, Role.STAFF, Role.BOT])
@pytest.mark.parametrize("scope", ["script", "reply"])
def test_the_shops_own_are_never_acted_on_but_their_violation_is_found(role, scope):
    pack = parse_pack(f"""{HEAD}{BET}scope = ["{scope}"]\n{MODEL}scope = ["{scope}"]\n""", file="p.toml")
    last = list(Label)[-1]
    verdict = decided(pack, comment(roles=[role]), judged(**{last: 0.99}), spoke("bet"))
    assert (verdict.action, verdict.strikes, verdict.mute_seconds, verdict.escalate) == (Act.ALLOW, 0, None, False)
    assert set(verdict.labels) == {Label.GAMBLING, last}
    assert len(verdict.evidence) == 2


@pytest.mark.parametrize("role", [Role.HOST, Role.STAFF, Role.BOT])
def test_the_rules_for_viewers_are_not_the_shops(pack, role):
    verdict = decided(pack, comment(roles=[role]), judged(hate=0.99), spoke("bet"))
    assert (verdict.labels, verdict.evidence) == ({}, ())


def test_the_rules_for_the_shops_own_words_are_not_the_viewers():
    pack = parse_pack(f"""{HEAD}{BET}scope = ["script", "reply"]\n""", file="p.toml")
    assert decided(pack, comment(), judged(), spoke("bet")).evidence == ()


def test_an_exemption_is_for_its_own_rule_only():
    pack = parse_pack(HEAD + INSULT + BET + 'exempt_roles = ["member"]\n', file="p.toml")
    verdict = decided(pack, comment(roles=[Role.MEMBER]), None, spoke("bet", "insult"))
    assert [entry.rule for entry in verdict.evidence] == ["insult"]
    assert verdict.action is Act.HIDE


def test_a_hidden_comment_waits_for_nobody_unless_it_is_escalated():
    calm = parse_pack(HEAD + INSULT + LOOK, file="p.toml")
    loud = parse_pack(HEAD + INSULT.replace('"hide"', '["hide", "review"]\nescalate = true'), file="p.toml")
    assert decided(calm, comment(), None, spoke("insult", "look")).actions == {Act.HIDE}
    verdict = decided(loud, comment(), None, spoke("insult"))
    assert (verdict.actions, verdict.escalate) == ({Act.HIDE, Act.REVIEW}, True)


def test_where_somebody_may_harm_themselves_the_model_alone_hides_nothing():
    base = load_pack("base", lambda name: (PACKS / f"{name}.toml").read_text(encoding="utf-8"))
    verdict = decided(base, comment(), judged(violence=0.99), spoke("violence.self_harm"))
    assert (verdict.action, verdict.escalate) == (Act.REVIEW, True)


@pytest.mark.parametrize(("text", "notes"), [("x" * 2001, ()), ("short", ("text_cut",))])
def test_what_was_not_read_to_its_end_goes_to_a_person(pack, text, notes):
    verdict = decided(pack, comment(text, notes=notes), judged())
    assert (verdict.action, verdict.evidence[0].rule) == (Act.REVIEW, "too_long")
    assert verdict.labels == {}


def test_detectors_and_history_reach_the_rules_that_name_them():
    rules = (
        '[[rule]]\nid = "number"\nlabel = "personal_data"\ndetectors = ["phone"]\naction = "hide"\nreason = "Phone."\n'
        '[[rule]]\nid = "third"\nsignals = ["strikes"]\nstrikes_at_least = 3\naction = "warn"\nreason = "Third."\n'
    )
    pack = parse_pack(HEAD + rules, file="p.toml")
    assert decided(pack, comment(), None, spoke("phone", source="detector")).action is Act.HIDE
    assert decided(pack, comment(), None, spoke("strikes", source="history", score=0.2)).action is Act.ALLOW
    assert decided(pack, comment(), None, spoke("strikes", source="history", score=0.3)).action is Act.WARN
    # A rule is not woken by a detector that happens to share its id.
    assert decided(pack, comment(), None, spoke("number", source="detector")).action is Act.ALLOW


_SPOKEN = st.lists(st.sampled_from(["insult", "bet", "look"]), max_size=4)
_SCORES = st.dictionaries(st.sampled_from([label.value for label in Label]), st.floats(0, 1), max_size=4)


@given(_SPOKEN, _SPOKEN, _SCORES, st.sampled_from(list(Intent)))
def test_more_evidence_never_makes_a_verdict_milder(first, more, scores, intent):
    pack = parse_pack(HEAD + INSULT + BET + LOOK + MODEL, file="p.toml")
    less = decided(pack, comment(), judged(intent, **scores), spoke(*first))
    full = decided(pack, comment(), judged(intent, **scores), spoke(*first, *more))
    assert full.action.severity >= less.action.severity
    assert full == decided(pack, comment(), judged(intent, **scores), spoke(*first, *more))


# --- the file ---


def refused(text, **parent):
    with pytest.raises(ConfigError) as caught:
        parse_pack(text, file="p.toml", **parent)
    assert caught.value.fix
    return caught.value.message


def rule(extra, base=INSULT):
    return HEAD + LOOK + base + extra


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[pack\n", "p.toml:1: it is not TOML"),
        (HEAD.replace("version", "verison"), "pack.verison"),
        (rule("colour = 1\n"), "p.toml:9: rule 'insult': colour: there is no such key"),
        ("", "p.toml: pack: it is missing"),
        ("pack = 3\n", "p.toml: pack: it must be a table"),
        (HEAD.replace('"1"', "1"), "pack.version: it must be a text, in quotes"),
        (HEAD + "[rule]\nid = 'x'\n", "a rule begins with [[rule]]"),
        (rule("", INSULT.replace('"hide"', '"hyde"')), "p.toml:9: rule 'insult': action"),
        (rule("", INSULT.replace('"hide"', '"allow"')), "action is one or more of"),
        (rule("", INSULT.replace('"hide"', '"mute"')), "mute and mute_seconds"),
        (rule("", INSULT.replace('terms = ["bad"]\n', "")), "nothing makes this rule speak"),
        (rule("", INSULT.replace('["bad"]', '["\\u200b"]')), "nothing that can be seen"),
        (rule('detectors = ["fone"]\n'), "'fone' is not one of"),
        (rule('signals = ["floods"]\n'), "'floods' is not one of"),
        (rule('views = ["canon"]\n'), "views"),
        (rule("patterns = ['\\bbad\\b']\n"), r"[^\pL\pM\pN]"),
        (rule("patterns = ['\\w+']\n"), r"[\pL\pM\pN_]"),
        (rule("patterns = ['a\\d']\n"), r"\p{Nd}"),
        (rule("patterns = ['[^\\W]']\n"), r"\W"),
        (rule("patterns = ['bad？']\n"), "canonical text"),
        (rule('signal = "model.hate"\n'), "one id and signal"),
        (rule("", INSULT.replace('"insult"', '"model.harassment"')), "only a model rule's id"),
        (rule("", INSULT.replace('"Insult."', '{th = "x"}')), "reason needs `en`"),
        (rule("", INSULT.replace('"Insult."', '{en = "x", xx = "y"}')), "'xx'"),
        (rule("", INSULT + INSULT), "another rule of this file has the same id"),
        (HEAD + 'drop = ["gone"]\n', "not inherited"),
        (HEAD + "lines = [1]\n", "lines"),
    ],
)
def test_an_invalid_pack_is_refused_with_its_place_and_reason(text, says):
    assert says in refused(text)


@pytest.mark.parametrize("pattern", [r"\\bold", r"\Q\b\E", r"[\pL\pM\pN_]+", r"\p{Nd}{4}"])
def test_a_pattern_that_only_looks_ascii_is_taken(pattern):
    parsed = parse_pack(HEAD + INSULT + f"patterns = ['{pattern}']\n", file="p.toml")
    assert parsed.rules[0].patterns == (pattern,)


def test_a_child_adds_replaces_and_drops_its_parents_rules():
    files = {
        "parent": HEAD.replace('"p"', '"parent"') + INSULT + BET + LOOK,
        "child": '[pack]\nname = "child"\nversion = "2"\ninherits = "parent"\ndrop = ["look"]\n'
        + INSULT.replace('"hide"', '"ban"')
        + LOOK.replace('"look"\n', '"own"\n'),
    }
    pack = load_pack("child", files.__getitem__)
    assert [rule.id for rule in pack.rules] == ["insult", "bet", "own"]
    assert pack.rule("insult").acts == {Act.BAN}
    assert pack.rule("bet").where == "parent.toml:11"
    assert (pack.id, pack.inherits) == ("child@2", "parent")


def test_packs_that_inherit_in_a_circle_are_refused():
    files = {
        name: f'[pack]\nname = "{name}"\nversion = "1"\ninherits = "{up}"\n' for name, up in [("a", "b"), ("b", "a")]
    }
    with pytest.raises(ConfigError, match="a → b → a"):
        load_pack("a", files.__getitem__)


def test_a_pack_must_be_called_as_its_file_is():
    with pytest.raises(ConfigError, match="calls itself 'p'"):
        load_pack("q", lambda name: HEAD)


@pytest.mark.parametrize("site", ["base", "us", "th", "vn", "id", "cn"])
def test_every_pack_that_comes_with_streambot_is_valid_and_covers_every_label(site):
    pack = load_pack(site, lambda name: (PACKS / f"{name}.toml").read_text(encoding="utf-8"))
    assert {rule.model for rule in pack.rules if rule.model} == set(Label)
    assert {rule.label for rule in pack.rules if not rule.model} >= set(Label)
    assert pack.rule("probe").acts == {Act.REVIEW}
