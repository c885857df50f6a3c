"""From Anthropic's errors to a ProviderFailure.

Source: Anthropic's API errors (`{"type": "error", "error": {"type", "message"}}`). Many different
faults are called `invalid_request_error`, so their words are listened to.
"""

import re

import msgspec

from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.infrastructure.protocols.error_status import (
    RAW_LENGTH,
    clip,
    kind_of_status,
    words_of,
)

_KINDS = {
    "invalid_request_error": FailureKind.BAD_REQUEST,
    "request_too_large": FailureKind.CONTEXT_TOO_LONG,
    "authentication_error": FailureKind.AUTH,
    "permission_error": FailureKind.AUTH,
    "billing_error": FailureKind.QUOTA_EXHAUSTED,
    "not_found_error": FailureKind.MODEL_MISSING,
    "rate_limit_error": FailureKind.RATE_LIMITED,
    "timeout_error": FailureKind.TIMEOUT,
    "conflict_error": FailureKind.OVERLOADED,
    "api_error": FailureKind.OVERLOADED,
    "overloaded_error": FailureKind.OVERLOADED,
}


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_WORDS = (
    (
        FailureKind.CONTEXT_TOO_LONG,
        _any(
            r"prompt is too long", r"exceeds? (?:the )?context (?:limit|window)",
            r"input is too long", r"too many (?:total )?(?:text )?(?:tokens|bytes)",
        ),
    ),
    (
        FailureKind.QUOTA_EXHAUSTED,
        _any(r"credit balance is too low", r"reached your specified .*usage limit"),
    ),
    (FailureKind.CONTENT_REFUSED, _any(r"content filtering policy", r"usage policy")),
    (
        FailureKind.UNSUPPORTED,
        _any(
            r"(?:does|do) not (?:currently )?support", r"(?:not|n't) (?:be )?supported",
            r"unsupported", r"cannot both be specified", r"maximum allowed number of output",
            r"extra inputs are not permitted", r"first message must use", r"is deprecated for",
            r"unable to (?:download|fetch)", r"(?:could not|failed to) (?:process|download) image",
            r"invalid `?signature`?", r"schema is too complex",
        ),
    ),
)  # fmt: skip
"""What an `invalid_request_error` says, in the order in which it is listened to."""


class WireError(msgspec.Struct):
    """The inner object of an error."""

    type: str | None = None
    message: str | None = None


class _Answer(msgspec.Struct):
    error: WireError | None = None


_DECODE = msgspec.json.Decoder(_Answer).decode


def failure(status: int, body: bytes) -> ProviderFailure:
    """Classify an error answer with any body. It never raises."""
    error = _error_in(body)
    if error is None:
        kind, message = kind_of_status(status), words_of(status, body)
    else:
        kind, message = _kind(error, status), error.message or words_of(status, b"")
    return ProviderFailure(kind, clip(message), status=status, raw=body[:RAW_LENGTH])


def refuse_error(body: bytes) -> None:
    """Raise the failure that a 200 tells of; nothing if it tells of none."""
    error = _error_in(body)
    if error is not None:
        raise failure_inside(error, body)


def failure_inside(error: WireError, raw: bytes) -> ProviderFailure:
    """Classify an error that came inside a 200, whole or in a stream."""
    message = error.message or "the provider reported an error without words"
    return ProviderFailure(_kind(error, 500), clip(message), raw=raw[:RAW_LENGTH])


def _error_in(body: bytes) -> WireError | None:
    try:
        return _DECODE(body).error
    except (msgspec.DecodeError, RecursionError):
        return None


def _kind(error: WireError, status: int) -> FailureKind:
    kind = _KINDS.get(error.type or "")
    if kind is None:
        kind = kind_of_status(status)
    if kind is not FailureKind.BAD_REQUEST:
        return kind
    said = error.message or ""
    return next((better for better, words in _WORDS if words.search(said)), kind)
