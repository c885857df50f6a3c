"""Failures as Anthropic tells them: https://docs.anthropic.com/en/api/errors."""

from datetime import UTC, datetime

from msgspec.json import encode

from turnout.interfaces.simulator.allowance import Standing
from turnout.interfaces.simulator.dialect import ErrorReply, Failure, Headers
from turnout.interfaces.simulator.profile import ErrorKind
from turnout.interfaces.simulator.stamp import Stamp

_CONTEXT_TOKENS = 200_000
_INVALID = "invalid_request_error"

# kind: status, type, message
_TABLE: dict[ErrorKind, tuple[int, str, str]] = {
    ErrorKind.BAD_REQUEST: (400, _INVALID, "The request is not valid."),
    ErrorKind.UNAUTHORIZED: (401, "authentication_error", "invalid x-api-key"),
    ErrorKind.NOT_FOUND: (404, "not_found_error", "model: {model}"),
    ErrorKind.CONTEXT_TOO_LONG: (
        400,
        _INVALID,
        "prompt is too long: {tokens} tokens > {limit} maximum",
    ),
    ErrorKind.RATE_LIMITED: (
        429,
        "rate_limit_error",
        "This request would exceed the rate limit of 50 requests per minute.",
    ),
    ErrorKind.SERVER_ERROR: (500, "api_error", "Internal server error"),
    ErrorKind.OVERLOADED: (529, "overloaded_error", "Overloaded"),
}
_RETRIED = {ErrorKind.RATE_LIMITED, ErrorKind.SERVER_ERROR, ErrorKind.OVERLOADED}


def write_failure(failure: Failure, stamp: Stamp) -> ErrorReply:
    """The failure with Anthropic's status, headers and body."""
    status, kind, message = _TABLE[failure.kind]
    usual = message.format(
        model=failure.model,
        limit=_CONTEXT_TOKENS,
        tokens=max(failure.prompt_tokens, _CONTEXT_TOKENS + 1),
    )
    error = {"type": kind, "message": failure.message or usual}
    request_id = stamp.id("req_")
    headers: Headers = (
        ("content-type", "application/json"),
        ("request-id", request_id),
        ("x-should-retry", "true" if failure.kind in _RETRIED else "false"),
    )
    if failure.kind is ErrorKind.RATE_LIMITED:
        headers += _limits(failure)
    body = {"type": "error", "error": error, "request_id": request_id}
    return ErrorReply(status, headers, encode(body))


def limit_headers(standing: Standing) -> Headers:
    """How the account stands, as Anthropic tells it with every answer."""
    reset = _moment(standing.now_seconds + standing.reset_seconds)
    headers: Headers = ()
    if standing.requests_limit is not None:
        headers += (
            ("anthropic-ratelimit-requests-limit", str(standing.requests_limit)),
            ("anthropic-ratelimit-requests-remaining", str(standing.requests_left)),
            ("anthropic-ratelimit-requests-reset", reset),
        )
    if standing.tokens_limit is not None:
        headers += (
            ("anthropic-ratelimit-tokens-limit", str(standing.tokens_limit)),
            ("anthropic-ratelimit-tokens-remaining", str(standing.tokens_left)),
            ("anthropic-ratelimit-tokens-reset", reset),
        )
    return headers


def _limits(failure: Failure) -> Headers:
    standing = failure.standing or Standing(
        requests_limit=50,
        requests_left=0,
        tokens_limit=38_000,
        tokens_left=29_000,
        reset_seconds=failure.retry_after_seconds,
        now_seconds=failure.now_seconds,
    )
    return (("retry-after", failure.retry_after), *limit_headers(standing))


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
