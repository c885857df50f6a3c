"""Headroom: what a provider says is left of its rate limits."""

from dataclasses import dataclass

FULL = 1.0
"""The share that is left of a limit nobody knows of."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """One limit: `remaining` of `limit`, and full again in `full_in_seconds`.

    Providers let what was used come back bit by bit; where one gives all of it back at once, what
    is read in between is too much, and its 429 says so.
    """

    limit: float
    remaining: float
    full_in_seconds: float

    def share(self, age_seconds: float, taken: float) -> float:
        """Return the part that is left `age_seconds` later, when `taken` more is under way.

        Below 0 where more is taken than there is.
        """
        used = self.limit - self.remaining
        if age_seconds >= self.full_in_seconds:
            used = 0.0
        elif used > 0.0:
            used *= 1.0 - age_seconds / self.full_in_seconds
        return FULL - (used + taken) / self.limit


@dataclass(frozen=True, slots=True)
class Headroom:
    """The limits on requests and on tokens; None where the provider tells of none."""

    requests: Bucket | None = None
    tokens: Bucket | None = None

    def share(self, age_seconds: float, in_flight: int, tokens_each: int) -> float:
        """Return the part that is left of the limit with the least, after those `in_flight`."""
        requests, tokens = self.requests, self.tokens
        left = FULL if requests is None else requests.share(age_seconds, in_flight)
        if tokens is None:
            return left
        return min(left, tokens.share(age_seconds, in_flight * tokens_each))
