"""How long to wait for a provider, each phase apart."""

from dataclasses import dataclass, fields

from turnout.domain.shared.errors import DomainError


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: to connect, to a stream's first token, between two tokens, and for a whole attempt.

    Raises DomainError `timeouts.not_positive`.
    """

    connect_seconds: float = 5.0
    first_token_seconds: float = 10.0
    between_tokens_seconds: float = 30.0
    total_seconds: float = 300.0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not value > 0:
                raise DomainError(
                    "timeouts.not_positive", f"{field.name} is {value}: expected more than 0"
                )
