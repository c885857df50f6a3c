"""LimitBook: which counters a request is held against."""

from collections.abc import Iterator, Mapping

from turnout.application.ports.limit_store import Counter, Measure
from turnout.domain.governance.grant import Grant
from turnout.domain.governance.limit_rules import LimitRules, of
from turnout.domain.governance.rate_limit import RateLimits
from turnout.domain.routing.route import Route

MOST_KEPT = 10_000


class LimitBook:
    """What the configuration sets, and the limits that a grant brings along."""

    __slots__ = ("_kept", "_rules")

    def __init__(self, rules: LimitRules) -> None:
        self._rules = rules
        self._kept: dict[tuple[int, str], tuple[Grant, Route, tuple[Counter, ...]]] = {}

    def renew(self, rules: LimitRules) -> None:
        """Go by these rules from now on; what has been counted stays."""
        self._rules = rules
        self._kept.clear()

    def limits(self, grant: Grant) -> bool:
        """Tell whether a request of `grant` may be held against anything."""
        return not self._rules.is_empty or bool(grant.limits)

    def counters(self, grant: Grant, route: Route, *, is_chain: bool) -> tuple[Counter, ...]:
        """Return what a request counts for: the cheapest to refuse by come first."""
        # A grant is one object as long as nothing of it changes; to compare two takes longer.
        key = (id(grant), route.name)
        kept = self._kept.get(key)
        if kept is not None and kept[0] is grant and kept[1] is route:
            return kept[2]
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        counters = tuple(self._found(grant, route, is_chain=is_chain))
        self._kept[key] = (grant, route, counters)
        return counters

    def _found(self, grant: Grant, route: Route, *, is_chain: bool) -> Iterator[Counter]:
        own = grant.limits or of(self._rules.keys, grant.key_name)
        yield from _counters(f"key:{grant.tenant}", own)
        if grant.team is not None:
            yield from _named("team", self._rules.teams, grant.team)
        if is_chain:
            yield from _named("route", self._rules.routes, route.name)
        else:
            yield from _named("model", self._rules.models, _model_of(route))


def _model_of(route: Route) -> str:
    """Return the model that `route` leads to first, by its own name and not an alias."""
    offered = (d.model for tier in route.tiers for each in tier for d in each.deployments)
    return next(offered, route.name)


def _named(kind: str, rules: Mapping[str, RateLimits], name: str) -> Iterator[Counter]:
    return _counters(f"{kind}:{name}", of(rules, name))


def _counters(owner: str, limits: RateLimits) -> Iterator[Counter]:
    if limits.concurrent_requests is not None:
        yield Counter(owner, Measure.CONCURRENT, limits.concurrent_requests)
    if limits.requests_per_minute is not None:
        yield Counter(owner, Measure.REQUESTS, limits.requests_per_minute)
    if limits.tokens_per_minute is not None:
        yield Counter(owner, Measure.TOKENS, limits.tokens_per_minute)
