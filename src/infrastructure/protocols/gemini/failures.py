"""From Google's errors to a ProviderFailure.

Source: Google's API errors (`{"error": {"code", "message", "status", "details"}}`, the JSON of a
google.rpc.Status; a list of one where a stream was asked for); Gemini API, "Troubleshooting".
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
    "INVALID_ARGUMENT": FailureKind.BAD_REQUEST,
    "FAILED_PRECONDITION": FailureKind.BAD_REQUEST,
    "OUT_OF_RANGE": FailureKind.BAD_REQUEST,
    "UNAUTHENTICATED": FailureKind.AUTH,
    "PERMISSION_DENIED": FailureKind.AUTH,
    "NOT_FOUND": FailureKind.MODEL_MISSING,
    "RESOURCE_EXHAUSTED": FailureKind.RATE_LIMITED,
    "DEADLINE_EXCEEDED": FailureKind.TIMEOUT,
    "CANCELLED": FailureKind.TIMEOUT,
    "UNIMPLEMENTED": FailureKind.UNSUPPORTED,
    "UNAVAILABLE": FailureKind.OVERLOADED,
    "INTERNAL": FailureKind.OVERLOADED,
    "UNKNOWN": FailureKind.OVERLOADED,
    "ABORTED": FailureKind.OVERLOADED,
    "DATA_LOSS": FailureKind.OVERLOADED,
}
_KEY_REASONS = frozenset({"API_KEY_INVALID", "API_KEY_SERVICE_BLOCKED", "API_KEY_EXPIRED"})


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_WORDS = (
    (FailureKind.AUTH, _any(r"api key (?:not valid|not found|expired)")),
    (
        FailureKind.CONTEXT_TOO_LONG,
        _any(
            r"exceeds the maximum number of tokens", r"input token count.{0,60}exceeds",
            r"request payload size exceeds",
        ),
    ),
    (FailureKind.CONTENT_REFUSED, _any(r"prohibited (?:content|use)", r"safety polic")),
    (
        FailureKind.UNSUPPORTED,
        _any(
            r"(?:not|n't) (?:yet |currently )?(?:be )?(?:supported|enabled)", r"unsupported",
            r"(?:does|do)(?: not|n't) support", r"cannot fetch content", r"thought.?signature",
            r"only \d+ candidate", r"only works? in thinking mode",
        ),
    ),
)  # fmt: skip
"""What an invalid argument is said to be, in the order in which it is listened to."""

_SECONDS = re.compile(r"(\d+(?:\.\d+)?)s")
_RETRY_IN = re.compile(r"retry in (\d+(?:\.\d+)?)s", re.IGNORECASE)


class _Violation(msgspec.Struct):
    quotaId: str = ""


class _Detail(msgspec.Struct):
    reason: str = ""
    retryDelay: str = ""
    violations: list[_Violation] = []


class _Error(msgspec.Struct):
    """A google.rpc.Status."""

    code: int = 0
    message: str = ""
    status: str = ""
    details: msgspec.Raw = msgspec.Raw(b"[]")


class _Answer(msgspec.Struct):
    error: _Error | None = None


_DECODE = msgspec.json.Decoder(_Answer | list[_Answer]).decode
_DECODE_DETAILS = msgspec.json.Decoder(list[_Detail]).decode


def failure(status: int, body: bytes) -> ProviderFailure:
    """Classify an error answer with any body. It never raises."""
    error = _error_in(body)
    if error is not None:
        return _classified(error, status, body)
    return ProviderFailure(
        kind_of_status(status), words_of(status, body), status=status, raw=body[:RAW_LENGTH]
    )


def refuse_error(body: bytes) -> None:
    """Raise the failure that a 200, or an event of a stream, tells of; nothing if it tells none."""
    error = _error_in(body)
    if error is not None:
        raise _classified(error, None, body)


def _error_in(body: bytes) -> _Error | None:
    try:
        answers = _DECODE(body)
    except (msgspec.DecodeError, RecursionError):
        return None
    answer: _Answer | None = (answers or [None])[0] if isinstance(answers, list) else answers
    return None if answer is None else answer.error


def _classified(error: _Error, status: int | None, body: bytes) -> ProviderFailure:
    code = status or error.code or 500
    details = _details(error)
    return ProviderFailure(
        _kind(error, code, details),
        clip(error.message) or words_of(code, b""),
        status=status,
        retry_after_seconds=_wait_seconds(error, details),
        raw=body[:RAW_LENGTH],
    )


def _details(error: _Error) -> list[_Detail]:
    try:
        return _DECODE_DETAILS(error.details)
    except msgspec.DecodeError:
        return []


def _kind(error: _Error, code: int, details: list[_Detail]) -> FailureKind:
    if any(detail.reason in _KEY_REASONS for detail in details):
        return FailureKind.AUTH
    kind = _KINDS.get(error.status)
    if kind is None:
        kind = kind_of_status(code)
    if kind is FailureKind.RATE_LIMITED and _by_day(details):
        return FailureKind.QUOTA_EXHAUSTED
    if kind is not FailureKind.BAD_REQUEST:
        return kind
    return next((better for better, words in _WORDS if words.search(error.message)), kind)


def _by_day(details: list[_Detail]) -> bool:
    """Tell whether waiting a little will not help."""
    return any("PerDay" in each.quotaId for detail in details for each in detail.violations)


def _wait_seconds(error: _Error, details: list[_Detail]) -> float | None:
    for detail in details:
        found = _SECONDS.fullmatch(detail.retryDelay)
        if found is not None:
            return float(found[1])
    said = _RETRY_IN.search(error.message)
    return float(said[1]) if said is not None else None
