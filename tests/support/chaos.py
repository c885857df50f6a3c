"""Makes outcomes, evidence and scenarios for tests of chaos."""

from typing import Any

from turnout.interfaces.chaos.evidence import Evidence, Seen, Window
from turnout.interfaces.chaos.outcome import Ending, Outcome
from turnout.interfaces.chaos.scenario import Scenario, read_scenario

PROVIDERS = ("primary", "backup")


def outcome(ending: Ending = Ending.ANSWERED, number: int = 0, **fields: Any) -> Outcome:
    """An outcome that is in order, but for what is given."""
    usual: dict[str, Any] = {
        "streamed": True,
        "began_seconds": 100.0 + number,
        "provider": "primary",
        "attempts": 1,
        "request_id": f"req-{number}",
        "status": 200,
    }
    return Outcome(number=number, ending=ending, **{**usual, **fields})


def seen(requests: int = 0, **fields: Any) -> Seen:
    """What a simulator saw that has nothing under way."""
    usual: dict[str, Any] = {
        "aborted": 0,
        "tokens": 0,
        "dollars": None,
        "in_flight": 0,
        "open_connections": 0,
    }
    return Seen(requests=requests, **{**usual, **fields})


def evidence(*outcomes: Outcome, windows: tuple[Window, ...] = (), **saw: Seen) -> Evidence:
    """Evidence in which the primary saw every attempt, unless said otherwise."""
    attempts = sum(one.attempts for one in outcomes)
    return Evidence(outcomes, {"primary": seen(attempts), "backup": seen(), **saw}, windows)


def scenario(*expect: dict[str, Any], **fields: Any) -> Scenario:
    """A scenario of the two providers."""
    content: dict[str, Any] = {
        "description": "A test.",
        "providers": {name: {} for name in PROVIDERS},
        "expect": list(expect) or [{"metric": "requests", "at_least": 0}],
    }
    return read_scenario({**content, **fields}, "tried")
