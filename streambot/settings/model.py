"""What an operator can set: names, types, limits and defaults. Where values come from is ``layers``.

``config/streambot.toml`` shows every key with its default and what it does.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field, field_validator, model_validator

from streambot.settings.rooms import AsPath, RoomSettings, Section

MAX_ROOM_NAME: Final = 100
_RESERVED_ROOMS: Final = frozenset({"all", ".", ".."})
_PLATFORM_AND_ID: Final = re.compile(r"([a-z][a-z0-9_]*):(.+)")


class Storage(Section):
    """Where the moderation log lives."""

    db: AsPath = Field(default_factory=lambda: default_db(os.environ))


class Console(Section):
    """The pages: address, who may ask for them, and whether a token is needed."""

    host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8765
    allowed_hosts: Annotated[tuple[str, ...], Field(strict=False)] = ()
    require_token: bool = False

    @field_validator("allowed_hosts")
    @classmethod
    def _are_hosts(cls, hosts: tuple[str, ...]) -> tuple[str, ...]:
        for host in hosts:
            if not re.fullmatch(r"[A-Za-z0-9._\-\[\]:]+", host):
                raise ValueError(f"{host!r} is not a host name, with or without a port (shop.example:8765)")
        return hosts

    @model_validator(mode="after")
    def _is_guarded(self) -> Console:
        if not self.require_token and not is_loopback(self.host):
            raise ValueError(f"host {self.host} can be reached from other machines: it needs require_token = true")
        return self


class ClassifierSettings(Section):
    """The model and how hard it may work.

    ``model`` is the name of a bundled model or the path of a folder; with ``backend`` huggingface a folder whose
    manifest.toml names a checkpoint. ``device`` is for torch. ``cache`` counts judgements, ``queue`` comments waiting;
    ``deadline_ms`` is how long a live comment waits for the model before rules alone decide.
    """

    backend: Literal["streambot", "huggingface"] = "streambot"
    model: Annotated[str, Field(min_length=1)] = "live-mini"
    runtime: Literal["auto", "onnxruntime", "openvino", "torch"] = "auto"
    device: Annotated[str, Field(pattern=r"^(auto|cpu|cuda(:\d+)?)$")] = "auto"
    threads: Annotated[int, Field(ge=1, le=256)] = 1
    cache: Annotated[int, Field(ge=0)] = 10_000
    deadline_ms: Annotated[int, Field(ge=1)] = 1000
    queue: Annotated[int, Field(ge=1)] = 2000

    @model_validator(mode="after")
    def _can_run(self) -> ClassifierSettings:
        if self.backend == "huggingface" and self.runtime not in ("auto", "torch"):
            raise ValueError(f'backend huggingface runs in torch: runtime cannot be "{self.runtime}"')
        return self


class LogSettings(Section):
    """What streambot says about itself, on stderr."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "json", "console"] = "auto"


class PacksSettings(Section):
    """The operator's rule packs: ``folder`` goes before the packs that came with streambot."""

    folder: AsPath | None = None


class Settings(Section):
    """Everything. A room takes from ``defaults`` what it does not state, and platform and id from its name."""

    storage: Storage = Field(default_factory=Storage)
    console: Console = Field(default_factory=Console)
    classifier: ClassifierSettings = Field(default_factory=ClassifierSettings)
    log: LogSettings = Field(default_factory=LogSettings)
    packs: PacksSettings = Field(default_factory=PacksSettings)
    defaults: RoomSettings = Field(default_factory=RoomSettings)
    rooms: dict[str, RoomSettings] = Field(default_factory=dict)

    def room(self, name: str) -> RoomSettings:
        """The settings of a room, configured or not. Raises ValueError if no room can have this name."""
        if name in self.rooms:
            return self.rooms[name]
        check_room_name(name)
        return self.defaults.model_copy(update=named(name))

    @field_validator("defaults")
    @classmethod
    def _names_no_room(cls, defaults: RoomSettings) -> RoomSettings:
        if defaults.id:
            raise ValueError("an id belongs to one room: put it in [rooms.NAME]")
        return defaults

    @model_validator(mode="before")
    @classmethod
    def _complete_rooms(cls, data: Any) -> Any:
        if not isinstance(data, Mapping) or not isinstance(data.get("rooms"), Mapping):
            return data
        shared = data.get("defaults", {})
        if isinstance(shared, RoomSettings):
            shared = shared.model_dump(exclude_unset=True)
        return {**data, "rooms": {name: _complete(name, room, shared) for name, room in data["rooms"].items()}}

    @field_validator("rooms")
    @classmethod
    def _have_good_names(cls, rooms: dict[str, RoomSettings]) -> dict[str, RoomSettings]:
        taken: dict[tuple[str, str], str] = {}
        for name, room in rooms.items():
            check_room_name(name)
            if (first := taken.setdefault((room.platform, room.id), name)) != name:
                raise ValueError(f"{first!r} and {name!r} are the same room, {room.platform}:{room.id}")
        return rooms


def check_room_name(name: str) -> None:
    """Raises ValueError unless ``name`` can stand in a URL, on a screen and on a command line."""
    if not 1 <= len(name) <= MAX_ROOM_NAME:
        raise ValueError(f"a room's name has 1 to {MAX_ROOM_NAME} characters")
    if name in _RESERVED_ROOMS or "/" in name:
        raise ValueError(f"{name!r} cannot be a room's name: no '/', and not 'all', '.' or '..'")
    if not name.isprintable() or name != name.strip():
        raise ValueError(f"{name!r} cannot be a room's name: it has characters that nobody sees")


def named(name: str) -> dict[str, str]:
    """What a room's name says about it: ``tiktok:@shop`` is platform and id, any other name is the id."""
    if match := _PLATFORM_AND_ID.fullmatch(name):
        return {"platform": match[1], "id": match[2]}
    return {"id": name}


def _complete(name: str, room: Any, shared: Any) -> Any:
    if isinstance(room, RoomSettings):
        return room if room.id else room.model_copy(update={**named(name), **room.model_dump(exclude_defaults=True)})
    if not isinstance(room, Mapping) or not isinstance(shared, Mapping):
        return room
    complete = {**shared, **named(name), **room}
    for table in ("label_modes", "answers", "tickets"):
        shared_table, own_table = shared.get(table), room.get(table)
        if isinstance(shared_table, Mapping) and isinstance(own_table, Mapping):
            complete[table] = {**shared_table, **own_table}
    return complete


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a server on ``host``. A name other than localhost is taken to be reachable."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def default_db(environ: Mapping[str, str]) -> Path:
    """``streambot/streambot.db`` in the user's data folder (XDG Base Directory: a relative one is ignored)."""
    return xdg_home(environ, "XDG_DATA_HOME", ".local/share") / "streambot" / "streambot.db"


def xdg_home(environ: Mapping[str, str], variable: str, otherwise: str) -> Path:
    """A base folder of the XDG specification, or its default below the home folder."""
    stated = environ.get(variable, "")
    if stated.startswith("/"):
        return Path(stated)
    return Path(environ.get("HOME") or Path.home()) / otherwise
