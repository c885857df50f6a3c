import json
from typing import Any

import pytest

from turnout.interfaces.simulator.admin import administer
from turnout.interfaces.simulator.counts import Counts
from turnout.interfaces.simulator.http_request import Request
from turnout.interfaces.simulator.profile import Profile
from turnout.interfaces.simulator.script import Script
from turnout.interfaces.simulator.timeline import Timeline


class Administered:
    def __init__(self) -> None:
        self.profile = Profile(name="alpha", require_key="k")
        self.counts = Counts(lambda: 1)
        self.timeline: Timeline | None = None

    def play(self, script: Script | None) -> None:
        self.timeline = None if script is None else Timeline(script, 7.0)

    def reset(self) -> None:
        self.counts.clear()


class Written:
    """Stands where the response writer is, and keeps the response."""

    status = 0
    body: Any = None

    def whole(self, status: int, headers: object, body: bytes) -> None:
        self.status, self.body = status, json.loads(body)


def ask(simulator: Administered, target: str, body: bytes = b"") -> Written:
    method, _, path = target.partition(" ")
    written = Written()
    administer(simulator, Request(method, path, "", {}, body), written)  # type: ignore[arg-type]
    return written


def test_the_profile_is_shown_without_its_key() -> None:
    shown = ask(Administered(), "GET /simulator/profile")
    assert (shown.status, shown.body["name"], shown.body["require_key"]) == (200, "alpha", "***")


def test_the_profile_is_changed_in_part() -> None:
    simulator = Administered()
    changed = ask(simulator, "PUT /simulator/profile", b'{"error_rate": 1, "models": ["m"]}')
    assert changed.status == 200
    assert changed.body["models"] == ["m"]
    assert simulator.profile == Profile(name="alpha", require_key="k", error_rate=1, models=("m",))


@pytest.mark.parametrize(
    ("body", "field", "found"),
    [
        (b'{"error_rate": 2}', "error_rate", 2),
        (b'{"eror_rate": 1}', "eror_rate", 1),
        (b"[1]", "body", [1]),
        (b"{", "body", None),
    ],
)
def test_a_bad_profile_changes_nothing(body: bytes, field: str, found: object) -> None:
    simulator = Administered()
    refused = ask(simulator, "PUT /simulator/profile", body)
    error = refused.body["error"]
    assert (refused.status, error["field"]) == (400, field)
    assert found is None or error["found"] == found
    assert error["expected"] in error["message"]
    assert simulator.profile == Profile(name="alpha", require_key="k")


def test_counts_are_shown_and_reset() -> None:
    simulator = Administered()
    simulator.counts.answered("messages", "m", 200)
    shown = ask(simulator, "GET /simulator/counts").body
    assert (shown["total_requests"], shown["open_connections"]) == (1, 1)
    assert ask(simulator, "POST /simulator/reset").body["total_requests"] == 0


def test_an_unknown_action_names_the_known_ones() -> None:
    refused = ask(Administered(), "DELETE /simulator/profile")
    assert refused.status == 404
    assert "PUT /simulator/profile" in refused.body["error"]["expected"]


def test_a_script_is_put_shown_and_ended() -> None:
    simulator = Administered()
    assert ask(simulator, "GET /simulator/script").body == {"script": None, "entered": []}
    script = b'{"phases": [{"faults": "silent", "requests": 3}, {}]}'
    put = ask(simulator, "PUT /simulator/script", script)
    assert put.status == 200
    assert [phase["name"] for phase in put.body["script"]["phases"]] == ["silent", "healthy"]
    (entered,) = ask(simulator, "GET /simulator/script").body["entered"]
    assert (entered["phase"]["name"], entered["at_seconds"]) == ("silent", 7.0)
    again = json.dumps(put.body["script"]).encode()
    assert ask(simulator, "PUT /simulator/script", again).body == put.body
    ask(simulator, "DELETE /simulator/script")
    assert simulator.timeline is None


@pytest.mark.parametrize(
    ("body", "field"),
    [(b"\xff", "body"), (b"[]", "body"), (b'{"phases": [{"requests": 0}]}', "phases[0].requests")],
)
def test_a_bad_script_changes_nothing(body: bytes, field: str) -> None:
    simulator = Administered()
    refused = ask(simulator, "PUT /simulator/script", body)
    assert (refused.status, refused.body["error"]["field"]) == (400, field)
    assert simulator.timeline is None
