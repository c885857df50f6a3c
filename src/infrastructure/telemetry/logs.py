"""Logs: everything that a process logs goes through structlog, to standard error."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from turnout.application.ports.current_request import CURRENT_REQUEST
from turnout.infrastructure.telemetry.redaction import redact_event

JSON = "json"
Event = MutableMapping[str, Any]


def begin_logs(level: str, form: str) -> None:
    """Have this process log from `level` on, as JSON lines or, in any other form, for people."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_formatter(form))
    root = logging.getLogger()
    for old in tuple(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    set_level(level)


def set_level(level: str) -> None:
    """Log from `level` on."""
    logging.getLogger().setLevel(level.upper())


def _formatter(form: str) -> logging.Formatter:
    render: structlog.typing.Processor
    if form == JSON:
        render = structlog.processors.JSONRenderer()
    else:
        render = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _name_request,
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            redact_event,
            render,
        ],
    )


def _name_request(_logger: object, _method: str, event: Event) -> Event:
    request = CURRENT_REQUEST.get()
    if request is not None:
        event.setdefault("request_id", request)
    return event
