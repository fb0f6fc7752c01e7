from __future__ import annotations

import json
import re

import pytest

from streambot.console.static import Assets
from streambot.core.errors import ConfigError


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "vendor").mkdir()
    (tmp_path / "vendor" / "VENDOR.json").write_text('{"imports":{"lib":"vendor/lib.mjs"}}')
    (tmp_path / "vendor" / "lib.mjs").write_text("export default 1;")
    return tmp_path


def test_the_address_changes_with_any_file_and_only_then(folder):
    before = Assets(folder)
    assert Assets(folder).version == before.version
    (folder / "vendor" / "lib.mjs").write_text("export default 2;")
    assert Assets(folder).version != before.version
    assert json.loads(before.import_map) == {"imports": {"lib": f"/static/{before.version}/vendor/lib.mjs"}}


def test_a_broken_install_is_told_before_start(tmp_path):
    with pytest.raises(ConfigError) as broken:
        Assets(tmp_path)
    assert broken.value.code == "broken_install"


async def test_files_are_served_for_ever_under_their_version_and_nothing_else_is(console):
    async with console.session.get(f"{console.url}/live/demo") as answer:
        page = await answer.text()
    paths = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page)) | set(re.findall(r'"(/static/[^"]+\.mjs)"', page))
    assert len(paths) > 3
    for path in paths:
        async with console.session.get(console.url + path) as answer:
            assert answer.status == 200
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
            if path.endswith(("js", "mjs")):
                assert answer.content_type == "text/javascript"
    version = paths.pop().split("/")[2]
    for path in (
        f"/static/{version}/../app.py",
        f"/static/{version}/%2e%2e/app.py",
        f"/static/{version}//etc/passwd",
        f"/static/{version}/vendor",
        "/static/0000000000000000/vendor/VENDOR.json",
    ):
        async with console.session.get(console.url + path) as answer:
            assert answer.status == 404, path
