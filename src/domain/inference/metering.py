"""What counts a request's use while it is under way."""

from dataclasses import dataclass
from typing import Protocol

from turnout.domain.inference.usage import TokenUsage


@dataclass(slots=True)
class Remaining:
    """How a limit stands: `left` of `limit`, and all of it in `reset_seconds`.

    Not frozen since there are some for every request.
    """

    limit: int
    left: int
    reset_seconds: float


class Meter(Protocol):
    """One request's. `requests` and `tokens` are None where they are not limited."""

    @property
    def requests(self) -> Remaining | None: ...

    @property
    def tokens(self) -> Remaining | None: ...

    @property
    def has_bars(self) -> bool:
        """Whether some targets may not be asked."""
        ...

    def bars(self, provider: str, *, is_priced: bool) -> tuple[str, str] | None:
        """Return why a target may not be asked, a rule and words; None where it may."""
        ...

    def used(self, usage: TokenUsage | None) -> None:
        """Learn what an attempt has used; None for nothing that is known."""
        ...
