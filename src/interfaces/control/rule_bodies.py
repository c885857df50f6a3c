"""Rules of providers and chains in a body. What is not given has its default, also in a PATCH."""

from typing import Annotated

from pydantic import Field

from turnout.domain.catalog.circuit_limits import CircuitLimits
from turnout.domain.catalog.concurrency_rules import ConcurrencyRules
from turnout.domain.catalog.probe_rules import ProbeKind, ProbeRules
from turnout.domain.routing.hedge_rules import HedgeRules
from turnout.domain.routing.stickiness import Stickiness, StickyBy
from turnout.interfaces.control.fields import LARGEST, Body, Count, Relaxed, Seconds, Share, Text


class CircuitBody(Body):
    """When a circuit opens, and for how long."""

    strikes_to_open: Count = 5
    error_rate_to_open: Share = 0.5
    slow_seconds: Seconds | None = None
    slow_rate_to_open: Share = 0.8
    least_calls: Count = 20
    window_seconds: Seconds = 60.0
    open_seconds: Seconds = 10.0
    open_seconds_cap: Seconds = 300.0

    def rules(self) -> CircuitLimits:
        """Return the domain's rules. Raises DomainError `circuit.*`."""
        return CircuitLimits(**self.model_dump())


class ProbeBody(Body):
    """Whether and how the control plane asks if a provider is well."""

    kind: Annotated[ProbeKind, Relaxed] = ProbeKind.MODELS
    interval_seconds: Seconds = 30.0

    def rules(self) -> ProbeRules:
        """Return the domain's rules."""
        return ProbeRules(self.kind, self.interval_seconds)


class ConcurrencyBody(Body):
    """How many requests may be at a provider at once, and how many may wait for it."""

    adaptive: bool = True
    most: Count | None = None
    queue: Annotated[int, Field(ge=0, le=LARGEST)] = 64
    queue_seconds: Seconds = 5.0

    def rules(self) -> ConcurrencyRules:
        """Return the domain's rules."""
        return ConcurrencyRules(**self.model_dump())


class StickyBody(Body):
    """What requests must have in common to go to the same target."""

    by: Annotated[StickyBy, Relaxed] = StickyBy.PROMPT_PREFIX
    header: Text | None = None

    def rules(self) -> Stickiness:
        """Return the domain's rules. Raises DomainError `stickiness.header`."""
        return Stickiness(self.by, self.header)


class HedgeBody(Body):
    """When a second attempt starts beside a slow first one."""

    after_seconds: Seconds | None = None
    most_share: Share = 0.05

    def rules(self) -> HedgeRules:
        """Return the domain's rules."""
        return HedgeRules(self.after_seconds, self.most_share)
