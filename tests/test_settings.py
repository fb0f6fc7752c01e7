"""Settings: where values come from, and what is said about a mistake."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from streambot.core.command import Mode
from streambot.core.errors import ConfigError
from streambot.core.labels import Label
from streambot.settings import Loaded, RoomSettings, Settings, load_settings, read_settings
from streambot.settings.layers import flat, known_keys, user_file
from streambot.settings.model import is_loopback

REFERENCE = Path(__file__).parent.parent / "config" / "streambot.toml"


class Machine:
    """A folder to start in, a home, an environment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"

    def read(self, toml: str = "", *, env: Mapping[str, str] | None = None, flags: Any = None) -> Loaded:
        if toml:
            (self.folder / "streambot.toml").write_text(toml, encoding="utf-8")
        return read_settings(environ={"HOME": str(self.home), **(env or {})}, flags=flags, cwd=self.folder)

    def refuse(self, toml: str = "", *, env: Mapping[str, str] | None = None) -> ConfigError:
        with pytest.raises(ConfigError) as caught:
            self.read(toml, env=env)
        return caught.value


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_without_any_file_the_defaults_hold(machine: Machine) -> None:
    settings = machine.read().settings
    assert settings.console.port == 8765
    assert settings.classifier.model == "live-mini"
    assert settings.storage.db == machine.home / ".local/share/streambot/streambot.db"
    assert settings.defaults.mode is Mode.ASSIST
    assert settings.rooms == {}


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ("backend = 'huggingface'\nruntime = 'openvino'", "backend huggingface runs in torch"),
        ("runtime = 'abacus'", "classifier.runtime"),
        ("device = 'gpu'", "classifier.device"),
        ("backend = 'other'", "classifier.backend"),
    ],
)
def test_a_model_is_not_asked_to_run_where_it_cannot(machine: Machine, stated: str, said: str) -> None:
    assert said in str(machine.refuse(f"[classifier]\n{stated}\n"))


def test_the_data_folder_of_the_user_is_honoured_unless_relative(machine: Machine) -> None:
    assert machine.read(env={"XDG_DATA_HOME": "/data"}).settings.storage.db == Path("/data/streambot/streambot.db")
    assert machine.read(env={"XDG_DATA_HOME": "data"}).settings.storage.db.is_relative_to(machine.home)


def test_flags_beat_variables_beat_the_project_file_beat_the_users_file(machine: Machine) -> None:
    user = user_file({"HOME": str(machine.home)})
    user.parent.mkdir(parents=True)
    user.write_text("[console]\nport = 1\n[classifier]\nthreads = 2\nqueue = 7\n[log]\nlevel = 'error'\n")
    project = machine.folder / "streambot.toml"
    loaded = machine.read(
        "[console]\nport = 3\n[classifier]\nthreads = 4\nqueue = 8\n",
        env={"STREAMBOT_CONSOLE__PORT": "5", "STREAMBOT_CLASSIFIER__THREADS": "6"},
        flags={"console.port": 9, "log.format": None},
    )
    assert (loaded.settings.console.port, loaded.origin(("console", "port"))) == (9, "--port")
    assert loaded.settings.classifier.threads == 6
    assert loaded.origin(("classifier", "threads")) == "STREAMBOT_CLASSIFIER__THREADS"
    assert (loaded.settings.classifier.queue, loaded.origin(("classifier", "queue"))) == (8, str(project))
    assert (loaded.settings.log.level, loaded.origin(("log", "level"))) == ("error", str(user))
    assert loaded.origin(("log", "format")) == "default"
    assert loaded.files == (project, user)


def test_a_named_file_is_read_alone(machine: Machine) -> None:
    named = machine.folder / "other.toml"
    named.write_text("[log]\nlevel = 'debug'\n")
    (machine.folder / "streambot.toml").write_text("[console]\nport = 1\n")
    environ = {"HOME": str(machine.home)}
    assert load_settings(named, environ=environ, cwd=machine.folder).console.port == 8765
    by_variable = load_settings(environ={**environ, "STREAMBOT_CONFIG": "other.toml"}, cwd=machine.folder)
    assert (by_variable.log.level, by_variable.console.port) == ("debug", 8765)


def test_variables_take_the_type_of_their_key(machine: Machine) -> None:
    settings = machine.read(
        env={
            "STREAMBOT_CONSOLE__REQUIRE_TOKEN": "true",
            "STREAMBOT_CONSOLE__ALLOWED_HOSTS": "studio.example:8765, 10.0.0.2",
            "STREAMBOT_DEFAULTS__LABEL_MODES__SCAM": "auto",
            "STREAMBOT_DEFAULTS__ID": "",
        }
    ).settings
    assert settings.console.require_token is True
    assert settings.console.allowed_hosts == ("studio.example:8765", "10.0.0.2")
    assert settings.defaults.mode_for(Label.SCAM) is Mode.AUTO
    assert settings.defaults.mode_for(Label.SPAM) is Mode.ASSIST


def test_a_variable_reaches_a_room_by_its_folded_name(machine: Machine) -> None:
    loaded = machine.read("[rooms.th-beauty]\n", env={"STREAMBOT_ROOMS__TH_BEAUTY__UNDO_MS": "50"})
    assert loaded.settings.rooms["th-beauty"].undo_ms == 50


def test_what_kubernetes_sets_by_itself_is_no_setting(machine: Machine) -> None:
    environ = {"STREAMBOT_PORT": "tcp://10.0.0.1:8765", "STREAMBOT_SERVICE_HOST": "10.0.0.1"}
    assert machine.read(env=environ).settings == machine.read().settings


def test_a_room_takes_from_the_defaults_what_it_does_not_state(machine: Machine) -> None:
    loaded = machine.read(
        """
        [defaults]
        tone = "formal"
        undo_ms = 5
        [defaults.label_modes]
        scam = "auto"
        [rooms.a]
        undo_ms = 7
        [rooms.a.label_modes]
        spam = "observe"
        """
    )
    room = loaded.settings.rooms["a"]
    assert (room.tone, room.undo_ms) == ("formal", 7)
    assert room.label_modes == {Label.SCAM: Mode.AUTO, Label.SPAM: Mode.OBSERVE}
    assert loaded.origin(("rooms", "a", "tone")) == loaded.origin(("defaults", "tone")) != "default"


def test_a_rooms_name_can_say_platform_and_id(machine: Machine) -> None:
    rooms = machine.read(
        '[rooms."tiktok:@shop_th"]\n[rooms.plain]\n[rooms.own]\nplatform = "demo"\nid = "7"\n'
    ).settings
    assert (rooms.room("tiktok:@shop_th").platform, rooms.room("tiktok:@shop_th").id) == ("tiktok", "@shop_th")
    assert (rooms.room("plain").platform, rooms.room("plain").id) == ("replay", "plain")
    assert (rooms.room("own").platform, rooms.room("own").id) == ("demo", "7")


def test_a_room_that_is_not_configured_has_the_defaults(machine: Machine) -> None:
    settings = machine.read('[defaults]\nsite = "th"\n').settings
    assert (settings.room("capture").site, settings.room("capture").id) == ("th", "capture")
    with pytest.raises(ValueError, match="all"):
        settings.room("all")


def test_settings_made_in_code_are_completed_too() -> None:
    settings = Settings(defaults=RoomSettings(tone="formal"), rooms={"demo:x": RoomSettings(site="th")})
    assert (settings.rooms["demo:x"].platform, settings.rooms["demo:x"].id) == ("demo", "x")


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError):
        Settings().console.port = 1  # type: ignore[misc]


def test_paths_start_at_the_file_that_names_them(machine: Machine) -> None:
    toml = "[storage]\ndb = 'log.db'\n[classifier]\nmodel = 'own/model'\n[rooms.a]\npack = 'own.toml'\n"
    settings = machine.read(toml).settings
    assert settings.storage.db == machine.folder / "log.db"
    assert settings.classifier.model == str(machine.folder / "own/model")
    assert settings.rooms["a"].pack == str(machine.folder / "own.toml")


MISTAKES = {
    "[console]\nprot = 1": ("unknown key console.prot", "Did you mean console.port?"),
    "port = 1": ("unknown key port", "Did you mean console.port?"),
    "[consol]": ("unknown key consol", "Did you mean console?"),
    "[defaults]\nmood = 'auto'": ("unknown key defaults.mood", "Did you mean defaults.mode?"),
    "[rooms.a]\nsit = 'th'": ("unknown key rooms.a.sit", "Did you mean rooms.a.site?"),
    "[rooms.a]\ntool = { can = {}, burts = 3 }": ("rooms.a.tool.burts", "Did you mean rooms.a.tool.burst?"),
    "[console]\nport = 'x'": ('console.port in {file} should be a valid integer, but is "x"', ""),
    "[console]\nport = true": ("should be a valid integer, but is true", ""),
    "[console]\nport = 65536": ("should be less than or equal to 65535, but is 65536", ""),
    "console = 5": ("console in {file} should be a table, but is 5", ""),
    "[rooms]\na = 5": ("rooms.a in {file} should be a table, but is 5", ""),
    "[log]\nlevel = 'warn'": ('but is "warn"', 'Did you mean "warning"?'),
    "[defaults]\nmode = 'assits'": ("should be 'observe', 'assist' or 'auto'", 'Did you mean "assist"?'),
    "[defaults.label_modes]\nscamm = 'auto'": ("defaults.label_modes.scamm", "Did you mean scam?"),
    "[defaults.label_modes]\nscam = 'atuo'": ("defaults.label_modes.scam", 'Did you mean "auto"?'),
    "[console]\nhost = '0.0.0.0'": ("it needs require_token = true", ""),
    "[console]\nallowed_hosts = ['http://x']": ("'http://x' is not a host name", ""),
    "[defaults]\nid = 'x'": ("an id belongs to one room", ""),
    "[rooms.all]": ("'all' cannot be a room's name", ""),
    "[rooms.'a/b']": ("'a/b' cannot be a room's name", ""),
    "[rooms.'..']": ("'..' cannot be a room's name", ""),
    '[rooms."a\\u200b"]': ("characters that nobody sees", ""),
    f"[rooms.{'x' * 101}]": ("1 to 100 characters", ""),
    "[rooms.a]\nid = '1'\n[rooms.b]\nid = '1'": ("'a' and 'b' are the same room", ""),
    "[rooms.a]\nactuator = 'webhook'\ntool = { can = {} }": ("a webhook needs the tool's url and secret_file", ""),
    "[rooms.a]\ntool = { can = {}, status_url = 'https://x.example' }": ("status_url is where a webhook is asked", ""),
    "[rooms.a]\ntool = { can = {}, answers_status = true }": ("answers_status is for a websocket", ""),
    "[console\n": ("is not TOML", "Mend that line."),
}


@pytest.mark.parametrize("toml", MISTAKES, ids=lambda toml: toml.replace("\n", " ")[:40])
def test_a_mistake_names_the_key_the_file_and_the_right_word(machine: Machine, toml: str) -> None:
    said, fix = MISTAKES[toml]
    error = machine.refuse(toml)
    file = str(machine.folder / "streambot.toml")
    assert said.format(file=file) in error.message
    assert file in error.message
    assert fix in error.fix


def test_a_mistake_in_the_defaults_is_told_there_not_in_a_room(machine: Machine) -> None:
    assert machine.refuse("[defaults]\nundo_ms = 'x'\n[rooms.a]\n").message.startswith("defaults.undo_ms in ")


@pytest.mark.parametrize(
    ("variable", "said"),
    [
        ("STREAMBOT_CONSOLE_PORT", "Did you mean STREAMBOT_CONSOLE__PORT?"),
        ("STREAMBOT_CONSOLE__PROT", "Did you mean console.port?"),
        ("STREAMBOT_CONSOLE__PORT", "console.port in STREAMBOT_CONSOLE__PORT should be a valid integer"),
        ("STREAMBOT_ROOMS__TH_BEUTY__MODE", "Did you mean th_beauty?"),
    ],
)
def test_a_mistake_in_a_variable_names_it(machine: Machine, variable: str, said: str) -> None:
    error = machine.refuse("[rooms.th-beauty]\n", env={variable: "abc"})
    assert said in str(error)
    assert variable in error.message


def test_a_file_that_cannot_be_read_is_told_by_its_path(machine: Machine, tmp_path: Path) -> None:
    for path, code in ((tmp_path / "none.toml", "config_missing"), (tmp_path, "config_unreadable")):
        with pytest.raises(ConfigError) as caught:
            load_settings(path, environ={}, cwd=tmp_path)
        assert caught.value.code == code
        assert str(path) in caught.value.message
    (tmp_path / "latin.toml").write_bytes(b"# \xe9\n")
    with pytest.raises(ConfigError, match="not UTF-8"):
        load_settings(tmp_path / "latin.toml", environ={}, cwd=tmp_path)


def test_the_mark_that_windows_editors_write_first_is_no_mistake(tmp_path: Path) -> None:
    (tmp_path / "bom.toml").write_bytes(b"\xef\xbb\xbf[console]\nport = 1\n")
    assert load_settings(tmp_path / "bom.toml", environ={}, cwd=tmp_path).console.port == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "localhost", "::1", "[::1]"])
def test_only_this_machine_reaches_a_loopback_address(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "studio.example"])
def test_any_other_address_needs_a_token(host: str) -> None:
    assert not is_loopback(host)
    with pytest.raises(ValidationError, match="require_token"):
        Settings.model_validate({"console": {"host": host}})
    Settings.model_validate({"console": {"host": host, "require_token": True}})


_EXAMPLES = (
    "db =", "folder =", "pack =", "spam =", "misleading_claim =", "catalog =", "prompts =", "modes =", "orders ="
)  # fmt: skip
"""Keys that have no default to show."""


def uncommented() -> str:
    """The reference file with every default switched on, without the room and the paths it shows as examples."""
    text = REFERENCE.read_text(encoding="utf-8").partition("# [rooms.")[0]
    lines = [re.sub(r"^# (?=[a-z_]+ = )", "", line) for line in text.splitlines()]
    return "\n".join(line for line in lines if not line.startswith(_EXAMPLES))


def test_the_reference_file_states_the_real_defaults(machine: Machine) -> None:
    stated = machine.read(uncommented())
    assert stated.settings == Settings(storage=machine.read().settings.storage)
    said = {key for key in stated.origins if len(key) == 2}
    assert len(said) > 15, "nothing was switched on"


def test_the_reference_file_shows_every_key() -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    for key in known_keys():
        if key[0] != "rooms" and key != ("defaults", "id"):
            # A table that only makes sense in a room of its own is shown there.
            shown = (f"{key[-1]} = ", f"[{'.'.join(key)}]", f".{key[-1]}]")
            assert any(way in text for way in shown), f"config/streambot.toml lacks {key}"


def test_every_single_value_is_listed() -> None:
    assert dict(flat({"a": {"b": 1, "c": {}}, "d": [1]})) == {("a", "b"): 1, ("a", "c"): {}, ("d",): [1]}
