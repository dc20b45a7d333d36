"""JSON lines on stdout: ids and classes of outcome, never a text that somebody wrote, never the minute of a report."""

from __future__ import annotations

import itertools
import logging
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import stamina
import structlog
from structlog.typing import EventDict, WrappedLogger

from chassis.clock import Clock

# Of a process's own life. All else may happen because of somebody's report, failures too.
LIFE = frozenset({"worker_started", "check_started", "send_started"})

_error_lines: Counter[str] = Counter()

log: structlog.stdlib.BoundLogger = structlog.get_logger()


def configure_logs(service: str, process: str, clock: Clock) -> None:
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            _named(service, process),
            _dated(clock),
            _class_of_exception,
            _counted,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=False,
    )
    logging.root.handlers = [_LibraryLines()]
    stamina.instrumentation.set_on_retry_hooks([])  # its own lines show the exception's repr
    logging.root.setLevel(logging.WARNING)
    for chatty in ("kafka", "nameko", "psycopg.pool"):  # they warn of what they then raise, or of nothing
        logging.getLogger(chatty).setLevel(logging.CRITICAL)


def _named(service: str, process: str) -> Callable[[WrappedLogger, str, EventDict], EventDict]:
    def processor(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        return {"service": service, "process": process, **event}

    return processor


def _dated(clock: Clock) -> Callable[[WrappedLogger, str, EventDict], EventDict]:
    """Only a process's own life is told to the second; `line` keeps the order of what one process says."""
    lines = itertools.count(1)

    def processor(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        time = datetime.now(UTC).replace(microsecond=0) if event["event"] in LIFE else clock.hour()
        return {"time": time.isoformat(), "line": next(lines), **event}

    return processor


def _counted(_: WrappedLogger, level: str, event: EventDict) -> EventDict:
    if level == "error":
        _error_lines[event["event"]] += 1
    return event


def error_lines() -> Mapping[str, int]:
    """How often this process has said each error, by the name of its event."""
    return dict(_error_lines)


def _class_of_exception(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Texts of exceptions quote what they choked on: the class and the place in our code are enough to find a bug."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, BaseException):
        return {**event, **describe(error)}
    return event


def describe(error: BaseException) -> dict[str, Any]:
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f"{frame.tb_frame.f_globals.get('__name__')}:{frame.tb_lineno}" if frame else "unknown"
    return {"error": type(error).__name__, "at": place}


class _LibraryLines(logging.Handler):
    """What a library logs may quote anything: only its name and the class of the error are passed on."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
        details = describe(error) if error is not None else {}
        log.warning("library_warning", logger=record.name, severity=record.levelname.lower(), **details)
