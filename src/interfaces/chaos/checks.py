"""Holds the evidence against what is promised in every scenario, and against its expectations."""

from collections.abc import Callable

from msgspec import Struct

from turnout.interfaces.chaos.evidence import Booked, Evidence, Seen
from turnout.interfaces.chaos.metrics import SEEN_UPSTREAM, metric_named
from turnout.interfaces.chaos.outcome import HONEST, Outcome
from turnout.interfaces.chaos.scenario import Expectation, Scenario


class Check(Struct, frozen=True, kw_only=True):
    """One thing that was looked at; `held` is None where the gateway is not held to it."""

    what: str
    found: float
    wanted: str
    held: bool | None
    note: str = ""


def checks_of(scenario: Scenario, evidence: Evidence, offered: frozenset[str]) -> list[Check]:
    """Every promise and every expectation, checked."""
    promises = [
        _promise(what, count(scenario, evidence), evidence) for what, count in _PROMISES.items()
    ]
    return promises + [
        _expectation(scenario, number, evidence, offered) for number in range(len(scenario.expect))
    ]


def _promise(what: str, found: float, evidence: Evidence) -> Check:
    note = ""
    if what in _UPSTREAM and evidence.unseen:
        note = "not every provider can be seen from here"
    elif what in _LEDGER and evidence.books is None:
        note = "the gateway's ledger cannot be read from here"
    return Check(what=what, found=found, wanted="0", held=None if note else found == 0, note=note)


def _expectation(
    scenario: Scenario, number: int, evidence: Evidence, offered: frozenset[str]
) -> Check:
    expectation = scenario.expect[number]
    metric = metric_named(expectation.metric, tuple(scenario.providers), f"expect[{number}].metric")
    found = metric(evidence.during(expectation.during))
    during = f" during {expectation.during}" if expectation.during else ""
    reason = _reason_not_to(expectation, evidence, offered)
    return Check(
        what=f"{expectation.metric}{during}",
        found=found,
        wanted=expectation.wanted(),
        held=None if reason else expectation.holds(found),
        note=reason,
    )


def _reason_not_to(expectation: Expectation, evidence: Evidence, offered: frozenset[str]) -> str:
    """Say why the gateway is not held to it, "" where it is."""
    family, _, argument = expectation.metric.partition(".")
    looked_at = {argument} if family in SEEN_UPSTREAM else set()
    if expectation.during:
        looked_at.add(expectation.during.partition("/")[0])
    if unseen := sorted(looked_at & evidence.unseen):
        return f"{', '.join(unseen)} cannot be seen from here"
    if missing := sorted(set(expectation.needs) - offered):
        return f"needs {', '.join(missing)}"
    return "" if expectation.applies(offered) else f"until {', '.join(expectation.until)}"


def _dishonest(scenario: Scenario, evidence: Evidence) -> float:
    return sum(outcome.ending not in HONEST for outcome in evidence.outcomes)


def _malformed(scenario: Scenario, evidence: Evidence) -> float:
    return sum(outcome.malformed_events for outcome in evidence.outcomes)


def _under_way(scenario: Scenario, evidence: Evidence) -> float:
    return sum(seen.in_flight for seen in evidence.seen.values())


def _superfluous(scenario: Scenario, evidence: Evidence) -> float:
    """Connections beyond those that the load, hedged, could have needed at once."""
    needed = 2 * scenario.load.at_once
    return sum(max(0, seen.open_connections - needed) for seen in evidence.seen.values())


def _without_id(scenario: Scenario, evidence: Evidence) -> float:
    """Requests that have no id, or share one."""
    ids = {outcome.request_id for outcome in evidence.outcomes if outcome.request_id}
    return len(evidence.outcomes) - len(ids)


def _unaccounted(scenario: Scenario, evidence: Evidence) -> float:
    """Attempts that were told but never seen upstream, or the other way round."""
    if not all(plan.is_seen_by_simulator() for plan in scenario.providers.values()):
        return 0
    told = sum(outcome.attempts for outcome in evidence.outcomes)
    seen = sum(one.requests for one in evidence.seen.values())
    if scenario.resends_allowed and told <= seen <= 2 * told:
        return 0
    return abs(told - seen)


def _overbooked(scenario: Scenario, evidence: Evidence) -> float:
    """Tokens that the ledger has and no provider would bill."""
    return sum(max(0, booked.tokens - seen.tokens) for seen, booked in _booked(scenario, evidence))


def _unbooked(scenario: Scenario, evidence: Evidence) -> float:
    """Tokens that were billed for whole answers, and that the ledger does not have.

    Of an attempt that was left, outrun, or whose answer could not be read, the provider may have
    billed a whole answer and told nobody: so many answers may be missing.
    """
    return sum(
        max(
            0,
            seen.tokens
            - seen.broken_off_tokens
            - booked.unreported * seen.largest_answer_tokens
            - booked.tokens,
        )
        for seen, booked in _booked(scenario, evidence)
    )


def _misjudged(scenario: Scenario, evidence: Evidence) -> float:
    """Dollars that the ledger has beyond the bill; where all was told, also those that it lacks."""
    wrong = 0.0
    for seen, booked in _booked(scenario, evidence):
        over = booked.dollars - float(seen.dollars or 0)
        all_told = booked.unreported == 0 and seen.broken_off_tokens == 0
        wrong += abs(over) if all_told else max(0.0, over)
    return 0 if wrong < _LEAST_DOLLARS else wrong


def _booked(scenario: Scenario, evidence: Evidence) -> list[tuple[Seen, Booked]]:
    """What each provider saw, beside what the ledger says of it."""
    if evidence.books is None:
        return []
    return [
        (evidence.seen[name], evidence.books.get(name, Booked()))
        for name, plan in scenario.providers.items()
        if plan.is_seen_by_simulator()
    ]


_LEAST_DOLLARS = 1e-6
_PROMISES: dict[str, Callable[[Scenario, Evidence], float]] = {
    "requests that ended dishonestly": _dishonest,
    "malformed events passed on": _malformed,
    "requests left under way upstream": _under_way,
    "connections left over": _superfluous,
    "requests without an id of their own": _without_id,
    "attempts not accounted for": _unaccounted,
    "tokens in the ledger that nobody bills": _overbooked,
    "tokens billed and not in the ledger": _unbooked,
    "dollars in the ledger beside the bill": _misjudged,
}


_LEDGER = frozenset(
    {
        "tokens in the ledger that nobody bills",
        "tokens billed and not in the ledger",
        "dollars in the ledger beside the bill",
    }
)
_UPSTREAM = _LEDGER | {
    "requests left under way upstream",
    "connections left over",
    "attempts not accounted for",
}


def dishonest_examples(outcomes: list[Outcome], most: int = 3) -> list[Outcome]:
    """A few requests that ended as none may, for whoever looks into it."""
    return [outcome for outcome in outcomes if outcome.ending not in HONEST][:most]
