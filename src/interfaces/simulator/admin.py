"""The admin endpoint of a simulator, on the same port under `/simulator/`.

GET and PUT `/simulator/profile`, GET, PUT and DELETE `/simulator/script`, GET `/simulator/counts`,
POST `/simulator/reset`. Faults are told as `{"error": {"field", "found", "expected", "message"}}`
with status 400.
"""

from collections.abc import Callable
from typing import Protocol

import msgspec

from turnout.interfaces.simulator.counts import Counts
from turnout.interfaces.simulator.fields import FieldFault
from turnout.interfaces.simulator.http import ResponseWriter
from turnout.interfaces.simulator.http_request import Request
from turnout.interfaces.simulator.profile import Profile, described, revised
from turnout.interfaces.simulator.script import Script, described_script, read_script
from turnout.interfaces.simulator.timeline import Timeline

PREFIX = "/simulator/"
_JSON = (("content-type", "application/json"),)


class Administered(Protocol):
    """What the admin endpoint may see and change of a simulator."""

    profile: Profile
    counts: Counts
    timeline: Timeline | None

    def play(self, script: Script | None) -> None: ...

    def reset(self) -> None: ...


def administer(simulator: Administered, request: Request, writer: ResponseWriter) -> None:
    """Answer one admin request."""
    action = _ACTIONS.get((request.method, request.path))
    if action is None:
        known = ", ".join(f"{method} {path}" for method, path in _ACTIONS)
        fault = FieldFault("path", f"{request.method} {request.path}", f"one of {known}")
        _write_fault(writer, 404, fault)
        return
    try:
        body = msgspec.json.encode(action(simulator, request))
    except FieldFault as fault:
        _write_fault(writer, 400, fault)
    else:
        writer.whole(200, _JSON, body)


def _show_profile(simulator: Administered, request: Request) -> object:
    return described(simulator.profile)


def _change_profile(simulator: Administered, request: Request) -> object:
    simulator.profile = revised(simulator.profile, _body(request, "of profile fields"))
    return described(simulator.profile)


def _show_script(simulator: Administered, request: Request) -> object:
    timeline = simulator.timeline
    if timeline is None:
        return {"script": None, "entered": []}
    return {"script": described_script(timeline.script), "entered": timeline.entered}


def _change_script(simulator: Administered, request: Request) -> object:
    simulator.play(read_script(_body(request, "with phases")))
    return _show_script(simulator, request)


def _end_script(simulator: Administered, request: Request) -> object:
    simulator.play(None)
    return _show_script(simulator, request)


def _body(request: Request, of_what: str) -> dict[str, object]:
    try:
        body = msgspec.json.decode(request.body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FieldFault("body", str(error), f"a JSON object {of_what}") from error
    if not isinstance(body, dict):
        raise FieldFault("body", body, f"a JSON object {of_what}")
    return body


def _show_counts(simulator: Administered, request: Request) -> object:
    return simulator.counts.described()


def _reset(simulator: Administered, request: Request) -> object:
    simulator.reset()
    return simulator.counts.described()


def _write_fault(writer: ResponseWriter, status: int, fault: FieldFault) -> None:
    error = {
        "field": fault.field,
        "found": fault.value,
        "expected": fault.expected,
        "message": str(fault),
    }
    writer.whole(status, _JSON, msgspec.json.encode({"error": error}))


_ACTIONS: dict[tuple[str, str], Callable[[Administered, Request], object]] = {
    ("GET", "/simulator/profile"): _show_profile,
    ("PUT", "/simulator/profile"): _change_profile,
    ("GET", "/simulator/script"): _show_script,
    ("PUT", "/simulator/script"): _change_script,
    ("DELETE", "/simulator/script"): _end_script,
    ("GET", "/simulator/counts"): _show_counts,
    ("POST", "/simulator/reset"): _reset,
}
