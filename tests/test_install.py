"""What a user installs: the wheel carries everything that runs, finds it, and nothing that must stay home."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# The installed copy and nothing of the checkout: -P keeps the working folder off the path.
FIND = """
from pathlib import Path
import streambot, streambot.resources as r
assert Path(streambot.__file__).is_relative_to({target!r}), streambot.__file__
for name in ("config/streambot.toml", "config/packs/base.toml", "models/live-mini/manifest.toml"):
    assert r.resource(name).is_relative_to({target!r} + "/streambot"), r.resource(name)
from streambot.store.connections import migrations
assert migrations()
from streambot.classify.manifest import load_manifest
print(load_manifest(r.model_folder("live-mini")).name)
"""


def build(where: Path, kind: str) -> Path:
    """Build a wheel with the project's own backend, without the network."""
    backend = importlib.import_module("hatchling.build")
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        name: str = getattr(backend, f"build_{kind}")(str(where))
    finally:
        os.chdir(before)
    return where / name


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("wheel"), "wheel")


def everything(folder: str, *, suffixes: tuple[str, ...]) -> set[str]:
    """The files of a folder of the checkout that a wheel must carry, as paths from the root."""
    found = (ROOT / folder).rglob("*")
    return {file.relative_to(ROOT).as_posix() for file in found if file.is_file() and file.suffix in suffixes}


def test_the_wheel_carries_rules_model_pages_and_migrations(wheel: Path) -> None:
    carried = set(zipfile.ZipFile(wheel).namelist())
    bundled = everything("config", suffixes=(".toml", ".csv")) | everything(
        "models/live-mini", suffixes=(".toml", ".json", ".onnx")
    )
    assert {f"streambot/_bundled/{name}" for name in bundled} <= carried
    for folder, suffixes in (
        ("streambot", (".py", ".sql", ".typed")),
        ("streambot/console/static", (".js", ".mjs", ".css", ".json", ".svg")),
        ("streambot/console/templates", (".html",)),
        ("streambot/platforms", (".toml", ".txt")),
        ("streambot/core/concept_words", (".jsonl", ".json")),
    ):
        files = everything(folder, suffixes=suffixes)
        assert files <= carried, f"missing: {sorted(files - carried)[:5]}"


def test_the_wheel_carries_licence_and_notice(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.rpartition("/")[2] for name in names if "/licenses/" in name} == {"LICENSE", "NOTICE"}


def test_lines_to_train_from_and_tests_stay_home(wheel: Path) -> None:
    for name in zipfile.ZipFile(wheel).namelist():
        assert "corpus/" not in name
        assert not name.startswith(("tests/", "tools/"))
        assert not name.endswith(".db")
        assert not name.endswith(".jsonl") or name.startswith("streambot/core/concept_words/")


def test_an_installed_wheel_finds_its_own_files(wheel: Path, tmp_path: Path) -> None:
    target = tmp_path / "installed"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", target, wheel],
        check=True,
    )
    # Other packages too may put a folder of that name beside ours.
    (target / "config").mkdir()
    (target / "config/streambot.toml").touch()
    environ = {**os.environ, "PYTHONPATH": str(target)}
    found = subprocess.run(
        [sys.executable, "-P", "-c", FIND.format(target=str(target))],
        check=False, capture_output=True, text=True, cwd=tmp_path, env=environ,
    )  # fmt: skip
    assert found.returncode == 0, found.stderr
    assert found.stdout == "live-mini\n"


def test_an_editable_installation_uses_the_checkout(tmp_path: Path) -> None:
    editable = zipfile.ZipFile(build(tmp_path, "editable"))
    assert not [name for name in editable.namelist() if "_bundled" in name], "a copy would hide what is edited"
    [path_file] = [name for name in editable.namelist() if name.endswith(".pth")]
    assert editable.read(path_file).decode().strip() == str(ROOT)


def test_the_command_is_installed(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    [points] = [name for name in archive.namelist() if name.endswith("entry_points.txt")]
    assert "streambot = streambot.__main__:main" in archive.read(points).decode()
