"""A scenario: who misbehaves how, what callers ask meanwhile, and what they may expect."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct
from msgspec.structs import replace

from turnout.interfaces.chaos.metrics import metric_named
from turnout.interfaces.simulator.fields import FieldFault, read_as
from turnout.interfaces.simulator.profile import Profile, revised
from turnout.interfaces.simulator.script import Script, read_script

FEATURES = (
    "balancing",
    "cache",
    "circuits",
    "hedging",
    "heartbeats",
    "probes",
    "rescue",
    "retries",
    "shedding",
    "single_flight",
)
"""What a gateway may offer, and a scenario or an expectation may need."""

Count = Annotated[int, Meta(ge=1, le=10_000)]
Callers = Annotated[int, Meta(ge=1, le=200)]
Positive = Annotated[float, Meta(gt=0)]
Words = Annotated[int, Meta(ge=1, le=10_000)]
Features = tuple[str, ...]


class ProviderPlan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One simulated provider.

    `profile` and `script` are the simulator's; `settings` go into the provider's entry in the
    gateway's configuration. Who is reached by `tls` finds a server that breaks handshakes off, and
    by `nothing` a port where nobody listens.
    """

    protocol: Literal["openai_chat", "anthropic_messages", "gemini"] = "openai_chat"
    reached_by: Literal["http", "tls", "nothing"] = "http"
    profile: dict[str, Any] = {}
    script: dict[str, Any] | None = None
    settings: dict[str, Any] = {}

    def parsed_script(self) -> Script | None:
        """The script as the simulator plays it; raises FieldFault."""
        return None if self.script is None else read_script(self.script)

    def is_seen_by_simulator(self) -> bool:
        """Whether the simulator learns of every attempt at the provider."""
        return self.reached_by != "nothing"


class Load(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What callers ask: so many `requests`, `at_once` at most, one begun every `1 / per_second`.

    There are so many different `questions`, else every one differs. Answers have about so many
    `words`. Callers of streams leave after `leave_after_words`.
    """

    requests: Count = 20
    at_once: Callers = 4
    per_second: Positive | None = None
    stream: Literal["always", "never", "mixed"] = "mixed"
    questions: Count | None = None
    words: Words = 8
    leave_after_words: Words | None = None

    def question(self, number: int) -> str:
        """What the request of this number asks."""
        return f"question-{number % (self.questions or self.requests)}"

    def streams(self, number: int) -> bool:
        """Whether the request of this number asks for a stream."""
        return self.stream == "always" or (self.stream == "mixed" and number % 2 == 0)


class Expectation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A metric's bounds, over the requests begun `during` a phase, written `provider/phase`.

    It holds for gateways that offer all features that it `needs`, and none of those `until` which
    it holds.
    """

    metric: str
    at_least: float | None = None
    at_most: float | None = None
    equals: float | None = None
    during: str | None = None
    needs: Features = ()
    until: Features = ()

    def holds(self, found: float) -> bool:
        """Whether the number found is within the bounds."""
        return (
            (self.at_least is None or found >= self.at_least)
            and (self.at_most is None or found <= self.at_most)
            and (self.equals is None or found == self.equals)
        )

    def wanted(self) -> str:
        """The bounds, for people."""
        bounds = (("at least", self.at_least), ("at most", self.at_most), ("", self.equals))
        told = [f"{word} {bound:g}".strip() for word, bound in bounds if bound is not None]
        return ", ".join(told)

    def applies(self, offered: frozenset[str]) -> bool:
        """Whether a gateway with these features is held to it."""
        return offered.issuperset(self.needs) and offered.isdisjoint(self.until)


class Scenario(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of it. `chain` is as in the configuration, with tiers of these providers.

    Without tiers each provider is one, in the order written. Where `resends_allowed`, an attempt
    may reach its provider twice, as it does when a connection breaks as it is used again.
    `gateway` are settings of a whole gateway, by sections: then the scenario has one of its own.
    """

    description: str
    providers: Annotated[dict[str, ProviderPlan], Meta(min_length=1, max_length=8)]
    expect: Annotated[tuple[Expectation, ...], Meta(min_length=1)]
    name: str = ""
    needs: Features = ()
    chain: dict[str, Any] = {}
    gateway: dict[str, Any] = {}
    load: Load = Load()
    resends_allowed: bool = False

    def tiers(self) -> list[list[Any]]:
        """The chain's tiers, of names or of mappings with `target`."""
        return self.chain.get("tiers") or [[name] for name in self.providers]


def read_scenario(content: Mapping[str, object], name: str) -> Scenario:
    """The scenario that a mapping describes; raises FieldFault with the path of the field."""
    providers = content.get("providers")
    if isinstance(providers, Mapping):
        for key, plan in providers.items():
            try:
                read_as(plan, ProviderPlan, what="plan")
            except FieldFault as fault:
                raise fault.below(f"providers.{key}", whole="plan") from fault
    scenario = read_as(content, Scenario, what="scenario")
    _check(scenario)
    return replace(scenario, name=scenario.name or name)


def _check(scenario: Scenario) -> None:
    for key, plan in scenario.providers.items():
        _check_plan(f"providers.{key}", plan)
    for target, place in _targets(scenario):
        if target not in scenario.providers:
            known = ", ".join(scenario.providers)
            raise FieldFault(place, target, f"one of the providers {known}")
    _check_features("needs", scenario.needs)
    for number, expectation in enumerate(scenario.expect):
        _check_expectation(f"expect[{number}]", expectation, scenario)


def _check_plan(place: str, plan: ProviderPlan) -> None:
    try:
        revised(Profile(), plan.profile)
    except FieldFault as fault:
        raise fault.below(f"{place}.profile") from fault
    try:
        plan.parsed_script()
    except FieldFault as fault:
        raise fault.below(f"{place}.script", whole="script") from fault


def _targets(scenario: Scenario) -> Iterator[tuple[object, str]]:
    """Every name in the chain, with its place."""
    for tier, targets in enumerate(scenario.tiers()):
        for place, target in enumerate(targets):
            named = target.get("target") if isinstance(target, dict) else target
            yield named, f"chain.tiers[{tier}][{place}]"


def _check_expectation(place: str, expectation: Expectation, scenario: Scenario) -> None:
    metric_named(expectation.metric, tuple(scenario.providers), f"{place}.metric")
    if not expectation.wanted():
        raise FieldFault(place, None, "at_least, at_most or equals")
    if expectation.during is not None:
        known = list(_phases(scenario))
        if expectation.during not in known:
            expected = f"one of {', '.join(known)}" if known else "a provider with a script"
            raise FieldFault(f"{place}.during", expectation.during, expected)
    _check_features(f"{place}.needs", expectation.needs)
    _check_features(f"{place}.until", expectation.until)


def _phases(scenario: Scenario) -> Iterator[str]:
    for key, plan in scenario.providers.items():
        script = plan.parsed_script()
        names = dict.fromkeys(phase.name for phase in script.phases) if script else {}
        yield from (f"{key}/{name}" for name in names)


def _check_features(place: str, features: Features) -> None:
    for number, feature in enumerate(features):
        if feature not in FEATURES:
            raise FieldFault(f"{place}[{number}]", feature, f"one of {', '.join(FEATURES)}")
