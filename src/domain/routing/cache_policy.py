"""CachePolicy: which calls may share an answer, and for how long one may be kept."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from turnout.domain.inference.sharing import Sharing

TTL_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class CacheRules:
    """What a chain says itself of the cache; None leaves it to the gateway's policy."""

    enabled: bool | None = None
    single_flight: bool | None = None
    only_deterministic: bool | None = None
    ttl_seconds: float | None = None

    @classmethod
    def of(cls, given: Mapping[str, bool | float]) -> "CacheRules":
        """Return the rules of which `given` names some. Raises TypeError for other names."""
        return cls(**given)  # type: ignore[arg-type]

    def given(self) -> dict[str, bool | float]:
        """Return those rules that are there."""
        rules = ((each.name, getattr(self, each.name)) for each in fields(self))
        return {name: value for name, value in rules if value is not None}


@dataclass(frozen=True, slots=True)
class CachePolicy:
    """The rules in force.

    `enabled` keeps answers for `ttl_seconds`; `single_flight` lets identical calls share an answer
    under way. Both concern only calls that ask for the same answer every time, unless
    `only_deterministic` is false.
    """

    enabled: bool = False
    single_flight: bool = True
    only_deterministic: bool = True
    ttl_seconds: float = TTL_SECONDS

    @property
    def in_force(self) -> bool:
        """Whether any answer may be shared at all."""
        return self.enabled or self.single_flight

    def under(self, rules: CacheRules | None) -> "CachePolicy":
        """Return the policy with what a chain says put in its place."""
        if rules is None:
            return self
        return CachePolicy(
            enabled=_first(rules.enabled, self.enabled),
            single_flight=_first(rules.single_flight, self.single_flight),
            only_deterministic=_first(rules.only_deterministic, self.only_deterministic),
            ttl_seconds=self.ttl_seconds if rules.ttl_seconds is None else rules.ttl_seconds,
        )

    def admits(self, call: Sharing) -> bool:
        """Tell whether the answer to `call` may come from, and go to, other callers.

        The caller's own word decides. Without it, a call that acts is never shared: two callers
        who both carry out one tool call are more than its sender bargained for.
        """
        if not self.in_force or call.wish.opted is False:
            return False
        if call.wish.opted:
            return True
        return not call.acts and (call.repeatable or not self.only_deterministic)


def _first(given: bool | None, usual: bool) -> bool:
    return usual if given is None else given
