"""Rules that people add while on air: from a form to a rule, from the log back to what is in force."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import structlog

from streambot.classify.lexicon import Matchers
from streambot.core.action import Act
from streambot.core.command import EVERYWHERE, RuleForm, RulePreview
from streambot.core.comment import Comment
from streambot.core.errors import ConfigError
from streambot.core.pack import Pack, Rule
from streambot.core.pack_format import parse_rule
from streambot.store.packs import Said

MUTE_SECONDS: Final = 300
LONGEST: Final = 7 * 24 * 60
"""Minutes. What shall hold for longer belongs in a pack, where it is read again: `streambot pack adopt`."""
MOST_WORDS: Final = 50
EXAMPLES: Final = 8
BROAD: Final = 0.01
"""The part of recent comments that nothing else touched, from which a rule that would touch them looks like a slip."""
BROAD_AT_LEAST: Final = 3

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class AirRule:
    """A rule somebody added on air. ``table`` is what a pack file would say, ``event`` the log's; Unix seconds."""

    event: str
    at: float
    room: str
    author: str
    expires_at: float
    table: Mapping[str, Any]
    rule: Rule

    def holds_in(self, room: str) -> bool:
        """Whether it is about this room."""
        return self.room in (room, EVERYWHERE)


def table_of(form: RuleForm) -> dict[str, Any]:
    """The form as the table of a pack file, without its id. Raises ConfigError with the reason."""
    if not 1 <= len(form.terms) + len(form.patterns) <= MOST_WORDS:
        raise _refused(f"a rule on air has one term or pattern, and at most {MOST_WORDS}")
    if not 1 <= form.minutes <= LONGEST:
        raise _refused(f"a rule on air ends after 1 to {LONGEST} minutes; what shall stay belongs in a pack")
    if form.action == Act.BAN:
        raise _refused("a rule on air bans nobody: ban by hand, or put the rule in a pack")
    said: dict[str, Any] = {
        "label": form.label or None,
        "terms": list(form.terms),
        "patterns": list(form.patterns),
        "action": form.action,
        "mute_seconds": MUTE_SECONDS if form.action == Act.MUTE else None,
        "reason": {"en": form.reason.strip() or f"A rule that {form.actor} added on air."},
    }
    table = {key: value for key, value in said.items() if value not in (None, [])}
    Matchers(Pack("air", "0", (parse_rule({"id": "air", **table}, where="the rule"),)))
    return table


def does(table: Mapping[str, Any]) -> dict[str, Any]:
    """What a rule's table asks for, without its name and its reason: two that do the same are one."""
    return {key: value for key, value in table.items() if key not in ("id", "reason")}


def air_rule(said: Said) -> AirRule:
    """The rule of an event. Raises ConfigError if this streambot no longer understands it."""
    table = said.data["value"]
    rule = parse_rule(table, where=f"the rule of {said.actor}")
    expires_at = float(said.data["expires_at"])
    return AirRule(
        said.event, said.at, said.room, said.actor, expires_at, table, replace(rule, expires_at=expires_at)
    )  # fmt: skip


def still_standing(said: Iterable[Said], now: float) -> dict[str, AirRule]:
    """The rules that were neither taken back nor have ended, by event, oldest first."""
    found: dict[str, AirRule] = {}
    for each in said:
        if each.reverses is not None:
            found.pop(each.reverses, None)
            continue
        try:
            rule = air_rule(each)
        except (ConfigError, KeyError, TypeError, ValueError) as error:
            log.error("a rule added on air is not understood", event=each.event, why=str(error))
            continue
        if rule.expires_at > now:
            found[rule.event] = rule
    return found


def confirmation(form: RuleForm, table: Mapping[str, Any]) -> str:
    """What shows that this very rule was previewed."""
    said = json.dumps([form.room, form.minutes, table], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def preview(form: RuleForm, table: Mapping[str, Any], recent: Sequence[tuple[Comment, str]]) -> RulePreview:
    """What the rule would have done to these comments, of which the acts that they got are known."""
    rule = parse_rule({"id": "air", **table}, where="the rule")
    pack = Pack("air", "0", (rule,))
    matcher = Matchers(pack)
    hits: list[tuple[Comment, str, bool]] = []
    for comment, act in recent:
        verdict = pack.decide(comment, None, matcher.signals(comment), thresholds=NoModel())
        if verdict.action is not Act.ALLOW:
            hits.append((comment, act, verdict.action.severity > Act(act).severity))
    changed = sum(change for *_, change in hits)
    shown = sorted(hits, key=lambda hit: not hit[2])[:EXAMPLES]
    return RulePreview(
        confirm=confirmation(form, table),
        of=len(recent),
        hits=len(hits),
        changed=changed,
        broad=changed >= BROAD_AT_LEAST and changed > len(recent) * BROAD,
        examples=tuple((comment.text, act) for comment, act, _ in shown),
    )


class NoModel:
    """The thresholds where no model is asked: never reached."""

    def threshold(self, *_: object, **__: object) -> float:
        """More than any score."""
        return 2.0


def _refused(reason: str) -> ConfigError:
    return ConfigError(f"{reason}.", code="rule_refused", fix="")
