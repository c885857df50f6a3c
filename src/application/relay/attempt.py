"""One try at one target, and what became of it."""

from dataclasses import dataclass

from turnout.application.ports.usage_ledger import AttemptOutcome
from turnout.domain.catalog.deployment import Deployment
from turnout.domain.inference.failure import ProviderFailure
from turnout.domain.inference.usage import TokenUsage
from turnout.domain.routing.load import HeadroomReader
from turnout.domain.routing.route_plan import PlannedTarget


@dataclass(slots=True)
class Attempt:
    """Filled in while the try goes on; settled once, at its end.

    Times are seconds of the monotonic clock. `waited_seconds` is the part spent on the provider;
    an attempt beside another began `behind_seconds` after it.
    """

    target: PlannedTarget
    number: int
    started_seconds: float
    streamed: bool = False
    behind_seconds: float = 0.0
    first_token_seconds: float | None = None
    waited_seconds: float = 0.0
    usage: TokenUsage | None = None
    outcome: AttemptOutcome = AttemptOutcome.ABANDONED
    failure: ProviderFailure | None = None
    headroom: HeadroomReader | None = None
    """Tells what the provider said of its rate limits; see Load.hear."""
    settled: bool = False

    @property
    def deployment(self) -> Deployment:
        """The model that is asked, and where."""
        return self.target.deployment

    def completed(self) -> None:
        """The answer came whole."""
        self.outcome = AttemptOutcome.COMPLETED

    def failed(self, failure: ProviderFailure) -> None:
        """The provider failed; what is called off may well end so."""
        if self.outcome is AttemptOutcome.HEDGED:
            return
        self.outcome = AttemptOutcome.FAILED
        self.failure = failure

    def outrun(self) -> None:
        """Another attempt at the same request has answered first: this one is called off."""
        self.outcome = AttemptOutcome.HEDGED
