"""One function finds what came with streambot."""

from __future__ import annotations

from pathlib import Path

import pytest

from streambot import resources
from streambot.core.errors import ConfigError
from streambot.resources import model_folder, names, resource

ROOT = Path(__file__).parent.parent


def test_a_checkout_is_used_as_it_stands() -> None:
    assert resource("config/streambot.toml") == ROOT / "config/streambot.toml"
    assert resource("config/packs/base.toml").is_file()


def test_what_is_bundled_comes_before_the_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for root in ("bundled", "checkout"):
        (tmp_path / root / "config").mkdir(parents=True)
        (tmp_path / root / "config/streambot.toml").write_text(root)
    (tmp_path / "checkout/models/own").mkdir(parents=True)
    monkeypatch.setattr(resources, "_ROOTS", (tmp_path / "bundled", tmp_path / "checkout"))
    assert resource("config/streambot.toml").read_text() == "bundled"
    assert resource("models/own") == tmp_path / "checkout/models/own"


def test_a_missing_one_is_an_error_that_names_the_nearest() -> None:
    with pytest.raises(ConfigError) as caught:
        resource("config/packs/bass.toml")
    assert caught.value.fix == "Did you mean config/packs/base.toml?"
    with pytest.raises(ConfigError, match="Check the name"):
        resource("models/nothing-like-it-at-all")


def test_only_configuration_and_models_are_found() -> None:
    assert (ROOT / "pyproject.toml").exists()
    for name in ("pyproject.toml", "streambot/ports.py"):
        with pytest.raises(ConfigError):
            resource(name)


def test_models_are_listed_without_the_lines_to_train_from() -> None:
    assert "base.toml" in names("config/packs")
    assert "corpus" not in names("models")
    assert names("models/none-of-that-name") == []


def test_a_models_name_is_bundled_and_a_path_is_a_path(tmp_path: Path) -> None:
    assert model_folder("live-mini") == resource("models/live-mini")
    assert model_folder(f"{tmp_path}/") == tmp_path
    with pytest.raises(ConfigError, match="no model folder"):
        model_folder(f"{tmp_path}/none")
