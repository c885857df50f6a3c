"""A rehearsal's scenario as its file tells it: traffic, providers with their spells, a chain."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from msgspec import Meta, Struct, field
from msgspec.structs import replace

from turnout.interfaces.simulator.fields import FieldFault, read_as

Positive = Annotated[float, Meta(gt=0)]
Share = Annotated[float, Meta(ge=0, le=1)]
Whole = Annotated[int, Meta(ge=1)]
Moment = str
"""A time of day, `HH:MM` or `HH:MM:SS`; `24:00` is the day's end."""

MODEL = "simulated"
LATEST_SECONDS = 86_400


class SpreadSketch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A quantity by its median and its 95th percentile; without the latter it never differs."""

    median: Positive
    p95: Positive | None = None


class ConductSketch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a provider, or a spell of it, says of its conduct; see the application's Conduct."""

    first_token_seconds: Positive | SpreadSketch | None = None
    tokens_per_second: Positive | SpreadSketch | None = None
    error_seconds: Positive | None = None
    faults: str | tuple[str, ...] | None = None
    share: Share | None = None
    retry_after_seconds: Positive | None = None
    slower: Positive | None = None
    at_once: Whole | None = None
    requests_per_minute: Whole | None = None

    @property
    def kinds(self) -> tuple[str, ...]:
        """The faults as a list, also where one stands alone."""
        return (self.faults,) if isinstance(self.faults, str) else self.faults or ()


class SpellSketch(ConductSketch, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What changes from one time of day to another."""

    begins: Moment = field(name="from")
    ends: Moment = field(name="to")
    name: str = ""

    @property
    def seconds(self) -> tuple[float, float]:
        """Its beginning and its end, in seconds since midnight. Raises FieldFault."""
        return seconds_of("from", self.begins), seconds_of("to", self.ends)


class PriceSketch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """US dollars per million tokens."""

    input: Annotated[float, Meta(ge=0)]
    output: Annotated[float, Meta(ge=0)]


class ProviderSketch(ConductSketch, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A provider: its usual conduct, its spells, and its entry in the gateway's configuration."""

    spells: tuple[SpellSketch, ...] = ()
    price: PriceSketch | None = None
    settings: dict[str, Any] = {}


class TrafficSketch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What callers ask.

    `curve` is how busy the day is, at even distances from midnight on. For rehearsals that are no
    day, requests come `per_second`, from the time of day `starts` on.
    """

    curve: tuple[Annotated[float, Meta(ge=0)], ...] | None = None
    per_second: Positive = 20.0
    starts: Moment = "00:00"
    stream_share: Share | None = None
    prompt_tokens: Positive | SpreadSketch | None = None
    answer_tokens: Positive | SpreadSketch | None = None


class RehearsalScenario(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of it. `chain` is as in the configuration, with tiers of these providers.

    Without tiers each provider is one, in the order written.
    """

    description: str
    providers: Annotated[dict[str, ProviderSketch], Meta(min_length=1, max_length=32)]
    name: str = ""
    chain: dict[str, Any] = {}
    traffic: TrafficSketch = TrafficSketch()

    def configuration(self) -> dict[str, Any]:
        """The gateway's configuration, whose one chain is called as the scenario."""
        tiers = self.chain.get("tiers") or [[name] for name in self.providers]
        return {
            "ai_providers": {name: _entry(each) for name, each in self.providers.items()},
            "fallback_chains": {self.name: {**self.chain, "tiers": tiers}},
        }


def read_rehearsal(content: Mapping[str, object], name: str) -> RehearsalScenario:
    """The scenario that a mapping describes; raises FieldFault with the path of the field."""
    providers = content.get("providers")
    for key, provider in providers.items() if isinstance(providers, Mapping) else ():
        try:
            read_as(provider, ProviderSketch, what="provider")
        except FieldFault as fault:
            raise fault.below(f"providers.{key}", whole="provider") from fault
    scenario = read_as(content, RehearsalScenario, what="scenario")
    seconds_of("traffic.starts", scenario.traffic.starts)
    for place, spell in _spells(scenario):
        try:
            begins, ends = spell.seconds
        except FieldFault as fault:
            raise fault.below(place) from fault
        if ends <= begins:
            raise FieldFault(f"{place}.to", spell.ends, f"a time after {spell.begins}")
    return replace(scenario, name=scenario.name or name)


def seconds_of(place: str, text: Moment) -> float:
    """Return the seconds since midnight of a time of day; raises FieldFault."""
    parts = text.split(":")
    expected = 'a time of day in quotes, such as "10:20"'
    if len(parts) not in (2, 3) or not all(part.isdecimal() for part in parts):
        raise FieldFault(place, text, expected)
    hours, minutes, seconds = (*map(int, parts), 0)[:3]
    total = hours * 3600 + minutes * 60 + seconds
    if minutes > 59 or seconds > 59 or total > LATEST_SECONDS:
        raise FieldFault(place, text, expected)
    return float(total)


def _spells(scenario: RehearsalScenario) -> Iterator[tuple[str, SpellSketch]]:
    for key, provider in scenario.providers.items():
        for number, spell in enumerate(provider.spells):
            yield f"providers.{key}.spells[{number}]", spell


def _entry(provider: ProviderSketch) -> dict[str, Any]:
    model: dict[str, Any] = {"name": MODEL}
    if provider.price is not None:
        model["price"] = {"input": provider.price.input, "output": provider.price.output}
    return {
        "protocol": "openai_chat",
        "base_url": "http://simulated",
        "models": [model],
        **provider.settings,
    }
