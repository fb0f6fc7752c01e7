"""What an operator can set for one room: where comments come from, who acts, what is sold and how it is answered."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from streambot.core.command import Mode
from streambot.core.comment import UNKNOWN_PLATFORM
from streambot.core.labels import Intent, Label

Site = Literal["base", "us", "th", "vn", "id", "cn"]
Language = Literal["en", "zh", "th", "vi", "id", "ms", "tl", "es"]
AnswerMode = Literal["off", "suggest", "auto"]

# TOML has no enums, paths or tuples, so these are read from strings and arrays; everything else is taken strictly.
AsMode = Annotated[Mode, Field(strict=False)]
AsLabel = Annotated[Label, Field(strict=False)]
AsIntent = Annotated[Intent, Field(strict=False)]
AsPath = Annotated[Path, Field(strict=False)]


class Section(BaseModel):
    """A table of the configuration: every key is known, nothing is guessed."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class SourceSettings(Section):
    """Where a room's comments come from.

    ``websocket`` connects to ``url`` and reads its JSON by a ``recipe`` or by ``fields`` of its own; ``ingest`` waits
    for others to bring comments. ``headers_file`` and ``secret_file`` are files that only their owner can read;
    ``ca_file`` is the certificate of the authority that a wss server's certificate is checked against.
    """

    kind: Literal["websocket", "ingest"]
    url: str = ""
    recipe: str = ""
    fields: dict[str, Any] = Field(default_factory=dict)
    headers_file: AsPath | None = None
    ca_file: AsPath | None = None
    secret_file: AsPath | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> SourceSettings:
        if self.kind == "websocket" and not self.url:
            raise ValueError("a websocket source needs its url")
        if self.kind == "websocket" and bool(self.recipe) == bool(self.fields):
            raise ValueError("a websocket source needs either a recipe or fields")
        if self.ca_file is not None and not self.url.startswith("wss:"):
            raise ValueError("a ca_file is for a url that begins with wss:")
        return self


class ToolSettings(Section):
    """The operator's own tool that carries out actions: what it ``can`` do; for a webhook its address and secret.

    ``rate_per_s`` is how many actions a second it bears over time, ``burst`` how many at once. Whether it can be asked
    what became of an action: for a webhook ``status_url`` is where, over a websocket ``answers_status`` says so.
    """

    can: dict[str, Any]
    url: str = ""
    status_url: str = ""
    answers_status: bool = False
    secret_file: AsPath | None = None
    timeout_s: Annotated[float, Field(gt=0, le=60)] = 10.0
    rate_per_s: Annotated[float, Field(gt=0, le=1000)] = 5.0
    burst: Annotated[int, Field(ge=1, le=1000)] = 10


class AnswerSettings(Section):
    """How a room answers questions.

    ``mode`` is what happens with an answer (``auto``: it is posted, ``suggest``: the controller is offered it), and
    ``modes`` that of single intents. ``files`` are canned answers, shipped ones by their site's name or paths; without
    any the site's. ``cooldown_s`` is how long one answer stands for all who ask the same, ``viewer_cooldown_s`` how
    long a viewer who was answered is not answered again, ``per_minute`` the posts that the room bears. ``fresh_for_s``
    is how long a price or a stock may be repeated. ``typing_ms`` delays an automatic answer, so that a person who
    starts typing one stops it.
    """

    mode: AnswerMode = "suggest"
    modes: dict[AsIntent, AnswerMode] = Field(default_factory=dict)
    files: Annotated[tuple[str, ...], Field(strict=False)] = ()
    cooldown_s: Annotated[float, Field(ge=5, le=3600)] = 60.0
    viewer_cooldown_s: Annotated[float, Field(ge=0, le=3600)] = 20.0
    per_minute: Annotated[int, Field(ge=0, le=600)] = 12
    fresh_for_s: Annotated[float, Field(ge=1)] = 6 * 3600.0
    typing_ms: Annotated[int, Field(ge=0, le=3000)] = 1000

    def mode_for(self, intent: Intent) -> AnswerMode:
        """What happens with an answer to this intent."""
        return self.modes.get(intent, self.mode)


class TicketSettings(Section):
    """Complaints and order questions: the ``hours`` in which one must be settled, and the shop's ``orders`` as CSV."""

    hours: Annotated[float, Field(gt=0, le=24 * 14)] = 12.0
    orders: AsPath | None = None


class RoomSettings(Section):
    """One room.

    ``undo_ms`` delays what the platform cannot reverse. ``quota_per_minute`` is how many hides, mutes and bans the
    bot may send in a minute before the room falls to assist. ``pack`` is the path of an own rule pack. ``catalog`` is
    what is sold: the name of a shipped one or the path of a CSV file. ``bot_ids`` are the platform's ids of the
    accounts that post for the shop: their comments are ours. ``prompts`` are timed and triggered lines: a shipped file
    by its site's name, or a path.
    """

    platform: Annotated[str, Field(min_length=1)] = UNKNOWN_PLATFORM
    id: str = ""
    site: Site = "base"
    mode: AsMode = Mode.ASSIST
    label_modes: dict[AsLabel, AsMode] = Field(default_factory=dict)
    tone: Literal["casual", "formal"] = "casual"
    host_language: Language = "en"
    actuator: Literal["manual", "simulated", "webhook", "websocket"] = "manual"
    source: SourceSettings | None = None
    tool: ToolSettings | None = None
    undo_ms: Annotated[int, Field(ge=0, le=60_000)] = 2000
    quota_per_minute: Annotated[int, Field(ge=0)] = 60
    pack: str | None = None
    catalog: str | None = None
    answers: AnswerSettings = Field(default_factory=AnswerSettings)
    tickets: TicketSettings = Field(default_factory=TicketSettings)
    prompts: str | None = None
    bot_ids: Annotated[tuple[str, ...], Field(strict=False)] = ()

    @model_validator(mode="after")
    def _can_act(self) -> RoomSettings:
        if self.actuator in ("webhook", "websocket") and self.tool is None:
            raise ValueError(f"actuator {self.actuator} needs a tool that says what it can do")
        if self.actuator == "webhook" and self.tool and not (self.tool.url and self.tool.secret_file):
            raise ValueError("a webhook needs the tool's url and secret_file")
        if self.actuator == "websocket" and (self.source is None or self.source.kind != "websocket"):
            raise ValueError("actuator websocket acts over the connection of a websocket source")
        if self.tool and self.tool.status_url and self.actuator != "webhook":
            raise ValueError("status_url is where a webhook is asked; over a websocket say answers_status = true")
        if self.tool and self.tool.answers_status and self.actuator != "websocket":
            raise ValueError("answers_status is for a websocket; a webhook is asked at its status_url")
        return self

    def mode_for(self, label: Label) -> Mode:
        """Who acts on this label here."""
        return self.label_modes.get(label, self.mode)
