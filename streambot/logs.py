"""What streambot says about itself: one line an event, on stderr, never a comment's text above DEBUG.

Nothing is configured by importing: ``configure`` is called once, by the command that runs.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, Protocol, TextIO

import rich.console
import structlog
from structlog.typing import EventDict, Processor

from streambot.printable import json_line, printable

Level = Literal["debug", "info", "warning", "error"]
Format = Literal["auto", "json", "console"]

# Libraries that say at INFO what is routine.
_TALKATIVE: Final = ("aiohttp.access", "asyncio", "websockets", "watchfiles")


def configure(level: Level, form: Format, stream: TextIO) -> None:
    """Send our events, those of libraries (``logging``) and Python's warnings to ``stream``, in one form.

    ``auto`` is lines for people on a terminal and JSON anywhere else. A second call replaces the first.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]
    as_json = form == "json" or (form == "auto" and not stream.isatty())
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *([_as_json] if as_json else [_made_printable, _for_people(stream)]),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.DEBUG if level == "debug" else logging.WARNING)
    logging.captureWarnings(capture=True)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        # Module-level loggers made before a second call must follow it.
        cache_logger_on_first_use=False,
    )


def _as_json(_logger: object, _method: str, event: EventDict) -> str:
    first = {key: event.pop(key) for key in ("timestamp", "level", "event") if key in event}
    return json_line(_jsonable({**first, **event}))


def _jsonable(value: Any) -> Any:
    """The value as JSON can hold it; what JSON has no form for is written as text, so that no log line is lost."""
    if isinstance(value, Mapping):
        return {str(key): _jsonable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_jsonable(inner) for inner in value]
    if isinstance(value, bool | int | None):
        return value
    if isinstance(value, float) and value - value == 0:
        return value
    return str(value)


def _made_printable(_logger: object, _method: str, event: EventDict) -> EventDict:
    return {
        printable(key): printable(value, lines=key in {"exception", "stack"}) if isinstance(value, str) else value
        for key, value in event.items()
    }


def _for_people(stream: TextIO) -> structlog.dev.ConsoleRenderer:
    # rich knows NO_COLOR, FORCE_COLOR and TERM=dumb.
    terminal = rich.console.Console(file=stream)
    return structlog.dev.ConsoleRenderer(
        colors=terminal.color_system is not None and not terminal.no_color,
        pad_event_to=0,
        exception_formatter=structlog.dev.plain_traceback,
    )


class Warns(Protocol):
    """The part of a logger that a recurring problem needs."""

    def warning(self, event: str, **fields: Any) -> Any:
        """Log one line."""
        ...


class Recurring:
    """A problem that comes back with every comment is logged at once, then at most once in ``every`` seconds.

    A later line carries ``repeated``: how often it came since the one before. Codes are ours, hence few.
    """

    def __init__(self, log: Warns, clock: Callable[[], float], every: float = 60.0) -> None:
        self._log = log
        self._clock = clock
        self._every = every
        self._said: dict[str, float] = {}
        self._unsaid: dict[str, int] = {}

    def warn(self, code: str, **fields: Any) -> None:
        """Log the problem ``code``, or count it until it is due again."""
        now = self._clock()
        self._unsaid[code] = self._unsaid.get(code, -1) + 1
        if code not in self._said or now - self._said[code] >= self._every:
            self._say(code, now, fields)

    def flush(self) -> None:
        """Log what was only counted, at the end."""
        now = self._clock()
        for code in [code for code, count in self._unsaid.items() if count]:
            self._say(code, now, {})

    def _say(self, code: str, now: float, fields: Mapping[str, Any]) -> None:
        repeated = self._unsaid[code]
        self._said[code], self._unsaid[code] = now, 0
        self._log.warning(code, **fields, **({"repeated": repeated} if repeated else {}))
