"""From a scenario's sketches to what the application rehearses."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from msgspec.structs import asdict

from turnout.application.rehearsal.conduct import Conduct, Fault, Moment, Spell
from turnout.application.rehearsal.demand import DAILY_CURVE, DAY_SECONDS, Demand
from turnout.application.rehearsal.spread import Spread
from turnout.domain.inference.failure import FailureKind
from turnout.domain.shared.errors import DomainError
from turnout.interfaces.rehearsal.scenario import (
    ConductSketch,
    ProviderSketch,
    RehearsalScenario,
    SpreadSketch,
    seconds_of,
)
from turnout.interfaces.simulator import profile
from turnout.interfaces.simulator.fields import FieldFault
from turnout.interfaces.simulator.profile import ErrorKind

Made = TypeVar("Made")
Conducted = tuple[Conduct, tuple[Spell, ...]]

MEANINGS: dict[ErrorKind, Fault] = {
    ErrorKind.RATE_LIMITED: Fault(FailureKind.RATE_LIMITED, status=429),
    ErrorKind.OVERLOADED: Fault(FailureKind.OVERLOADED, status=503),
    ErrorKind.SERVER_ERROR: Fault(FailureKind.OVERLOADED, status=500),
    ErrorKind.UNAUTHORIZED: Fault(FailureKind.AUTH, status=401),
    ErrorKind.NOT_FOUND: Fault(FailureKind.MODEL_MISSING, status=404),
    ErrorKind.BAD_REQUEST: Fault(FailureKind.BAD_REQUEST, status=400),
    ErrorKind.CONTEXT_TOO_LONG: Fault(FailureKind.CONTEXT_TOO_LONG, status=400),
    ErrorKind.RESET: Fault(FailureKind.TRANSPORT),
    ErrorKind.SILENT: Fault(FailureKind.TIMEOUT, Moment.SILENT),
    ErrorKind.CUT_AFTER_TOKENS: Fault(FailureKind.TRANSPORT, Moment.CUT),
    ErrorKind.STALL: Fault(FailureKind.TIMEOUT, Moment.STALL),
}
"""The simulator's faults that a rehearsal knows, and what the relay would make of each."""


def conducts_of(scenario: RehearsalScenario) -> dict[str, Conducted]:
    """Return each provider's usual conduct and its spells. Raises FieldFault."""
    return {
        name: _conducted(f"providers.{name}", provider)
        for name, provider in scenario.providers.items()
    }


def demand_of(scenario: RehearsalScenario, requests: int, *, day: bool) -> Demand:
    """Return so many requests, over a `day` or at the scenario's even pace. Raises FieldFault."""
    sketch = scenario.traffic
    given: dict[str, Any] = {
        name: _spread(f"traffic.{name}", value)
        for name in ("prompt_tokens", "answer_tokens")
        if (value := getattr(sketch, name)) is not None
    }
    if sketch.stream_share is not None:
        given["stream_share"] = sketch.stream_share
    if day:
        given |= {"seconds": DAY_SECONDS, "curve": sketch.curve or DAILY_CURVE}
    else:
        starts = seconds_of("traffic.starts", sketch.starts)
        given |= {
            "seconds": requests / sketch.per_second,
            "from_seconds": starts,
            "curve": (1.0,),
        }
    return _tried("traffic.curve", sketch.curve, lambda: Demand(requests, **given))


def _conducted(place: str, provider: ProviderSketch) -> Conducted:
    usual = _conduct(place, provider, Conduct())
    spells: list[Spell] = []
    for number, sketch in enumerate(provider.spells):
        begins, ends = sketch.seconds
        conduct = _conduct(f"{place}.spells[{number}]", sketch, usual)
        name = sketch.name or "+".join(sketch.kinds) or "changed"
        spells.append(Spell(name, begins, ends, conduct))
    return usual, tuple(spells)


def _conduct(place: str, sketch: ConductSketch, usual: Conduct) -> Conduct:
    """Return `usual` with what the sketch says; faults without a share strike always."""
    given: dict[str, Any] = {
        name: value
        for name in (
            *("error_seconds", "retry_after_seconds", "slower", "at_once"),
            "requests_per_minute",
        )
        if (value := asdict(sketch)[name]) is not None
    }
    for name in ("first_token_seconds", "tokens_per_second"):
        value = getattr(sketch, name)
        if value is not None:
            given[name] = _spread(f"{place}.{name}", value)
    if sketch.faults is not None:
        given["faults"] = tuple(_fault(f"{place}.faults", kind) for kind in sketch.kinds)
        given["fault_share"] = 1.0
    if sketch.share is not None:
        given["fault_share"] = sketch.share
    return replace(usual, **given)


def _fault(place: str, text: str) -> Fault:
    expected = f"out of {', '.join(MEANINGS)}"
    try:
        found = profile.Fault.parse(text)
    except ValueError:
        raise FieldFault(place, text, expected) from None
    meaning = MEANINGS.get(found.kind)
    if meaning is None:
        raise FieldFault(place, text, expected)
    return replace(meaning, tokens=found.tokens)


def _spread(place: str, value: float | SpreadSketch) -> Spread:
    if isinstance(value, SpreadSketch):
        wide = value.median if value.p95 is None else value.p95
        return _tried(f"{place}.p95", value.p95, lambda: Spread(value.median, wide))
    return Spread(value, value)


def _tried(place: str, value: object, make: Callable[[], Made]) -> Made:
    try:
        return make()
    except DomainError as error:
        expected = error.message.rpartition("expected ")[2]
        raise FieldFault(place, value, expected) from None
