"""The section `limits` of `turnout.yaml`: how often and how much callers may ask."""

from collections.abc import Mapping

from turnout.domain.governance.limit_rules import LimitRules
from turnout.domain.governance.rate_limit import RateLimits
from turnout.infrastructure.config.section import Section, Whole


class LimitEntry(Section):
    """The limits of one; what is not given is not limited."""

    requests_per_minute: Whole | None = None
    tokens_per_minute: Whole | None = None
    concurrent_requests: Whole | None = None


class Limits(Section):
    """Limits by name; `*` stands for everybody without an entry, each by itself.

    Keys are those of `server.access_keys` (`static-1`, ...); models count by their own names.
    """

    keys: dict[str, LimitEntry] = {}
    teams: dict[str, LimitEntry] = {}
    models: dict[str, LimitEntry] = {}
    routes: dict[str, LimitEntry] = {}

    def rules(self) -> LimitRules:
        """Return what it says, as the domain has it."""
        return LimitRules(
            _rules(self.keys), _rules(self.teams), _rules(self.models), _rules(self.routes)
        )


def _rules(entries: Mapping[str, LimitEntry]) -> dict[str, RateLimits]:
    return {name: RateLimits(**entry.model_dump()) for name, entry in entries.items()}
