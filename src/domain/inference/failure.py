"""What can go wrong at a provider, and what each kind of failure means for the request.

ProviderFailure   one class; its `kind` says what matters, and DISPOSITIONS what it means
InvalidRequest    the caller's body breaks the contract of the endpoint
"""

from dataclasses import dataclass
from enum import StrEnum


class FailureKind(StrEnum):
    """Why an attempt failed. The values are the words of a chain's `on:` list."""

    RATE_LIMITED = "rate_limited"
    QUOTA_EXHAUSTED = "quota_exhausted"
    OVERLOADED = "overloaded"
    TIMEOUT = "timeout"
    TRANSPORT = "transport"
    MALFORMED = "malformed"
    AUTH = "auth"
    MODEL_MISSING = "model_missing"
    CONTEXT_TOO_LONG = "context_too_long"
    UNSUPPORTED = "unsupported"
    BAD_REQUEST = "bad_request"
    CONTENT_REFUSED = "content_refused"
    STREAM_BROKEN = "stream_broken"


class MovesOn(StrEnum):
    """Whether a failure sends the request to the next target."""

    ALWAYS = "always"
    IF_LARGER = "if_larger"
    """Only to a target whose context window is larger, or not known to be as small."""
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Disposition:
    """What a kind of failure means: for the request, and for the target's health."""

    moves_on: MovesOn
    hurts_health: bool


_HURT = Disposition(MovesOn.ALWAYS, hurts_health=True)
_COOL = Disposition(MovesOn.ALWAYS, hurts_health=False)
_ASK = Disposition(MovesOn.NEVER, hurts_health=False)

DISPOSITIONS: dict[FailureKind, Disposition] = {
    FailureKind.RATE_LIMITED: _COOL,
    FailureKind.QUOTA_EXHAUSTED: _COOL,
    FailureKind.OVERLOADED: _HURT,
    FailureKind.TIMEOUT: _HURT,
    FailureKind.TRANSPORT: _HURT,
    FailureKind.MALFORMED: _HURT,
    FailureKind.AUTH: _HURT,
    FailureKind.MODEL_MISSING: _HURT,
    FailureKind.CONTEXT_TOO_LONG: Disposition(MovesOn.IF_LARGER, hurts_health=False),
    FailureKind.UNSUPPORTED: Disposition(MovesOn.ALWAYS, hurts_health=False),
    FailureKind.BAD_REQUEST: _ASK,
    FailureKind.CONTENT_REFUSED: _ASK,
    FailureKind.STREAM_BROKEN: Disposition(MovesOn.NEVER, hurts_health=True),
}
"""Every kind, once. A chain's `on:` overrides the first column for that chain."""


class ProviderFailure(Exception):
    """An attempt failed upstream.

    `message` is the provider's own words or ours, without secrets; `status` is the
    provider's HTTP status if there was an answer; `retry_after_seconds` is what the provider
    asked for; `raw` is the start of the provider's body, for operators only.
    """

    def __init__(
        self,
        kind: FailureKind,
        message: str,
        *,
        status: int | None = None,
        retry_after_seconds: float | None = None,
        raw: bytes = b"",
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.status = status
        self.retry_after_seconds = retry_after_seconds
        self.raw = raw

    @property
    def disposition(self) -> Disposition:
        """What this kind of failure means."""
        return DISPOSITIONS[self.kind]


class InvalidRequest(Exception):
    """The caller's request breaks the endpoint's contract.

    `field` is a path into the body (`messages[0].role`), empty when the body as a whole is
    at fault; `message` tells the value found and what was expected.
    """

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field
