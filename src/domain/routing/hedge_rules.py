"""When a second attempt starts beside a slow first one."""

from dataclasses import dataclass

from turnout.domain.shared.bounds import positive, share


@dataclass(frozen=True, slots=True)
class HedgeRules:
    """After which wait for the first token, and for which share of the requests at most.

    An `after_seconds` of None means the observed 95th percentile. Raises DomainError `hedge.*`.
    """

    after_seconds: float | None = None
    most_share: float = 0.05

    def __post_init__(self) -> None:
        positive("hedge", after_seconds=self.after_seconds)
        share("hedge", most_share=self.most_share)
