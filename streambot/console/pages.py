"""The pages: documents drawn on the server, and the shells that the live screens fill themselves."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from streambot.console.auth import IDENTITY, Rank, lacking
from streambot.console.faults import Fault
from streambot.console.static import Assets
from streambot.console.wire import iso_or_none
from streambot.console.words import ASKED, LANGUAGES, Words, language_of, remember
from streambot.core.status import RoomStatus
from streambot.core.told import Told
from streambot.ports import Live

HERE: Final = Path(__file__).parent


class Pages:
    """Draws templates; every text that comes from outside is escaped by Jinja."""

    def __init__(self, assets: Assets, live: Live) -> None:
        self._live = live
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        # Ours, not a viewer's: made of file names, and allowed by its hash in the policy only if it stays as it is.
        self._templates.globals.update(static=assets.url, import_map=Markup(assets.import_map), tickets=None)  # noqa: S704

    def count_tickets(self, pending: Callable[[], int]) -> None:
        """Say on every page how many tickets are not settled."""
        self._templates.globals["tickets"] = pending

    def draw(self, request: web.Request, template: str, **values: Any) -> web.Response:
        """A page for whoever asks, in their language, which the browser keeps if it was asked for."""
        page = web.Response(text=self._render(request, template, **values), content_type="text/html")
        remember(request, page)
        return page

    def draw_error(self, request: web.Request, status: int, message: str, error_id: str) -> str:
        """The page of an error: what happened, and the id under which the log has it."""
        return self._render(request, "error.html", status=status, message=message, error_id=error_id)

    async def home(self, _: web.Request) -> web.Response:
        """The rooms are the home."""
        raise web.HTTPFound("/live")

    async def rooms(self, request: web.Request) -> web.Response:
        """Every room with how it is doing and where its screens are."""
        rooms = [{"status": status, "since": iso_or_none(status.started_at)} for status in self._live.rooms()]
        return self.draw(request, "rooms.html", rooms=rooms)

    async def live(self, request: web.Request) -> web.Response:
        """The controller's screen of one room."""
        return self._shell(request, "live.html", Rank.CONTROLLER)

    async def host(self, request: web.Request) -> web.Response:
        """The host's screen of one room."""
        return self._shell(request, "host.html", Rank.HOST)

    def _shell(self, request: web.Request, template: str, rank: Rank) -> web.Response:
        """The empty screen. It holds nothing secret, so one without a token gets it too: its script exchanges the
        token that stands behind the # of the link, which no request ever carries.
        """
        name = request.match_info["room"]
        who = request.get(IDENTITY)
        if who is not None:
            if who.rank < rank:
                raise lacking(who, rank)
            if name not in {status.room.name for status in self._live.rooms()}:
                raise Fault(404, _no_room(name, self._live.rooms()))
        return self.draw(request, template, room=name)

    def _render(self, request: web.Request, template: str, **values: Any) -> str:
        who = request.get(IDENTITY)
        words = Words(language_of(request))
        here = request.rel_url.without_query_params("before")
        return self._templates.get_template(template).render(
            path=request.path,
            who=who,
            ops=who is not None and who.rank >= Rank.CONTROLLER,
            t=words,
            named=words.wired,
            language=words.language,
            languages=[(code, name, str(here.update_query({ASKED: code}))) for code, name in LANGUAGES.items()],
            **values,
        )


def _no_room(name: str, rooms: Sequence[RoomStatus]) -> str:
    names = [status.room.name for status in rooms]
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.5) or names[:3]
    hint = Told("no_rooms", "No room has been opened yet.")
    if near:
        hint = Told("near_rooms", "Did you mean {rooms}?", rooms=" / ".join(near))
    return Told("no_room", "There is no room {name}. {hint}", name=name, hint=hint)
