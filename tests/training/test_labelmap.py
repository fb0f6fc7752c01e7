from __future__ import annotations

import json

import pytest

from streambot.core.errors import ConfigError
from streambot.core.labels import Intent, Label
from streambot.training.labelmap import ASSUMED, WEAK, load_label_map

TRAIN = {
    "insults": {"known": ["harassment", "hate"], "map": {"rude": ["harassment"], "fine": []}},
    "adverts": {"known": ["spam"], "map": {"promo": ["spam?"], "spam": ["spam"], "fraud": ["scam"]}},
    "moods": {"intent": {"q": "question.* (no sub-type)", "pos": "praise?", "neg": "complaint"}},
    "chat": {"intent": "other people's talk; negatives for every moderation label"},
    "cold_zh": {"known": ["harassment", "hate"], "map": {"offensive": ["harassment"], "safe": []}},
    "vihos": {"known": ["harassment"], "map": {"toxic": ["harassment"]}},
    "sms": {"map": {"bad": ["scam"]}, "note": "links count too: score scam|gambling|spam"},
}


@pytest.fixture
def rules(tmp_path):
    path = tmp_path / "label_map.json"
    path.write_text(json.dumps({"train": TRAIN, "dev": {}}), encoding="utf-8")
    return load_label_map(path, "train").source


def weights(reading):
    return {label: weight for label, weight in zip(Label, reading.weights, strict=True) if weight}


def known(reading):
    return {label: weight for label, weight in weights(reading).items() if weight > ASSUMED}


def present(reading):
    return {label for label, holds in zip(Label, reading.targets, strict=True) if holds}


def test_labels_a_source_says_nothing_about_are_masked(rules):
    reading = rules("insults").read(["rude"])
    assert weights(reading) == {Label.HARASSMENT: 1.0, Label.HATE: 1.0}
    assert present(reading) == {Label.HARASSMENT}


def test_what_nobody_looked_for_in_ordinary_posts_is_weakly_absent(rules):
    reading = rules("vihos").read(["toxic"])
    assert weights(reading)[Label.HARASSMENT] == 1.0
    assert weights(reading)[Label.SCAM] == weights(reading)[Label.GAMBLING] == ASSUMED
    assert Label.SEXUAL not in weights(reading)
    assert present(reading) == {Label.HARASSMENT}


def test_a_known_label_that_is_not_mapped_is_truly_absent(rules):
    reading = rules("insults").read(["fine"])
    assert present(reading) == set()
    assert weights(reading) == {Label.HARASSMENT: 1.0, Label.HATE: 1.0}


def test_a_weak_statement_weighs_less_and_a_plain_one_wins_over_it(rules):
    assert weights(rules("adverts").read(["promo"])) == {Label.SPAM: WEAK}
    assert weights(rules("adverts").read(["promo", "spam"])) == {Label.SPAM: 1.0}


def test_a_mapped_label_outside_the_known_ones_is_believed_where_it_holds(rules):
    reading = rules("adverts").read(["fraud"])
    assert present(reading) == {Label.SCAM}
    assert weights(reading) == {Label.SPAM: 1.0, Label.SCAM: 1.0}


def test_offensive_chinese_does_not_say_whether_it_is_hate(rules):
    assert known(rules("cold_zh").read(["offensive"])) == {Label.HARASSMENT: 1.0}
    assert known(rules("cold_zh").read(["safe"])) == {Label.HARASSMENT: 1.0, Label.HATE: 1.0}


def test_an_intent_kind_allows_every_question(rules):
    reading = rules("moods").read(["q"])
    assert reading.intents == {intent for intent in Intent if intent.is_question}
    assert reading.intent_weight == 1.0
    weak = rules("moods").read(["pos"])
    assert (weak.intents, weak.intent_weight) == ({Intent.PRAISE}, WEAK)


def test_another_domains_talk_is_negative_for_every_label(rules):
    reading = rules("chat").read(["whatever"])
    assert len(weights(reading)) == len(Label)
    assert present(reading) == set()


def test_a_note_widens_what_counts_as_a_hit(rules):
    assert rules("sms").counts == {Label.SCAM, Label.GAMBLING, Label.SPAM}
    assert rules("insults").counts == {Label.HARASSMENT}
    assert rules("moods").counts == frozenset()


def test_a_source_that_the_map_does_not_name_is_refused(rules):
    with pytest.raises(ConfigError, match="says nothing about the source 'nobody'"):
        rules("nobody")


def test_a_map_with_an_unknown_label_is_refused(tmp_path):
    path = tmp_path / "label_map.json"
    path.write_text(json.dumps({"train": {"x": {"known": ["rudeness"]}}}), encoding="utf-8")
    with pytest.raises(ConfigError, match="is not a label map"):
        load_label_map(path, "train")
