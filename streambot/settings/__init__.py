"""TOML and ``STREAMBOT_*`` become frozen Settings; an unknown key is an error that names the nearest right one."""

from streambot.settings.layers import Loaded, load_settings, read_settings
from streambot.settings.model import ClassifierSettings, Console, LogSettings, Settings, Storage
from streambot.settings.rooms import AnswerSettings, RoomSettings, SourceSettings, TicketSettings, ToolSettings

__all__ = [
    "AnswerSettings",
    "ClassifierSettings",
    "Console",
    "Loaded",
    "LogSettings",
    "RoomSettings",
    "Settings",
    "SourceSettings",
    "Storage",
    "TicketSettings",
    "ToolSettings",
    "load_settings",
    "read_settings",
]
