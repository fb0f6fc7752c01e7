"""``GET /api/v1/rooms/{room}/reasons``: why each rule in force speaks, in the language of a screen.

The log keeps reasons in English; a page asks once for those of its language and puts them in their place.
"""

from __future__ import annotations

from aiohttp import web

from streambot.console.faults import Fault
from streambot.core.labels import LANGUAGES
from streambot.ports import Live


class Reasons:
    """The handler."""

    def __init__(self, live: Live) -> None:
        self._live = live

    async def reasons(self, request: web.Request) -> web.Response:
        """200 with ``{"ok", "rules": {id: {"why", "instead"?}}}``; 404 no such room, 422 no such language."""
        language = request.query.get("lang", "en")
        if language not in LANGUAGES:
            raise Fault(422, '"lang" must be one of ' + ", ".join(LANGUAGES) + ".")
        rules = self._live.reasons(request.match_info["room"], language)
        if not rules:
            raise Fault(404, "There is no such room.")
        return web.json_response({"ok": True, "rules": rules})
