"""RetryBudget: how many tries beyond the first a share of recent requests allows.

When everything fails, retries multiply the load on what is failing. A budget in proportion to the
requests keeps them a fixed share, whatever happens (as Finagle's retry budgets do).
"""

from dataclasses import dataclass, field

from turnout.domain.shared.errors import DomainError


@dataclass(slots=True)
class RetryBudget:
    """A bucket that requests fill and retries empty.

    Each request puts in `share` of a retry, each retry takes out one. `reserve` retries are there
    from the start and come back over `window_seconds`, so that quiet times can retry too; the
    bucket holds `most` at most. Raises DomainError `retry_budget.negative`.
    """

    share: float = 0.2
    reserve: float = 10.0
    window_seconds: float = 10.0
    most: float = 100.0
    _retries: float = field(init=False)
    _seen_seconds: float | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        if self.share < 0 or self.reserve < 0 or self.most < self.reserve:
            raise DomainError("retry_budget.negative", "share, reserve or room is negative")
        self._retries = self.reserve

    def count_request(self, now_seconds: float) -> None:
        """Put in a request's share."""
        self._refill(now_seconds)
        self._retries = min(self._retries + self.share, self.most)

    def take(self, now_seconds: float) -> bool:
        """Take out a retry; False, and nothing taken, when there is no whole one."""
        self._refill(now_seconds)
        if self._retries < 1.0:
            return False
        self._retries -= 1.0
        return True

    def _refill(self, now_seconds: float) -> None:
        passed = 0.0 if self._seen_seconds is None else now_seconds - self._seen_seconds
        self._seen_seconds = now_seconds
        if self._retries < self.reserve and passed > 0:
            back = self.reserve * passed / self.window_seconds
            self._retries = min(self._retries + back, self.reserve)
