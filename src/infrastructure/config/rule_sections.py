"""The sections of `turnout.yaml` that say how a provider is kept well, and how a chain chooses.

What a provider does not say comes from `upstream`, then from the domain's defaults.
"""

from typing import Annotated

from pydantic import BeforeValidator, model_validator

from turnout.domain.catalog.probe_rules import ProbeKind
from turnout.domain.routing.stickiness import StickyBy
from turnout.infrastructure.config.section import (
    Count,
    Number,
    Section,
    Share,
    Whole,
    mapping_of,
)


def _off(value: object) -> object:
    return "off" if value is False else value  # YAML reads a bare `off` as false


def _switched(value: object) -> object:
    if isinstance(value, bool):
        return {} if value else None
    if isinstance(value, (dict, Section)):
        return value
    raise ValueError("true, false or a mapping")


class CircuitSettings(Section):
    """When a circuit opens, and for how long."""

    strikes_to_open: Whole | None = None
    error_rate_to_open: Share | None = None
    slow_seconds: Number | None = None
    slow_rate_to_open: Share | None = None
    least_calls: Whole | None = None
    window_seconds: Number | None = None
    open_seconds: Number | None = None
    open_seconds_cap: Number | None = None


class ProbeSettings(Section):
    """Whether and how the control plane asks if a provider is well."""

    kind: Annotated[ProbeKind | None, BeforeValidator(_off)] = None
    interval_seconds: Number | None = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: object) -> object:
        expected = f"one of {', '.join(ProbeKind)}, or a mapping with kind"
        return mapping_of(_off(value), str, "kind", expected)


class ConcurrencySettings(Section):
    """How many requests may be at a provider at once, and how many may wait for it."""

    adaptive: bool | None = None
    most: Whole | None = None
    queue: Count | None = None
    queue_seconds: Number | None = None


class StickySettings(Section):
    """What requests must have in common to go to the same target."""

    by: StickyBy = StickyBy.PROMPT_PREFIX
    header: str | None = None


class HedgeSettings(Section):
    """When a second attempt starts beside a slow first one."""

    after_seconds: Number | None = None
    most_share: Share = 0.05


Hedge = Annotated[HedgeSettings | None, BeforeValidator(_switched)]
"""`true` is short for all defaults, `false` for none."""
