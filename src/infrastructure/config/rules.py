"""From the sections of `turnout.yaml` about rules to the domain's rules."""

from collections.abc import Callable
from typing import TypeVar

from turnout.domain.routing.hedge_rules import HedgeRules
from turnout.domain.routing.stickiness import Stickiness
from turnout.infrastructure.config.rule_sections import HedgeSettings, StickySettings
from turnout.infrastructure.config.section import Section

Rules = TypeVar("Rules")


def rules_of(rules: Callable[..., Rules], own: Section, usual: Section) -> Rules:
    """Return what a provider says itself, else what holds for all, else the defaults.

    A key that is given and empty is the default, whatever holds for all. Raises DomainError.
    """
    given = {**usual.model_dump(exclude_unset=True), **own.model_dump(exclude_unset=True)}
    return rules(**{name: value for name, value in given.items() if value is not None})


def stickiness_of(section: StickySettings | None) -> Stickiness | None:
    """Return what a chain says of it, if it does. Raises DomainError `stickiness.header`."""
    return None if section is None else Stickiness(section.by, section.header)


def hedge_of(section: HedgeSettings | None) -> HedgeRules | None:
    """Return what a chain says of it, if it does."""
    return None if section is None else HedgeRules(section.after_seconds, section.most_share)
