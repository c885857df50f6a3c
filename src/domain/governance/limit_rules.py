"""LimitRules: which limits the configuration sets for whom."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from turnout.domain.governance.rate_limit import UNLIMITED, RateLimits

EVERYONE = "*"
"""Stands for each one that has no limits of its own."""


@dataclass(frozen=True, slots=True)
class LimitRules:
    """Limits by name; of keys, the names are those of the configuration's (`static-1`).

    A `*` gives everybody else these limits, each by itself.
    """

    keys: Mapping[str, RateLimits] = field(default_factory=dict)
    teams: Mapping[str, RateLimits] = field(default_factory=dict)
    models: Mapping[str, RateLimits] = field(default_factory=dict)
    routes: Mapping[str, RateLimits] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether there are none at all."""
        return not (self.keys or self.teams or self.models or self.routes)


NO_LIMITS = LimitRules()


def of(rules: Mapping[str, RateLimits], name: str) -> RateLimits:
    """Return the limits of `name`."""
    found = rules.get(name)
    return rules.get(EVERYONE, UNLIMITED) if found is None else found
