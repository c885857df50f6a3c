"""How often somebody may try to sign in: the generic cell rate algorithm (ITU-T I.371).

For each name and for each address one time is kept: when it would be free of debt. A try costs
`spacing_seconds`; debt may grow up to `burst` of them.
"""

from collections import OrderedDict
from dataclasses import dataclass, field

MOST_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Allowance:
    """`burst` tries at once, then one for every `spacing_seconds`."""

    burst: int
    spacing_seconds: float


FOR_A_NAME = Allowance(burst=10, spacing_seconds=10.0)
FOR_AN_ADDRESS = Allowance(burst=30, spacing_seconds=2.0)


@dataclass(slots=True)
class SignInLimit:
    """Remembers tries, the least recent of too many forgotten. `now` is monotonic seconds."""

    for_a_name: Allowance = FOR_A_NAME
    for_an_address: Allowance = FOR_AN_ADDRESS
    _free_at: "OrderedDict[str, float]" = field(default_factory=OrderedDict, repr=False)

    def wait_seconds(self, name: str, address: str, now: float) -> float:
        """Count a try; return 0 if it may be made, else how long to wait: then it counts not."""
        owed = {f"name {name}": self.for_a_name, f"address {address}": self.for_an_address}
        wait = max(self._wait(key, allowance, now) for key, allowance in owed.items())
        if wait <= 0:
            for key, allowance in owed.items():
                self._put(key, max(self._free_at.get(key, now), now) + allowance.spacing_seconds)
        return max(wait, 0.0)

    def forgive(self, name: str) -> None:
        """Forget the tries under a name: its owner has just proved to be there."""
        self._free_at.pop(f"name {name}", None)

    def _wait(self, key: str, allowance: Allowance, now: float) -> float:
        debt = max(self._free_at.get(key, now) - now, 0.0)
        return debt - (allowance.burst - 1) * allowance.spacing_seconds

    def _put(self, key: str, free_at: float) -> None:
        self._free_at[key] = free_at
        self._free_at.move_to_end(key)
        if len(self._free_at) > MOST_KEPT:
            self._free_at.popitem(last=False)
