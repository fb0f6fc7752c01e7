from __future__ import annotations

from streambot.core.pack_format import parse_pack
from streambot.core.wording import explained, in_language

PACK = parse_pack(
    '[pack]\nname = "p"\nversion = "1"\n'
    '[[rule]]\nid = "a"\nterms = ["a"]\naction = "hide"\nreason = { en = "Why.", th = "ทำไม" }\n'
    'suggestion = { en = "Instead.", vi = "Thay vào đó." }\n'
    '[[rule]]\nid = "b"\nterms = ["b"]\naction = "hide"\nreason = "Only this."\n',
    file="p.toml",
)


def test_a_rule_is_explained_in_the_language_it_has_and_else_in_english():
    assert explained(PACK, "th") == {"a": {"why": "ทำไม", "instead": "Instead."}, "b": {"why": "Only this."}}
    assert explained(PACK, "vi")["a"] == {"why": "Why.", "instead": "Thay vào đó."}


def test_what_a_rule_does_not_say_is_empty():
    assert in_language({}, "th") == ""
