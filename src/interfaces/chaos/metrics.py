"""The metrics that a scenario may name, each a number taken from the evidence."""

from collections import Counter
from collections.abc import Callable, Sequence
from math import ceil, inf

from turnout.interfaces.chaos.evidence import Evidence
from turnout.interfaces.chaos.outcome import Ending, Outcome
from turnout.interfaces.simulator.fields import FieldFault

Metric = Callable[[Evidence], float]
Argument = str
_PERCENTILES = ("p50", "p90", "p95", "p99", "most")


def metric_named(name: str, providers: Sequence[str], place: str) -> Metric:
    """The metric of a name such as `answered_share.primary`; raises FieldFault at `place`."""
    family, _, argument = name.partition(".")
    found = FAMILIES.get(family)
    if found is None:
        raise FieldFault(place, name, f"one of {', '.join(_usages())}")
    arguments = found[1] or tuple(providers)
    if argument not in arguments and arguments != _ANY:
        expected = " or ".join(f"{family}.{one}".removesuffix(".") for one in arguments)
        raise FieldFault(place, name, expected)
    measure = found[0]
    return lambda evidence: measure(evidence, argument)


def percentile(values: Sequence[float], share: str) -> float:
    """The value that the share `p95` or so stays within; 0 of no values."""
    if not values:
        return 0.0
    ordered = sorted(values)
    if share == "most":
        return ordered[-1]
    return ordered[ceil(len(ordered) * int(share[1:]) / 100) - 1]


def _success_share(evidence: Evidence, _: Argument) -> float:
    wanted = [one for one in evidence.outcomes if one.ending is not Ending.LEFT]
    return _share(len(evidence.ended(Ending.ANSWERED)), len(wanted))


def _answered_share(evidence: Evidence, provider: Argument) -> float:
    answered = evidence.ended(Ending.ANSWERED)
    return _share(sum(one.provider == provider for one in answered), len(answered))


def _ended(evidence: Evidence, ending: Argument) -> float:
    return len(evidence.ended(Ending(ending)))


def _status(evidence: Evidence, status: Argument) -> float:
    return sum(str(one.status) == status for one in evidence.outcomes)


def _code(evidence: Evidence, code: Argument) -> float:
    return sum(one.code == code for one in evidence.outcomes)


def _attempts(evidence: Evidence, which: Argument) -> float:
    attempts = [one.attempts for one in evidence.outcomes]
    if which == "mean":
        return _share(sum(attempts), len(attempts))
    return max(attempts, default=0) if which == "most" else min(attempts, default=0)


def _seconds(evidence: Evidence, share: Argument) -> float:
    return percentile([one.seconds for one in evidence.outcomes], share)


def _first_token_seconds(evidence: Evidence, share: Argument) -> float:
    times = [one.first_token_seconds for one in evidence.outcomes]
    return percentile([time for time in times if time is not None], share)


def _rescued_share(evidence: Evidence, _: Argument) -> float:
    return _share(sum(one.rescued > 0 for one in evidence.outcomes), len(evidence.outcomes))


def _shared_share(evidence: Evidence, _: Argument) -> float:
    return _share(sum(one.shared for one in evidence.outcomes), len(evidence.outcomes))


def _retry_after_share(evidence: Evidence, _: Argument) -> float:
    """Of those told to come again later, the share that was told when."""
    asked = [one for one in evidence.outcomes if one.status in (429, 503)]
    return _share(sum(one.retry_after != "" for one in asked), len(asked))


def _upstream_requests(evidence: Evidence, provider: Argument) -> float:
    return evidence.seen[provider].requests


def _upstream_aborted(evidence: Evidence, provider: Argument) -> float:
    return evidence.seen[provider].aborted


def _recovery_seconds(evidence: Evidence, provider: Argument) -> float:
    """From the provider's return to health until it answers again; infinite if it never did."""
    returns = [
        window.from_seconds
        for before, window in zip(evidence.windows, evidence.windows[1:], strict=False)
        if window.provider == before.provider == provider and window.healthy and not before.healthy
    ]
    if not returns:
        return inf
    answered = [
        outcome.began_seconds - returns[-1]
        for outcome in evidence.ended(Ending.ANSWERED)
        if outcome.provider == provider and outcome.began_seconds >= returns[-1]
    ]
    return min(answered, default=inf)


def _heartbeats(evidence: Evidence, which: Argument) -> float:
    heartbeats = [one.heartbeats for one in evidence.outcomes if one.streamed]
    return max(heartbeats, default=0) if which == "most" else min(heartbeats, default=0)


def _providers_per_question(evidence: Evidence, _: Argument) -> float:
    """The most providers that have answered one and the same question."""
    asked: dict[str, set[str]] = {}
    for one in evidence.ended(Ending.ANSWERED):
        asked.setdefault(one.question, set()).add(one.provider)
    return max(map(len, asked.values()), default=0)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def answered_by(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """How many requests each provider answered."""
    return dict(Counter(one.provider for one in outcomes if one.ending is Ending.ANSWERED))


_NONE = ("",)
_ANY = ("...",)
_ENDINGS = tuple(ending.value for ending in Ending)
_PROVIDERS: tuple[str, ...] = ()
Arguments = tuple[str, ...]
FAMILIES: dict[str, tuple[Callable[[Evidence, Argument], float], Arguments]] = {
    "requests": (lambda evidence, _: len(evidence.outcomes), _NONE),
    "success_share": (_success_share, _NONE),
    "answered_share": (_answered_share, _PROVIDERS),
    "ended": (_ended, _ENDINGS),
    "status": (_status, _ANY),
    "code": (_code, _ANY),
    "attempts": (_attempts, ("mean", "most", "least")),
    "seconds": (_seconds, _PERCENTILES),
    "first_token_seconds": (_first_token_seconds, _PERCENTILES),
    "rescued_share": (_rescued_share, _NONE),
    "shared_share": (_shared_share, _NONE),
    "heartbeats": (_heartbeats, ("most", "least")),
    "providers_per_question": (_providers_per_question, ("most",)),
    "retry_after_share": (_retry_after_share, _NONE),
    "upstream_requests": (_upstream_requests, _PROVIDERS),
    "upstream_aborted": (_upstream_aborted, _PROVIDERS),
    "recovery_seconds": (_recovery_seconds, _PROVIDERS),
}
"""How each is measured, and what may follow its name behind a dot."""


SEEN_UPSTREAM = frozenset({"upstream_requests", "upstream_aborted", "recovery_seconds"})
"""Those that are taken from what a provider saw, and not from what callers did."""


def _usages() -> list[str]:
    return [
        family if arguments == _NONE else f"{family}.{'|'.join(arguments) or 'PROVIDER'}"
        for family, (_, arguments) in FAMILIES.items()
    ]
