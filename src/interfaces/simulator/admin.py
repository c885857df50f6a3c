"""The admin endpoint of a simulator, on the same port under `/simulator/`.

GET and PUT `/simulator/profile`, GET `/simulator/counts`, POST `/simulator/reset`. Faults are
told as `{"error": {"field", "found", "expected", "message"}}` with status 400.
"""

from collections.abc import Callable
from typing import Protocol

import msgspec

from turnout.interfaces.simulator.counts import Counts
from turnout.interfaces.simulator.http import ResponseWriter
from turnout.interfaces.simulator.http_request import Request
from turnout.interfaces.simulator.profile import Profile, ProfileFault, described, revised

PREFIX = "/simulator/"
_JSON = (("content-type", "application/json"),)


class Administered(Protocol):
    """What the admin endpoint may see and change of a simulator."""

    profile: Profile
    counts: Counts

    def reset(self) -> None: ...


def administer(simulator: Administered, request: Request, writer: ResponseWriter) -> None:
    """Answer one admin request."""
    action = _ACTIONS.get((request.method, request.path))
    if action is None:
        known = ", ".join(f"{method} {path}" for method, path in _ACTIONS)
        fault = ProfileFault("path", f"{request.method} {request.path}", f"one of {known}")
        _write_fault(writer, 404, fault)
        return
    try:
        body = msgspec.json.encode(action(simulator, request))
    except ProfileFault as fault:
        _write_fault(writer, 400, fault)
    else:
        writer.whole(200, _JSON, body)


def _show_profile(simulator: Administered, request: Request) -> object:
    return described(simulator.profile)


def _change_profile(simulator: Administered, request: Request) -> object:
    try:
        changes = msgspec.json.decode(request.body)
    except msgspec.DecodeError as error:
        raise ProfileFault("body", str(error), "a JSON object of profile fields") from error
    if not isinstance(changes, dict):
        raise ProfileFault("body", changes, "a JSON object of profile fields")
    simulator.profile = revised(simulator.profile, changes)
    return described(simulator.profile)


def _show_counts(simulator: Administered, request: Request) -> object:
    return simulator.counts.described()


def _reset(simulator: Administered, request: Request) -> object:
    simulator.reset()
    return simulator.counts.described()


def _write_fault(writer: ResponseWriter, status: int, fault: ProfileFault) -> None:
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
    ("GET", "/simulator/counts"): _show_counts,
    ("POST", "/simulator/reset"): _reset,
}
