"""What every test shares: no settings of this machine, no logs left configured, one line for what is absent."""

from __future__ import annotations

import importlib.util
import logging
import os
import shutil
from collections.abc import Iterator

import pytest
import structlog


def _torch() -> str:
    absent = [name for name in ("torch", "transformers", "onnx") if importlib.util.find_spec(name) is None]
    return f"{absent[0]} is not installed (pip install torch==2.13.0, then -e '.[dev,torch]')" if absent else ""


def _openvino() -> str:
    if importlib.util.find_spec("openvino") is None:
        return "openvino is not installed (pip install -e '.[dev,openvino]')"
    return ""


def _browser() -> str:
    if importlib.util.find_spec("playwright") is None:
        return "playwright is not installed"
    return "" if shutil.which("chromium") else "there is no chromium (apt-get install chromium)"


MISSING = {"torch": _torch(), "openvino": _openvino(), "browser": _browser()}


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker, reason in MISSING.items():
        if reason and item.get_closest_marker(marker):
            pytest.skip(reason)


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    for variable in [name for name in os.environ if name.startswith("STREAMBOT_")]:
        monkeypatch.delenv(variable)
    home = tmp_path_factory.getbasetemp() / "home"
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:], root.level = handlers, level
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
