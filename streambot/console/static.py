"""Scripts, styles and words, served from memory under an address that changes with their content.

One hash over the whole tree, not one a file: ES modules name each other by relative paths, and so stay of one version.
Nothing is looked up on the disk by what a request says.
"""

from __future__ import annotations

import hashlib
import json
import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiohttp import hdrs, web

from streambot.core.errors import ConfigError

_IMMUTABLE: Final = "public, max-age=31536000, immutable"
_TYPES: Final = {".mjs": "text/javascript", ".js": "text/javascript", ".json": "application/json"}
_VENDOR: Final = "vendor/VENDOR.json"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file: its bytes and its media type."""

    body: bytes
    media_type: str


class Assets:
    """Every file under a folder, read once. Raises ConfigError if the folder is not the console's."""

    def __init__(self, folder: Path) -> None:
        self._files = {
            path.relative_to(folder).as_posix(): Asset(path.read_bytes(), _media_type(path))
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
        if _VENDOR not in self._files:
            raise ConfigError(
                f"{folder} has no {_VENDOR}.", code="broken_install", fix="Install streambot again: files are missing."
            )
        digest = hashlib.sha256()
        for name, asset in self._files.items():
            digest.update(f"{name}\0{len(asset.body)}\0".encode() + asset.body)
        self.version = digest.hexdigest()[:16]
        imports = json.loads(self._files[_VENDOR].body)["imports"]
        self.import_map = json.dumps({"imports": {name: self.url(path) for name, path in imports.items()}})
        """Where bare module names lead, as the text of the page's one inline script."""

    def url(self, name: str) -> str:
        """The address of a file, good for ever. Raises KeyError for a file that is not there."""
        if name not in self._files:
            raise KeyError(name)
        return f"/static/{self.version}/{name}"

    async def serve(self, request: web.Request) -> web.Response:
        """The handler of ``/static/{version}/{name}``; an address of another version is gone."""
        asset = self._files.get(request.match_info["name"])
        if asset is None or request.match_info["version"] != self.version:
            raise web.HTTPNotFound
        return web.Response(
            body=asset.body,
            headers={hdrs.CACHE_CONTROL: _IMMUTABLE, hdrs.CONTENT_TYPE: asset.media_type},
        )


def _media_type(path: Path) -> str:
    kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") or kind == "application/json" else kind
