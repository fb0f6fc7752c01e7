"""One rule as a pack's text, and what it finds."""

from streambot.classify.lexicon import Matcher
from streambot.core.comment import Author, Comment, Room
from streambot.core.pack_format import parse_pack

ROOM = Room("r", "replay", "r")


def said(text, *, author="a", at=0.0, roles=()):
    return Comment("1", ROOM, Author(author, "A", frozenset(roles)), text, at, at)


def matcher(keys):
    """A matcher of one rule with these TOML keys."""
    pack = parse_pack(
        f'[pack]\nname = "p"\nversion = "1"\n[[rule]]\nid = "r"\naction = "hide"\nreason = "R."\n{keys}\n',
        file="p.toml",
    )
    return Matcher(pack)


def found(keys, text):
    """What of the text the rule marks."""
    return [text[slice(*signal.span)] for signal in matcher(keys).signals(said(text))]
