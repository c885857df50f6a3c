"""What the control plane accepts. Types are strict, and unknown fields are refused."""

from typing import Annotated, Any

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator
from typing_extensions import TypedDict  # pydantic reads no other before Python 3.12

from turnout.domain.catalog.credential import MASK, is_reference
from turnout.domain.inference.capability import Capability
from turnout.domain.inference.failure import FailureKind
from turnout.domain.inference.request import WireProtocol
from turnout.domain.routing.routing_policy import Strategy
from turnout.domain.shared.errors import alike
from turnout.interfaces.control.fields import LARGEST, STRICT, Body, Count, Relaxed, Seconds, Text
from turnout.interfaces.control.rule_bodies import (
    CircuitBody,
    ConcurrencyBody,
    HedgeBody,
    ProbeBody,
    StickyBody,
)


def _reference(credential: str) -> str:
    if not is_reference(credential):
        raise ValueError(
            "a reference, ${VARIABLE} or file:PATH: Turnout stores no secrets, so put this "
            "one into its environment or a file and name that here"
        )
    return credential


def _unmasked(header: str) -> str:
    if header == MASK:
        raise ValueError(f"the value itself: {MASK} only stands for one that is not shown")
    return header


def _capability(word: str) -> str:
    name = word.removeprefix("-")
    if name not in list(Capability):
        raise ValueError(f"one of {', '.join(Capability)}, or -NAME{alike(name, Capability)}")
    return word


def _kind_of(value: object) -> str:
    return "text" if isinstance(value, str) else "object"


Priority = Annotated[int, Field(ge=-LARGEST, le=LARGEST)]
Dollars = Annotated[float | str, Field(description="US dollars per million tokens")]
Credential = Annotated[Text, AfterValidator(_reference), Field(examples=["${OPENAI_API_KEY}"])]
Headers = dict[Text, Annotated[Text, AfterValidator(_unmasked)]]
CapabilityWord = Annotated[str, AfterValidator(_capability)]


class TimeoutsBody(TypedDict, total=False):
    """Seconds for each phase of an attempt; what is not given stays, or is the default.

    Null is the default that suits the model.
    """

    __pydantic_config__ = STRICT  # type: ignore[misc]  # pydantic's way to configure one

    connect_seconds: Seconds
    first_token_seconds: Seconds | None
    between_tokens_seconds: Seconds | None
    total_seconds: Seconds


class ModelTimeoutsBody(TypedDict, total=False):
    """Seconds; what is not given comes from the provider's time-outs."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    first_token_seconds: Seconds
    between_tokens_seconds: Seconds
    total_seconds: Seconds


class PriceBody(Body):
    """US dollars per million tokens."""

    input: Dollars
    output: Dollars
    cached_input: Dollars | None = None
    cache_write: Dollars | None = None


class ModelBody(Body):
    """A model. Capabilities are added to what is known of it; `-name` takes one away."""

    name: Text
    upstream: Text | None = None
    aliases: list[Text] = []
    capabilities: list[CapabilityWord] = []
    context_window: Count | None = None
    max_output_tokens: Count | None = None
    price: PriceBody | None = None
    timeouts: ModelTimeoutsBody = {}


Model = Annotated[
    Annotated[Text, Tag("text")] | Annotated[ModelBody, Tag("object")], Discriminator(_kind_of)
]


class ProviderBody(Body):
    """A provider as `turnout.yaml` would have it. A known vendor implies what is not given."""

    name: Text
    vendor: Text | None = None
    protocol: Annotated[WireProtocol, Relaxed] | None = None
    base_url: Text | None = None
    credential: Credential | None = None
    further_credentials: list[Credential] = []
    enabled: bool = True
    models: list[Model] = Field(min_length=1)
    weight: Count = 1
    priority: Priority = 100
    headers: Headers = {}
    options: dict[Text, Text] = {}
    timeouts: TimeoutsBody = {}
    circuit: CircuitBody = CircuitBody()
    probe: ProbeBody = ProbeBody()
    concurrency: ConcurrencyBody = ConcurrencyBody()

    @model_validator(mode="after")
    def _has_a_first_credential(self) -> "ProviderBody":
        if self.further_credentials and self.credential is None:
            raise ValueError("credential beside further_credentials, as the first of them")
        return self

    def entry(self) -> dict[str, Any]:
        """Return the entry that `turnout.yaml` would hold, without what was not given."""
        given = self.model_dump(exclude={"name"}, exclude_unset=True, exclude_none=True)
        if "credential" in given:
            given["api_key"] = given.pop("credential")
        if further := given.pop("further_credentials", None):
            given["api_keys"] = [given.pop("api_key"), *further]
        return given


class ProviderPatch(TypedDict, total=False):
    """New values for some of a provider's settings; what is not given stays.

    Mappings, models and rules are replaced whole, time-outs one by one. Vendor and protocol are
    what a provider is: for others, register another.
    """

    __pydantic_config__ = STRICT  # type: ignore[misc]

    base_url: Text
    credential: Credential | None
    further_credentials: list[Credential]
    enabled: bool
    models: Annotated[list[Model], Field(min_length=1)]
    weight: Count
    priority: Priority
    headers: Headers
    options: dict[Text, Text]
    timeouts: TimeoutsBody
    circuit: CircuitBody
    probe: ProbeBody
    concurrency: ConcurrencyBody


class TargetBody(Body):
    """A step of a chain: `provider` or `provider/model`, and its share within the tier."""

    target: Text
    weight: Count = 1


TargetItem = Annotated[
    Annotated[Text, Tag("text")] | Annotated[TargetBody, Tag("object")], Discriminator(_kind_of)
]
Tiers = Annotated[
    list[Annotated[list[TargetItem], Field(min_length=1)]],
    Field(min_length=1, examples=[[["openai"], ["google"]]]),
]
FailureKinds = list[Annotated[FailureKind, Relaxed]]


class CacheBody(Body):
    """What a chain says itself of the cache; what is not given is the gateway's to say."""

    enabled: bool | None = None
    single_flight: bool | None = None
    only_deterministic: bool | None = None
    ttl_seconds: Seconds | None = None


class ChainBody(Body):
    """A fallback chain. Tiers are tried in order, targets within a tier as the strategy says."""

    name: Text
    tiers: Tiers
    strategy: Annotated[Strategy, Relaxed] = Strategy.WEIGHTED
    deadline_seconds: Seconds = 600.0
    max_attempts: Count = 6
    on: FailureKinds | None = None
    rescue: bool = True
    cache: CacheBody | None = None
    sticky: StickyBody | None = None
    hedge: HedgeBody | None = None


class ChainPatch(TypedDict, total=False):
    """New values for some of a chain's rules; what is not given stays. Tiers are replaced whole."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    tiers: Tiers
    strategy: Annotated[Strategy, Relaxed]
    deadline_seconds: Seconds
    max_attempts: Count
    on: FailureKinds | None
    rescue: bool
    cache: CacheBody | None
    sticky: StickyBody | None
    hedge: HedgeBody | None


FIELD_NAMES = frozenset(
    name
    for body in (
        ProviderBody,
        ProviderPatch,
        ModelBody,
        PriceBody,
        TimeoutsBody,
        ModelTimeoutsBody,
        CacheBody,
        CircuitBody,
        ProbeBody,
        ConcurrencyBody,
        StickyBody,
        HedgeBody,
        ChainBody,
        ChainPatch,
        TargetBody,
    )
    for name in body.__annotations__
)
"""All that a body may hold somewhere, to suggest from."""
