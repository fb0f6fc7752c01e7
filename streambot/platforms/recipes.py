"""How well-known overlay tools write a chat comment, so that ``recipe = "tikfinity"`` is all an operator has to say.

The formats are those of the tools' own documents and of programs that read them:

* TikFinity, the event socket of its desktop program at ``ws://localhost:21213/``: ``{"event":"chat","data":{…}}`` with
  the fields of TikTok-Live-Connector's chat event (github.com/zerodytrash/TikTok-Live-Connector, README, "chat").
  Newer versions hold the viewer in ``data.user``.
* Streamer.bot, its WebSocket server at ``ws://127.0.0.1:8080/``, which sends nothing until it is asked to
  (docs.streamer.bot/api/websocket, requests/subscribe). Twitch's ``ChatMessage`` has its fields in ``data.message``
  (github.com/Streamerbot/client, packages/client/src/ws/types/events/twitch.types.ts at f8c6927); programs for version
  1.0 and later find ``data.messageId``, ``data.text`` and ``data.user`` beside it or in its place. YouTube's
  ``Message`` has them in ``data`` (youtube.types.ts there). Neither event replays what was said before.
* Social Stream Ninja, channel 4 of ``wss://io.socialstream.ninja/join/SESSION/4``, with "Enable remote API control of
  extension" and "Send chat messages to API server" switched on (github.com/steveseguin/social_stream, api.md,
  about.md, docs/agents/09-api-and-integrations/websocket-http-api.md). A frame is a message or, from its desktop
  program, may be a list of them (docs/agents/08-platform-sources/tiktok-app-event-payload-map.md, which also says that
  what was said before it connected is not sent). Its text is HTML unless ``textonly``. Its ``id`` is a counter of the
  page that sends it and begins anew with it, so it is no id here; the platform's own is ``meta.messageId``, where the
  source has one. ``timestamp`` may be when it was seen, not when it was written: old chat that a page shows at opening
  cannot be told from new.

None has been tried against the tool itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from streambot.core.errors import ConfigError
from streambot.nearest import nearest
from streambot.platforms.fields import Fields, compile_fields


@dataclass(frozen=True, slots=True)
class Recipe:
    """A mapping that is ready, and what has to be sent first on every new connection."""

    fields: Fields
    greeting: tuple[Mapping[str, Any], ...] = ()


def recipe(name: str) -> Recipe:
    """The recipe of that name. Raises ConfigError."""
    if name not in RECIPES:
        meant = nearest(name, RECIPES)
        raise ConfigError(
            f"there is no recipe {name!r}.",
            code="recipe_unknown",
            fix=f"Did you mean {meant}?" if meant else f"There are {', '.join(RECIPES)}; or map the fields yourself.",
        )
    return RECIPES[name]


def _made(name: str, fields: Mapping[str, object], *greeting: Mapping[str, Any]) -> Recipe:
    return Recipe(compile_fields(fields, where=f"recipe {name}"), greeting)


RECIPES: Final[Mapping[str, Recipe]] = MappingProxyType(
    {
        "tikfinity": _made(
            "tikfinity",
            {
                "only_when": {"/event": "chat"},
                "text": ["/data/comment", "/data/content"],
                "id": ["/data/msgId", "/data/common/msgId"],
                "author": {
                    "id": ["/data/userId", "/data/user/userId", "/data/user/idStr"],
                    "name": ["/data/nickname", "/data/user/nickname", "/data/uniqueId", "/data/user/uniqueId"],
                },
                "roles": {
                    "staff": ["/data/isModerator", "/data/user/isModerator", "/data/userIdentity/isModeratorOfAnchor"],
                    "host": "/data/userIdentity/isAnchor",
                    "member": ["/data/isSubscriber", "/data/user/isSubscriber"],
                },
                "sent_at": ["/data/createTime", "/data/common/createTime"],
                "time_unit": "ms",
            },
        ),
        "streamerbot": _made(
            "streamerbot",
            {
                "only_when": {"/event/source": ["Twitch", "YouTube"], "/event/type": ["ChatMessage", "Message"]},
                "text": ["/data/text", "/data/message/message", "/data/message"],
                "id": ["/data/messageId", "/data/message/msgId", "/data/eventId"],
                "author": {
                    "id": ["/data/user/id", "/data/message/userId"],
                    "name": ["/data/user/name", "/data/message/displayName"],
                },
                "roles": {
                    "host": [{"/data/user/role": 4}, {"/data/message/role": 4}, "/data/user/isOwner"],
                    "staff": [{"/data/user/role": 3}, {"/data/message/role": 3}, "/data/user/isModerator"],
                    "member": ["/data/user/subscribed", "/data/message/subscriber", "/data/user/isSponsor"],
                },
                "sent_at": ["/data/publishedAt", "/timeStamp"],
            },
            {
                "request": "Subscribe",
                "id": "streambot",
                "events": {"Twitch": ["ChatMessage"], "YouTube": ["Message"]},
            },
        ),
        "social-stream": _made(
            "social-stream",
            {
                "only_when": ["/chatname", "/chatmessage"],
                "unless": ["/event", "/private"],
                "text": "/chatmessage",
                "html": True,
                "plain_when": "/textonly",
                "id": "/meta/messageId",
                "author": {"id": "/userid", "name": "/chatname"},
                "roles": {"host": "/host", "staff": "/mod", "bot": "/bot", "member": "/membership"},
                "sent_at": "/timestamp",
                "time_unit": "ms",
            },
        ),
    }
)
