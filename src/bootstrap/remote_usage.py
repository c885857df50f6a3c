"""Asks a running gateway's control plane what was used, for the command line."""

import asyncio
from typing import TypeVar
from urllib.parse import quote, urlencode

import msgspec

from turnout.application.ports.usage_views import Span
from turnout.application.queries.usage import Figures, Named, Told
from turnout.bootstrap.remote import ask, ask_bytes
from turnout.interfaces.cli.actions import ControlPlane
from turnout.interfaces.cli.usage_actions import Question, ShownAttempt, ShownRequest

Answer = TypeVar("Answer")


class _Row(msgspec.Struct):
    name: str | None
    figures: Figures


class _Summary(msgspec.Struct):
    since: int
    until: int
    resolution_seconds: int
    rows: list[_Row]


class _Attempts(msgspec.Struct):
    attempts: list[ShownAttempt]


def usage_summary(plane: ControlPlane, question: Question) -> Told:
    """Return figures by name. Raises NoAnswer."""
    return _told(_get(plane, "/api/analytics/summary", question, _Summary))


def usage_top(plane: ControlPlane, question: Question) -> Told:
    """Return the figures of the first names by a measure. Raises NoAnswer."""
    return _told(_get(plane, "/api/analytics/top", question, _Summary))


def usage_series_csv(plane: ControlPlane, question: Question) -> str:
    """Return figures step by step, as CSV. Raises NoAnswer."""
    path = f"/api/analytics/series.csv?{urlencode(question)}"
    return asyncio.run(ask_bytes(plane, "GET", path)).decode()


def list_attempts(plane: ControlPlane, question: Question) -> list[ShownAttempt]:
    """Return the newest attempts. Raises NoAnswer."""
    return _get(plane, "/api/attempts", question, _Attempts).attempts


def show_request(plane: ControlPlane, request: str) -> ShownRequest:
    """Return one request. Raises NoAnswer, also for one that is not known."""
    return _get(plane, f"/api/requests/{quote(request, safe='')}", {}, ShownRequest)


def _get(plane: ControlPlane, path: str, question: Question, form: type[Answer]) -> Answer:
    return asyncio.run(ask(plane, "GET", f"{path}?{urlencode(question)}", form))


def _told(found: _Summary) -> Told:
    span = Span(found.since, found.until, found.resolution_seconds)
    return Told(span, [Named(row.name, None, row.figures) for row in found.rows])
