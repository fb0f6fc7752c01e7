"""The command line: ``streambot COMMAND``. A command's module is imported when the command is called, not before."""

from __future__ import annotations

import importlib
import io
import itertools
import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

import streambot
from streambot import logs
from streambot.cli._base import ExitCode, NotFoundError, out_json, say
from streambot.core.errors import ConfigError, PlatformError, StorageError, StreambotError

COMMANDS: Final = {
    "demo": ("demo", "demo", "A live-shopping broadcast in five languages, moderated before your eyes."),
    "run": ("run", "run", "Moderate the configured rooms."),
    "replay": ("replay", "replay", "Run a recorded broadcast through the whole house."),
    "check": ("check", "check", "Judge lines of text."),
    "questions": ("questions", "questions", "What was asked in a capture, the same question on one line."),
    "script": ("script", "script", "Read a script or canned answers before they are said."),
    "bench": ("bench", "bench", "Measure this machine: model, pipeline, latency, bursts, screens, memory."),
    "export": ("export", "export", "Write the moderation log as JSONL or CSV."),
    "train": ("train", "train", "Train a classifier from labelled lines."),
    "export-model": ("export_model", "export_model", "Export a trained checkpoint, in int8 or fp16."),
    "eval": ("eval", "eval_", "Score a classifier on labelled lines."),
    "pack": ("pack", "pack", "Look at rule packs, try them, put them in force, take them back."),
    "catalog": ("catalog", "catalog", "Check what a room sells, and what it cannot answer yet."),
    "orders": ("orders", "orders", "Check the orders that tickets are worked on with."),
    "token": ("token", "token", "Make a link for a host, a controller or ops."),
    "config": ("config", "config", "Show, locate or write the configuration."),
    "doctor": ("doctor", "doctor", "Check everything streambot needs, with a fix for each problem."),
}
"""Name → (module in this package, its function or Typer, summary)."""

_EXAMPLES: Final = """\
streambot moderates live-shopping comments while you are on air.

  streambot demo                        a broadcast to watch, in your browser
  streambot check "add me on LINE @x"   the verdict on one comment, and why
  streambot replay capture.jsonl        a recorded broadcast, decided again

Commands: {commands}
More:     streambot --help, streambot COMMAND --help
"""


_PACKAGE: Final = Path(streambot.__file__).parent


class _Unloaded(TyperCommand):
    """A command's name and summary, enough for the list in ``--help``."""

    def __init__(self, name: str) -> None:
        self._module, self._attribute, summary = COMMANDS[name]
        super().__init__(name=name, help=summary)

    def load(self) -> Any:
        found = getattr(importlib.import_module(f"streambot.cli.{self._module}"), self._attribute)
        if isinstance(found, typer.Typer):
            return typer.main.get_command(found)
        single = typer.Typer(add_completion=False, context_settings={"help_option_names": ["-h", "--help"]})
        single.command(name=self.name)(found)
        return typer.main.get_command(single)


class _Lazy(TyperGroup):
    """The root: knows every command, imports the one that is called."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands.update({name: _Unloaded(name) for name in COMMANDS})

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, command, rest = super().resolve_command(ctx, args)
        return name, command.load() if isinstance(command, _Unloaded) else command, rest


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"streambot {streambot.__version__}")
        raise typer.Exit


app = typer.Typer(
    cls=_Lazy,
    add_completion=False,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def root(
    ctx: typer.Context,
    *,
    _asked: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
    _debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="Plain text, as with NO_COLOR=1.")] = False,
) -> None:
    """Moderate live-shopping comments: read, judge, act, keep the log, show it in a browser."""
    if no_color:
        os.environ["NO_COLOR"] = "1"
    if ctx.invoked_subcommand is None:
        typer.echo(_EXAMPLES.format(commands=" ".join(COMMANDS)), nl=False)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit the process with its code."""
    raise SystemExit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; every error has been told on the right stream."""
    debug = "--debug" in itertools.takewhile(lambda argument: argument.startswith("-"), arguments)
    as_json = "--json" in itertools.takewhile(lambda argument: argument != "--", arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal that cannot show a tick or Thai gets an escape, never a crash.
        sys.stdout.reconfigure(errors="backslashreplace")
    logs.configure("warning", "auto", sys.stderr)
    command = typer.main.get_command(app)
    try:
        with command.make_context("streambot", list(arguments)) as context:
            command.invoke(context)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last stop: whatever ends a command is told in one sentence
        return _ended(_cause(error), as_json=as_json, debug=debug)
    return ExitCode.OK


def _cause(error: Exception) -> Exception:
    """What ended a group of tasks; of several, what we can explain comes first."""
    leaves = list(_leaves(error))
    plain = (StreambotError, typer.Exit, BrokenPipeError)
    return next((leaf for leaf in leaves if isinstance(leaf, plain)), leaves[0])


def _leaves(error: Exception) -> Iterator[Exception]:
    if isinstance(error, ExceptionGroup):
        for inner in error.exceptions:
            yield from _leaves(inner)
    else:
        yield error


def _ended(error: Exception, *, as_json: bool, debug: bool) -> int:
    """Tell what ended a command and return its exit code."""
    if isinstance(error, typer.Exit):
        return error.exit_code
    if isinstance(error, OSError):
        as_json = False  # stdout may be what failed
        _let_go_of_stdout()
    if isinstance(error, BrokenPipeError):
        return ExitCode.BROKEN_PIPE  # `streambot check - | head` is no failure to talk about
    if debug:
        traceback.print_exception(error)
    explained, code = _explained(error)
    if not explained.message:
        return code  # a group called bare has printed its help instead
    if as_json:
        out_json({"ok": False, "error": {"code": explained.code, "message": explained.message, "next": explained.fix}})
    else:
        say(f"error: {explained}")
    return code


def _explained(error: Exception) -> tuple[StreambotError, ExitCode]:
    """The error as one that says what to do, and the exit code it ends with."""
    match error:
        case TyperException():
            return _usage(error), ExitCode.USAGE
        case NotFoundError():
            return error, ExitCode.NOT_FOUND
        case ConfigError():
            return error, ExitCode.USAGE
        case StorageError() | PlatformError():
            return error, ExitCode.UNAVAILABLE
        case StreambotError():
            return error, ExitCode.FAILED
        case typer.Abort() | EOFError():
            return StreambotError("stopped: there was no answer.", code="aborted"), ExitCode.FAILED
        case OSError(strerror=str(reason)):
            subject = error.filename if isinstance(error.filename, str) else "reading or writing"
            return StreambotError(f"{subject}: {reason}.", code="os_error"), ExitCode.UNAVAILABLE
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(_PACKAGE)]
    place = (own or frames)[-1]
    return (
        StreambotError(
            f"this is a bug in streambot: {type(error).__name__} in {Path(place.filename).name}, line {place.lineno}.",
            code="bug",
            fix="Run it again as `streambot --debug …` and report what it prints.",
        ),
        ExitCode.FAILED,
    )


def _usage(error: TyperException) -> StreambotError:
    context: typer.Context | None = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "streambot"
    return StreambotError(error.format_message(), code="usage", fix=f"See `{command} --help`.")


def _let_go_of_stdout() -> None:
    """Where stdout takes no more, send the rest nowhere.

    Python flushes it once more at exit, would fail again and say so (Python manual, signal, "Note on SIGPIPE").
    """
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
