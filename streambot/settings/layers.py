"""Where settings come from: flags > ``STREAMBOT_*`` > ./streambot.toml > the user's config.toml > the defaults.

Every value keeps its origin, and every mistake is a ConfigError that names key, place and the nearest right key.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from streambot.core.errors import ConfigError
from streambot.core.labels import Label
from streambot.nearest import nearest
from streambot.settings.model import Settings, default_db, xdg_home
from streambot.settings.rooms import RoomSettings, SourceSettings, ToolSettings

PREFIX: Final = "STREAMBOT_"
CONFIG_VARIABLE: Final = "STREAMBOT_CONFIG"
PROJECT_FILE: Final = "streambot.toml"
DEFAULT: Final = "default"

Key = tuple[str, ...]
"""The path of a value: ("console", "port")."""

_LIST_KEYS: Final = "`streambot config show` lists every key."
# What is read as a path: relative ones start at the file that names them.
_PATHS: Final = frozenset({("storage", "db"), ("packs", "folder")})
_ROOM_PATHS: Final = frozenset({("pack",), ("tickets", "orders")})
# A bare name there is something that came with streambot.
_NAMES_OR_PATHS: Final = frozenset({("classifier", "model"), ("catalog",), ("prompts",)})


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings, the files they were read from (strongest first), and where each stated value came from."""

    settings: Settings
    files: tuple[Path, ...]
    origins: Mapping[Key, str]

    def origin(self, key: Key) -> str:
        """Where a value came from: a flag, a variable, a file, the room defaults, or the built-in default."""
        if key in self.origins:
            return self.origins[key]
        if len(key) > 2 and key[0] == "rooms":
            if key[2] == "id" or (key[2] == "platform" and ":" in key[1]):
                return "the room's name"
            return self.origin(("defaults", *key[2:]))
        return DEFAULT


def load_settings(
    path: Path | None = None,
    *,
    environ: Mapping[str, str],
    flags: Mapping[str, Any] | None = None,
    cwd: Path | None = None,
) -> Settings:
    """The settings in force. See ``read_settings``."""
    return read_settings(path, environ=environ, flags=flags, cwd=cwd).settings


def read_settings(
    path: Path | None = None,
    *,
    environ: Mapping[str, str],
    flags: Mapping[str, Any] | None = None,
    cwd: Path | None = None,
) -> Loaded:
    """Read and check all layers.

    ``path`` (or ``STREAMBOT_CONFIG``) takes the place of both files that are looked for. ``flags`` maps dotted keys
    ("console.port") to values; None says that the flag was not given. Raises ConfigError.
    """
    cwd = cwd or Path.cwd()
    merged: dict[str, Any] = {}
    origins: dict[Key, str] = {}
    files = _files(path, environ, cwd)
    for file in reversed(files):
        _lay(merged, origins, _absolute(_read(file), file.parent), str(file))
    for variable, key, text in _variables(environ):
        room_key = _room_key(key, merged, variable)
        _lay(merged, origins, _nested(room_key, _from_text(room_key, text)), variable)
    for dotted, value in (flags or {}).items():
        if value is not None:
            _lay(merged, origins, _nested(tuple(dotted.split(".")), value), "--" + dotted.rpartition(".")[2])
    storage = merged.setdefault("storage", {})
    if isinstance(storage, dict):
        storage.setdefault("db", default_db(environ))
    try:
        settings = Settings.model_validate(merged)
    except ValidationError as error:
        raise _explained(error.errors()[0], Loaded(Settings(), files, origins)) from None
    return Loaded(settings, files, origins)


def flat(value: Any, key: Key = ()) -> Iterator[tuple[Key, Any]]:
    """Every single value of nested tables with its key, in order; an empty table counts as a value."""
    if isinstance(value, Mapping) and (value or not key):
        for name, inner in value.items():
            yield from flat(inner, (*key, str(name)))
    else:
        yield key, value


def user_file(environ: Mapping[str, str]) -> Path:
    """The user's own file, whether or not it exists."""
    return xdg_home(environ, "XDG_CONFIG_HOME", ".config") / "streambot" / "config.toml"


def _files(path: Path | None, environ: Mapping[str, str], cwd: Path) -> tuple[Path, ...]:
    if path is None and environ.get(CONFIG_VARIABLE):
        path = Path(environ[CONFIG_VARIABLE])
    if path is not None:
        return (cwd / path.expanduser(),)
    return tuple(file for file in (cwd / PROJECT_FILE, user_file(environ)) if file.exists())


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise ConfigError(
            f"there is no configuration file {file}.",
            code="config_missing",
            fix="Check the path, or write one with `streambot config init`.",
        ) from None
    except OSError as error:
        raise ConfigError(
            f"{file} cannot be read: {error.strerror}.", code="config_unreadable", fix="Check what it is and its mode."
        ) from error
    except UnicodeDecodeError:
        raise ConfigError(f"{file} is not UTF-8.", code="config_syntax", fix="Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file} is not TOML: {error}.", code="config_syntax", fix="Mend that line.") from None


def _absolute(data: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The same tables with paths made absolute; a bare name is no path where something shipped can be named."""
    for key, value in list(flat(data)):
        of_room = key[1:] if key[:1] == ("defaults",) else key[2:] if key[:1] == ("rooms",) else ()
        if isinstance(value, str) and (key in _PATHS or of_room in _ROOM_PATHS):
            _lay(data, {}, _nested(key, _path(folder, value)), "")
        elif isinstance(value, str) and (key in _NAMES_OR_PATHS or of_room in _NAMES_OR_PATHS):
            _lay(data, {}, _nested(key, _name_or_path(folder, value)), "")
        elif of_room == ("answers", "files") and isinstance(value, list):
            _lay(data, {}, _nested(key, [_name_or_path(folder, each) for each in value]), "")
    return data


def _path(folder: Path, value: str) -> str:
    return str(folder / Path(value).expanduser())


def _name_or_path(folder: Path, value: Any) -> Any:
    is_path = isinstance(value, str) and ("/" in value or value.endswith((".csv", ".toml")))
    return _path(folder, value) if is_path else value


def _variables(environ: Mapping[str, str]) -> Iterator[tuple[str, Key, str]]:
    """The variables that set a key. An empty one says nothing, as in an unfilled compose file."""
    for variable, text in sorted(environ.items()):
        if not variable.startswith(PREFIX) or variable == CONFIG_VARIABLE or not text:
            continue
        name = variable.removeprefix(PREFIX).lower()
        if "__" in name:
            yield variable, tuple(name.split("__")), text
        elif name.partition("_")[0] in Settings.model_fields:
            # Kubernetes sets STREAMBOT_PORT and STREAMBOT_SERVICE_… by itself; this one is a person's slip.
            section, _, rest = name.partition("_")
            right = f"{PREFIX}{section}__{rest}".upper()
            raise ConfigError(
                f"{variable} sets nothing: section and key are joined by two underscores.",
                code="config_unknown",
                fix=f"Did you mean {right}?",
            )


def _room_key(key: Key, merged: Mapping[str, Any], variable: str) -> Key:
    """A variable's key with the room's name as written in a file: names of variables have only letters and ``_``."""
    if key[0] != "rooms" or len(key) < 3:
        return key
    rooms = merged.get("rooms", {})
    names = {_variable_name(name): name for name in rooms} if isinstance(rooms, Mapping) else {}
    if key[1] not in names:
        raise ConfigError(
            f"{variable} is about a room that no file configures.",
            code="config_unknown",
            fix=_did_you_mean(nearest(key[1], names)) or "Add a [rooms.NAME] table to streambot.toml first.",
        )
    return ("rooms", names[key[1]], *key[2:])


def _variable_name(room: str) -> str:
    return "".join(char.lower() if char.isascii() and char.isalnum() else "_" for char in room)


def _from_text(key: Key, text: str) -> Any:
    """A variable's text as the type of its key; what does not fit stays text and is refused with the rest."""
    annotation = _annotation(key)
    if get_origin(annotation) is tuple:
        return [part.strip() for part in text.split(",") if part.strip()]
    if annotation in (int, bool):
        try:
            return TypeAdapter(annotation).validate_python(text)
        except ValidationError:
            return text
    return text


def _annotation(key: Key) -> Any:
    model: Any = Settings
    for part in ("defaults", *key[2:]) if key[0] == "rooms" else key:
        if not (isinstance(model, type) and issubclass(model, BaseModel)) or part not in model.model_fields:
            return str
        model = model.model_fields[part].annotation
    return model


def _nested(key: Key, value: Any) -> dict[str, Any]:
    for part in reversed(key):
        value = {part: value}
    return dict(value)


def _lay(below: dict[str, Any], origins: dict[Key, str], above: Mapping[str, Any], origin: str, key: Key = ()) -> None:
    """Lay one layer over the ones below, table by table, and note where each value came from."""
    for name, value in above.items():
        here = (*key, name)
        if isinstance(value, Mapping) and isinstance(below.get(name, {}), Mapping):
            origins.setdefault(here, origin)
            below[name] = dict(below.get(name, {}))
            _lay(below[name], origins, value, origin, here)
        else:
            below[name] = value
            origins[here] = origin


def _explained(error: ErrorDetails, loaded: Loaded) -> ConfigError:
    """The first thing that pydantic found wrong, as one that an operator can mend."""
    key = tuple(str(part) for part in error["loc"] if part != "[key]")
    dotted = ".".join(key)
    place = next((loaded.origins[key[:end]] for end in range(len(key), 0, -1) if key[:end] in loaded.origins), "")
    if (
        key[:1] == ("rooms",)
        and len(key) > 2
        and key not in loaded.origins
        and ("defaults", *key[2:]) in loaded.origins
    ):
        dotted, place = ".".join(("defaults", *key[2:])), loaded.origins["defaults", *key[2:]]
    where = f" in {place}" if place else ""
    if error["type"] == "extra_forbidden":
        fix = _did_you_mean(_right_key(key)) or _LIST_KEYS
        return ConfigError(f"unknown key {dotted}{where}.", code="config_unknown", fix=fix)
    if "[key]" in error["loc"]:
        fix = _did_you_mean(nearest(key[-1], Label)) or f"Labels are {', '.join(Label)}."
        return ConfigError(f"{dotted}{where} is about no label.", code="config_unknown", fix=fix)
    reason = error["msg"].removeprefix("Value error, ")
    if error["type"] == "value_error":
        return ConfigError(f"{dotted}{where}: {reason}.", code="config_value")
    wanted = "a table" if error["type"] == "model_type" else reason.removeprefix("Input should be ")
    return ConfigError(
        f"{dotted}{where} should be {wanted}, but is {_shown(error['input'])}.",
        code="config_type",
        fix=_did_you_mean(_near_choice(error)) or _LIST_KEYS,
    )


def _shown(value: Any) -> str:
    """A found value as TOML would write it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "a table"
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 80 else text[:79] + "…"


def _near_choice(error: ErrorDetails) -> str | None:
    """Of an enumeration's words the one meant."""
    expected = error.get("ctx", {}).get("expected")
    if not isinstance(expected, str) or not isinstance(error["input"], str):
        return None
    word = nearest(error["input"], [part.strip("' ") for part in expected.replace(" or ", ",").split(",")])
    return f'"{word}"' if word else None


def _right_key(key: Key) -> str | None:
    """The known key nearest to an unknown one: a neighbour first, then any with such a last part."""
    generic = ("rooms", "NAME", *key[2:]) if key[0] == "rooms" and len(key) > 2 else key
    neighbours = {known[-1]: known for known in known_keys() if known[:-1] == generic[:-1]}
    if found := nearest(generic[-1], neighbours):
        return ".".join((*key[:-1], found))
    anywhere = {known[-1]: known for known in known_keys() if known[0] != "rooms"}
    found = nearest(generic[-1], anywhere)
    return ".".join(anywhere[found]) if found else None


def known_keys() -> list[Key]:
    """Every key, tables included; a room's keys stand under ("rooms", "NAME")."""
    keys: list[Key] = []
    for section, field in Settings.model_fields.items():
        keys.append((section,))
        if section == "rooms":
            keys.extend(("rooms", "NAME", name) for name in RoomSettings.model_fields)
            keys.extend(("rooms", "NAME", "source", name) for name in SourceSettings.model_fields)
            keys.extend(("rooms", "NAME", "tool", name) for name in ToolSettings.model_fields)
        elif isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            keys.extend((section, name) for name in field.annotation.model_fields)
    return keys


def _did_you_mean(word: str | None) -> str:
    return f"Did you mean {word}?" if word else ""
