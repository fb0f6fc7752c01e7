"""``streambot config``: what is set, where it comes from, and a file to start from."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from streambot.cli._base import out_json, say
from streambot.core.errors import ConfigError
from streambot.printable import printable
from streambot.resources import resource
from streambot.settings.layers import PROJECT_FILE, flat, read_settings, user_file

config = typer.Typer(
    help="Show, locate or write the configuration.",
    add_completion=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)

ConfigFile = Annotated[Path | None, typer.Option("--config", metavar="FILE", help="Read this file alone.")]


@config.command()
def show(
    *,
    file: ConfigFile = None,
    origin: Annotated[bool, typer.Option("--origin", help="Say where each value comes from.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a key.")] = False,
) -> None:
    """Print every value in force, one a line.

    Examples: `streambot config show --origin`, `STREAMBOT_LOG__LEVEL=debug streambot config show --json`
    """
    loaded = read_settings(file, environ=os.environ)
    values = list(flat(loaded.settings.model_dump(mode="json")))
    if json:
        out_json({".".join(key): {"value": value, "origin": loaded.origin(key)} for key, value in values})
        return
    width = max(len(".".join(key)) for key, _ in values)
    for key, value in values:
        line = f"{'.'.join(key):<{width}}  {printable(_toml(value))}"
        typer.echo(f"{line}  # {loaded.origin(key)}" if origin else line)


@config.command()
def path(*, file: ConfigFile = None) -> None:
    """Print the files that are read, strongest first; where there is none, say on stderr where they would be."""
    loaded = read_settings(file, environ=os.environ)
    for found in loaded.files:
        typer.echo(str(found))
    if not loaded.files:
        say(f"no file yet: ./{PROJECT_FILE} or {user_file(os.environ)}. Write one with `streambot config init`.")


@config.command()
def init(
    *,
    to: Annotated[Path, typer.Argument(metavar="[FILE]", help="Where to write it.")] = Path(PROJECT_FILE),
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Write a configuration file with every key, its default and what it does."""
    text = resource("config/streambot.toml").read_text(encoding="utf-8")
    try:
        with to.open("w" if force else "x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError:
        raise ConfigError(
            f"{to} is there already.", code="config_exists", fix="Name another file, or add --force to replace it."
        ) from None
    except OSError as error:
        raise ConfigError(
            f"{to} cannot be written: {error.strerror}.", code="config_unwritable", fix="Name another file."
        ) from error
    typer.echo(str(to))
    say("next: edit it, then `streambot doctor`")


def _toml(value: object) -> str:
    """A single value as TOML writes it; None, which TOML has no word for, in words."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case list():
            return "[" + ", ".join(_toml(item) for item in value) + "]"
        case None:
            return "not set"
        case dict():
            return "{}"
    return str(value)
