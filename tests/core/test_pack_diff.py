from __future__ import annotations

from dataclasses import replace

from streambot.core.pack import Pack
from streambot.core.pack_diff import compare, fingerprint, rule_fields
from streambot.core.pack_format import parse_pack

HEAD = '[pack]\nname = "p"\nversion = "1"\n'
RULE = '[[rule]]\nid = "{id}"\nlabel = "spam"\nterms = ["{term}"]\naction = "hide"\nreason = "Why."\n'


def pack(*rules: str) -> Pack:
    return parse_pack(HEAD + "".join(rules), file="p.toml")


A, B = RULE.format(id="a", term="x1"), RULE.format(id="b", term="y1")


def test_a_diff_names_what_came_what_went_and_which_fields_are_others() -> None:
    louder = A.replace('"hide"', '["hide", "mute"]\nmute_seconds = 60').replace('["x1"]', '["x1", "x2"]')
    found = compare(pack(A, B), pack(louder, RULE.format(id="c", term="z1")))
    assert (found.added, found.removed) == (("c",), ("b",))
    assert found.changed == {
        "a": {
            "acts": (["hide"], ["hide", "mute"]),
            "terms": (["x1"], ["x1", "x2"]),
            "mute_seconds": (None, 60),
        }
    }
    assert found.summary() == {"added": ["c"], "removed": ["b"], "changed": {"a": ["acts", "mute_seconds", "terms"]}}
    assert found


def test_remarks_lines_and_versions_are_no_difference() -> None:
    moved = parse_pack("# a remark\n\n" + HEAD.replace('"1"', '"2"') + A + B, file="q.toml")
    assert not compare(pack(A, B), moved)
    assert fingerprint(pack(A, B)) == fingerprint(moved)


def test_every_field_of_a_rule_has_a_part_in_the_fingerprint() -> None:
    plain = pack(A)
    other = A.replace('"Why."', '{en = "Why.", th = "เพราะ"}')
    for text in (other, A + "strikes = 1\n", A + "checked_on = 2026-11-23\n", A + 'suggestion = "Say this."\n'):
        assert fingerprint(pack(text)) != fingerprint(plain), text
    assert fingerprint(pack(A, B)) != fingerprint(pack(B, A))


def test_a_rule_is_said_without_its_defaults() -> None:
    [rule] = pack(A).rules
    assert rule_fields(rule) == {"label": "spam", "acts": ["hide"], "reason": {"en": "Why."}, "terms": ["x1"]}


def test_a_build_is_part_of_the_id() -> None:
    assert replace(pack(A), build="abc").id == "p@1+abc"
