"""HedgeBudget: how many second attempts a share of a chain's requests allows."""

from dataclasses import dataclass

MOST_SAVED = 10.0
"""Hedges that quiet times may save up: more at once would be a load of their own."""


@dataclass(slots=True)
class HedgeBudget:
    """A bucket that requests fill and hedges empty; it begins with one.

    So of any number of requests no more than one and the share of them are hedged.
    """

    saved: float = 1.0

    def count_request(self, share: float) -> None:
        """Put in a request's share of a hedge."""
        self.saved = min(self.saved + share, MOST_SAVED)

    def take(self) -> bool:
        """Take out a hedge; False, and nothing taken, when there is no whole one."""
        if self.saved < 1.0:
            return False
        self.saved -= 1.0
        return True
