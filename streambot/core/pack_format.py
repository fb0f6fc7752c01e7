"""The file format of rule packs (TOML): how files become a pack, and an error that says where something is not right.

A pack names its parent with ``inherits``; a rule with the id of an inherited one takes its place, ``drop`` removes.
Its rules may stand in files of their own: ``include = ["spam"]`` in ``th.toml`` means ``th/spam.toml``. Files are read
by whoever calls: nothing here touches a disk.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from streambot.core.errors import ConfigError
from streambot.core.pack import Pack, Rule
from streambot.core.pack_forms import Part, RuleForm, Whole
from streambot.core.told import Told, told_of

_LIKELIEST: Final = {"extra_forbidden": 0, "enum": 1}
_PLAINLY: Final = {
    "extra_forbidden": Told("no_key", "there is no such key{hint}", hint=""),
    "missing": Told("missing", "it is missing"),
    "string_type": Told("must_text", "it must be a text, in quotes"),
    "list_type": Told("must_rules", "it must be a list; a rule begins with [[rule]]"),
    "model_type": Told("must_table", "it must be a table"),
}
"""What pydantic says in words of Python, by its type."""
MAX_PARENTS: Final = 8
_INHERITS: Final = re.compile(r"^\s*inherits\s*=", re.MULTILINE)
_INCLUDE: Final = re.compile(r"^\s*include\s*=", re.MULTILINE)
_PLACE_IN_TOML: Final = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)")
_RULE_HEADER: Final = re.compile(r"^\s*\[\[\s*rule\s*\]\]", re.MULTILINE)

Read = Callable[[str], str]
"""The text of one file by its name (``th``, or ``th/spam`` for a part of ``th``); raises ConfigError."""


def load_pack(name: str, read: Read) -> Pack:
    """The pack of that name with its parents and its parts. Raises ConfigError with file, line, rule and reason."""
    return _load(name, read, (), "")


def parse_rule(table: Mapping[str, Any], *, where: str) -> Rule:
    """One rule from the keys of a ``[[rule]]`` table. Raises ConfigError naming ``where`` and the reason."""
    try:
        return RuleForm.model_validate(table).rule(where)
    except ValidationError as error:
        raise _explained(error, where, {}, ()) from None


def parse_pack(text: str, *, file: str, parent: Pack | None = None) -> Pack:
    """One pack that stands in one text. Raises ConfigError with file, line, rule and reason."""
    whole = _whole(text, file)
    if whole.pack.include:
        raise _invalid(file, None, None, Told("include_alone", "it includes other files, and none is beside it"))
    return _assembled(whole, whole.pack.name, file, _written(whole.rule, text, file), parent)


@dataclass(frozen=True, slots=True)
class _Written:
    """A rule as a file has it."""

    form: RuleForm
    file: str
    line: int

    @property
    def where(self) -> str:
        return f"{self.file}:{self.line}"


def _load(name: str, read: Read, children: tuple[str, ...], asked_at: str) -> Pack:
    """``asked_at``: file and line of the ``inherits`` that names this pack."""
    file = f"{name}.toml"
    if name in children or len(children) > MAX_PARENTS:
        chain = " → ".join((*children, name))
        circle = Told("pack_circle", "{place}: packs inherit in a circle: {chain}.", place=asked_at, chain=chain)
        raise ConfigError(circle, code="pack_invalid", fix="Remove one `inherits`.")
    try:
        text = read(name)
    except ConfigError as error:
        if not asked_at:
            raise
        why = Told("inherits", "inherits {name}, but {why}", name=repr(name), why=_bare(error))
        raise _invalid(asked_at, None, None, why) from error
    whole = _whole(text, file)
    at = f"{file}:{_line_of(_INHERITS, text)}"
    parent = _load(whole.pack.inherits, read, (*children, name), at) if whole.pack.inherits else None
    rules = [*_included(whole, name, f"{file}:{_line_of(_INCLUDE, text)}", read), *_written(whole.rule, text, file)]
    return _assembled(whole, name, file, rules, parent)


def _included(whole: Whole, name: str, asked_at: str, read: Read) -> Iterator[_Written]:
    """The rules of a pack's other files, in the order in which it names them."""
    for number, part in enumerate(whole.pack.include):
        if part in whole.pack.include[:number]:
            raise _invalid(asked_at, None, None, Told("include_twice", "includes {name} twice", name=repr(part)))
        try:
            text = read(f"{name}/{part}")
        except ConfigError as error:
            why = Told("includes", "includes {name}, but {why}", name=repr(part), why=_bare(error))
            raise _invalid(asked_at, None, None, why) from error
        yield from _written(_part(text, f"{name}/{part}.toml", f"{name}.toml").rule, text, f"{name}/{part}.toml")


def _line_of(found: re.Pattern[str], text: str) -> int:
    match = found.search(text)
    return text.count("\n", 0, match.start()) + 1 if match else 1


def _written(forms: Sequence[RuleForm], text: str, file: str) -> list[_Written]:
    lines = _rule_lines(text)
    return [_Written(form, file, lines[n] if n < len(lines) else 0) for n, form in enumerate(forms)]


def _rule_lines(text: str) -> list[int]:
    return [text.count("\n", 0, header.end()) + 1 for header in _RULE_HEADER.finditer(text)]


def _whole(text: str, file: str) -> Whole:
    data = _toml(text, file)
    try:
        return Whole.model_validate(data)
    except ValidationError as error:
        raise _explained(error, file, data, _rule_lines(text)) from None


def _part(text: str, file: str, of: str) -> Part:
    data = _toml(text, file)
    if "pack" in data:
        why = Told("part_header", "it is included by {file}, where [pack] stands: here are rules only", file=of)
        raise _invalid(file, None, None, why)
    try:
        return Part.model_validate(data)
    except ValidationError as error:
        raise _explained(error, file, data, _rule_lines(text)) from None


def _toml(text: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _PLACE_IN_TOML.search(str(error))
        line = int(place[1]) if place and place[1] else text.count("\n") + 1
        why = Told("no_toml", "it is not TOML: {why}", why=_PLACE_IN_TOML.sub("", str(error)))
        raise _invalid(file, line, None, why) from None


def _explained(error: ValidationError, file: str, data: Mapping[str, Any], lines: Sequence[int]) -> ConfigError:
    errors = error.errors(include_url=False)
    # A key that nobody knows is likelier the slip than the key that is therefore missing; and of the forms that a
    # value may have, the single word is what people write.
    first = min(errors, key=lambda entry: _LIKELIEST.get(entry["type"], len(_LIKELIEST)))
    place = list(first["loc"])
    rule, line = None, None
    if len(place) >= 2 and place[0] == "rule" and isinstance(place[1], int):
        number = place[1]
        rule = str(data["rule"][number].get("id", f"number {number + 1}"))
        line = lines[number] if number < len(lines) else None
        place = place[2:]
    what = _PLAINLY.get(first["type"]) or _what(first)
    key = ".".join(
        part for part in place if isinstance(part, str) and part.islower() and "[" not in part and part != "str"
    )
    return _invalid(file, line, rule, Told("key", "{key}: {reason}", key=key, reason=what) if key else what)


def _what(error: ErrorDetails) -> str:
    """What pydantic says of one mistake: the words of our own check, if it was one."""
    context = error.get("ctx", {})
    if error["type"] == "enum":
        known = str(context["expected"]).replace(" or ", ", ")
        return Told(
            "not_one_of", "{value} is not one of {known}{hint}", value=repr(error["input"]), known=known, hint=""
        )
    ours = context.get("error")
    return told_of(ours) if isinstance(ours, ValueError) else error["msg"]


def _invalid(file: str, line: int | None, rule: str | None, reason: str) -> ConfigError:
    where = f"{file}:{line}" if line else file
    told = Told("pack_file", "{place}: {reason}.", place=where, reason=reason)
    if rule:
        told = Told("pack_rule", "{place}: rule {id}: {reason}.", place=where, id=repr(rule), reason=reason)
    return ConfigError(told, code="pack_invalid", fix="Correct the file; nothing of it is in force.")


def _bare(error: ConfigError) -> str:
    """What an error says, to stand inside a sentence."""
    return error.message if isinstance(error.message, Told) else error.message.rstrip(".")


def _assembled(whole: Whole, name: str, file: str, written: Sequence[_Written], parent: Pack | None) -> Pack:
    header = whole.pack
    if header.name != name:
        raise _invalid(
            file,
            None,
            None,
            Told(
                "pack_name", "the pack calls itself {name}, its file {other}", name=repr(header.name), other=repr(name)
            ),
        )
    rules = {rule.id: rule for rule in parent.rules} if parent else {}
    for rule_id in header.drop:
        if rules.pop(rule_id, None) is None:
            raise _invalid(file, None, rule_id, Told("drop", "drop names a rule that is not inherited"))
    own: dict[str, _Written] = {}
    for each in written:
        rule_id = each.form.id
        if (twin := own.get(rule_id)) is not None:
            why = Told("rule_twice", "another rule ({place}) has the same id", place=twin.where)
            if twin.file == each.file:
                why = Told("rule_twice_here", "another rule of this file has the same id")
            raise _invalid(each.file, each.line, rule_id, why)
        own[rule_id] = each
        rules[rule_id] = each.form.rule(each.where)
    return Pack(header.name, header.version, tuple(rules.values()), _moment(header.effective_from), header.inherits)


def _moment(value: datetime | date | None) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return value.replace(tzinfo=value.tzinfo or UTC) if value else None
    return datetime(value.year, value.month, value.day, tzinfo=UTC)
