"""How many requests may be at a provider at once, and how many may wait for it."""

from dataclasses import dataclass

from turnout.domain.shared.bounds import at_least, positive


@dataclass(frozen=True, slots=True)
class ConcurrencyRules:
    """A limit on the requests under way, and the queue before it.

    With `adaptive`, the limit is learned from latency and never exceeds `most`; without, it is
    `most`. A `most` of None sets no bound. Up to `queue` requests wait for at most `queue_seconds`;
    0 means that none waits. Raises DomainError `concurrency.*`.
    """

    adaptive: bool = True
    most: int | None = None
    queue: int = 64
    queue_seconds: float = 5.0

    def __post_init__(self) -> None:
        at_least("concurrency", 1, most=self.most)
        at_least("concurrency", 0, queue=self.queue)
        positive("concurrency", queue_seconds=self.queue_seconds)
