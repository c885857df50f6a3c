"""Stickiness: what requests must have in common to go to the same target."""

from dataclasses import dataclass
from enum import StrEnum

from turnout.domain.shared.errors import DomainError


class StickyBy(StrEnum):
    """What is compared: the caller's key, a request header, or the beginning of the prompt."""

    KEY = "key"
    HEADER = "header"
    PROMPT_PREFIX = "prompt_prefix"


@dataclass(frozen=True, slots=True)
class Stickiness:
    """`header` names the header, in whatever case, where that is what is compared.

    Raises DomainError `stickiness.header` when it is named without being compared, or the other
    way round.
    """

    by: StickyBy = StickyBy.KEY
    header: str | None = None

    def __post_init__(self) -> None:
        if self.by is StickyBy.HEADER and not self.header:
            raise DomainError(
                "stickiness.header", "sticky.by is 'header': expected sticky.header to name one"
            )
        if self.by is not StickyBy.HEADER and self.header is not None:
            raise DomainError(
                "stickiness.header",
                f"sticky.header is {self.header!r}: expected only where sticky.by is 'header'",
            )
