"""One try at one target, and what became of it."""

from dataclasses import dataclass

from turnout.application.ports.usage_ledger import AttemptOutcome
from turnout.domain.catalog.deployment import Deployment
from turnout.domain.inference.failure import ProviderFailure
from turnout.domain.inference.usage import TokenUsage
from turnout.domain.routing.route_plan import PlannedTarget


@dataclass(slots=True)
class Attempt:
    """Filled in while the try goes on; settled once, at its end.

    Times are seconds of the monotonic clock. `waited_seconds` is the part spent on the provider.
    """

    target: PlannedTarget
    number: int
    started_seconds: float
    first_token_seconds: float | None = None
    waited_seconds: float = 0.0
    usage: TokenUsage | None = None
    outcome: AttemptOutcome = AttemptOutcome.ABANDONED
    failure: ProviderFailure | None = None
    settled: bool = False

    @property
    def deployment(self) -> Deployment:
        """The model that is asked, and where."""
        return self.target.deployment

    def completed(self) -> None:
        """The answer came whole."""
        self.outcome = AttemptOutcome.COMPLETED

    def failed(self, failure: ProviderFailure) -> None:
        """The provider failed."""
        self.outcome = AttemptOutcome.FAILED
        self.failure = failure
