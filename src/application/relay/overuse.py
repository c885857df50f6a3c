"""Refusals of who has used too much."""

from turnout.application.ports.limit_store import Counter, Verdict
from turnout.application.relay.answers import RelayError
from turnout.domain.shared.ids import RequestId

_WORDS = {
    "requests": "{limit} requests a minute",
    "tokens": "{limit} tokens a minute",
    "concurrent": "{limit} requests at once",
}


class LimitReached(RelayError):
    """A limit lets no more through for now; `verdict` tells when it will."""

    def __init__(self, request_id: RequestId, counter: Counter, verdict: Verdict) -> None:
        kind = counter.owner.partition(":")[0]
        words = _WORDS[counter.measure.value].format(limit=counter.limit)
        super().__init__(request_id, f"The limit of this {kind} is reached: {words}.")
        self.counter = counter
        self.verdict = verdict


class BudgetSpent(RelayError):
    """A budget has no room for the request; it begins anew in `reset_seconds`."""

    def __init__(self, request_id: RequestId, words: str, reset_seconds: float) -> None:
        super().__init__(request_id, words)
        self.reset_seconds = reset_seconds


class BudgetUnknown(RelayError):
    """Nobody can tell now what is left of a budget that must not be exceeded."""

    def __init__(self, request_id: RequestId) -> None:
        super().__init__(
            request_id, "What is left of a budget cannot be looked up now; try again shortly."
        )
