"""How long to wait for a provider, each phase apart."""

from dataclasses import dataclass, fields

from turnout.domain.shared.errors import DomainError

FIRST_TOKEN_SECONDS = 10.0
BETWEEN_TOKENS_SECONDS = 30.0
THINKING_SECONDS = 120.0
"""Both of these for a model that may think in silence, where nobody has set them."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: to connect, to a stream's first token, between two tokens, and for a whole attempt.

    None is a limit that depends on the model: see `AttemptLimits.of`. Raises DomainError
    `timeouts.not_positive`.
    """

    connect_seconds: float = 5.0
    first_token_seconds: float | None = None
    between_tokens_seconds: float | None = None
    total_seconds: float = 300.0

    def __post_init__(self) -> None:
        _check(self)


@dataclass(frozen=True, slots=True)
class ModelTimeouts:
    """What the operator says of one model; None leaves it to the provider's Timeouts.

    Raises DomainError `timeouts.not_positive`.
    """

    first_token_seconds: float | None = None
    between_tokens_seconds: float | None = None
    total_seconds: float | None = None

    def __post_init__(self) -> None:
        _check(self)


@dataclass(slots=True)
class AttemptLimits:
    """The limits of one attempt, in seconds. Not frozen since there is one for every attempt."""

    first_token_seconds: float
    between_tokens_seconds: float
    total_seconds: float

    @classmethod
    def of(cls, usual: Timeouts, own: ModelTimeouts, *, thinks: bool) -> "AttemptLimits":
        """Return the model's own limits, else the provider's, else the defaults.

        A model that `thinks` may be silent for longer by default.
        """
        first = own.first_token_seconds or usual.first_token_seconds
        between = own.between_tokens_seconds or usual.between_tokens_seconds
        return cls(
            first or (THINKING_SECONDS if thinks else FIRST_TOKEN_SECONDS),
            between or (THINKING_SECONDS if thinks else BETWEEN_TOKENS_SECONDS),
            own.total_seconds or usual.total_seconds,
        )


def _check(limits: Timeouts | ModelTimeouts) -> None:
    for field in fields(limits):
        value = getattr(limits, field.name)
        if value is not None and not value > 0:
            raise DomainError(
                "timeouts.not_positive", f"{field.name} is {value}: expected more than 0"
            )
