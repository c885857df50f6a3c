"""Failures as OpenAI tells them: https://platform.openai.com/docs/guides/error-codes."""

from msgspec.json import encode

from turnout.interfaces.simulator.allowance import Standing
from turnout.interfaces.simulator.dialect import ErrorReply, Failure, Headers
from turnout.interfaces.simulator.profile import ErrorKind
from turnout.interfaces.simulator.stamp import Stamp

_CONTEXT_TOKENS = 128_000
_INVALID = "invalid_request_error"

# kind: status, type, code, message
_TABLE: dict[ErrorKind, tuple[int, str, str | None, str]] = {
    ErrorKind.BAD_REQUEST: (400, _INVALID, None, "The request is not valid."),
    ErrorKind.UNAUTHORIZED: (
        401,
        _INVALID,
        "invalid_api_key",
        "Incorrect API key provided: {key}.",
    ),
    ErrorKind.NOT_FOUND: (
        404,
        _INVALID,
        "model_not_found",
        "The model `{model}` does not exist or you do not have access to it.",
    ),
    ErrorKind.CONTEXT_TOO_LONG: (
        400,
        _INVALID,
        "context_length_exceeded",
        "This model's maximum context length is {limit} tokens. However, your messages resulted in "
        "{tokens} tokens. Please reduce the length of the messages.",
    ),
    ErrorKind.RATE_LIMITED: (
        429,
        "requests",
        "rate_limit_exceeded",
        "Rate limit reached for {model} on requests per min (RPM): Limit 500, Used 500, Requested "
        "1. Please try again in {seconds}s.",
    ),
    ErrorKind.SERVER_ERROR: (
        500,
        "server_error",
        None,
        "The server had an error while processing your request. Sorry about that!",
    ),
    ErrorKind.OVERLOADED: (
        503,
        "server_error",
        "server_is_overloaded",
        "The engine is currently overloaded, please try again later.",
    ),
}


def write_failure(failure: Failure, stamp: Stamp) -> ErrorReply:
    """The failure with OpenAI's status, headers and body."""
    status, kind, code, message = _TABLE[failure.kind]
    usual = message.format(
        key=_masked(failure.credential),
        model=failure.model,
        limit=_CONTEXT_TOKENS,
        tokens=max(failure.prompt_tokens, _CONTEXT_TOKENS + 1),
        seconds=failure.retry_after_seconds,
    )
    error = {
        "message": failure.message or usual,
        "type": kind,
        "param": failure.field
        or ("messages" if failure.kind is ErrorKind.CONTEXT_TOO_LONG else None),
        "code": failure.code or code,
    }
    headers = (("content-type", "application/json"), ("x-request-id", stamp.id("req_")))
    return ErrorReply(status, headers + _limits(failure), encode({"error": error}))


def limit_headers(standing: Standing) -> Headers:
    """How the account stands, as OpenAI tells it with every answer."""
    reset = _duration(standing.reset_seconds)
    headers: Headers = ()
    if standing.requests_limit is not None:
        headers += (
            ("x-ratelimit-limit-requests", str(standing.requests_limit)),
            ("x-ratelimit-remaining-requests", str(standing.requests_left)),
            ("x-ratelimit-reset-requests", reset),
        )
    if standing.tokens_limit is not None:
        headers += (
            ("x-ratelimit-limit-tokens", str(standing.tokens_limit)),
            ("x-ratelimit-remaining-tokens", str(standing.tokens_left)),
            ("x-ratelimit-reset-tokens", reset),
        )
    return headers


def _limits(failure: Failure) -> Headers:
    if failure.kind is ErrorKind.OVERLOADED:
        return (("retry-after", failure.retry_after),)
    if failure.kind is not ErrorKind.RATE_LIMITED:
        return ()
    seconds = failure.retry_after_seconds
    asked: Headers = (("retry-after", failure.retry_after),)
    if not failure.retry_after_as_date:
        asked += (("retry-after-ms", str(seconds * 1000)),)
    standing = failure.standing or Standing(
        requests_limit=500,
        requests_left=0,
        tokens_limit=200_000,
        tokens_left=150_000,
        reset_seconds=seconds,
        now_seconds=failure.now_seconds,
    )
    return asked + limit_headers(standing)


def _duration(seconds: float) -> str:
    """Seconds as in `20ms`, `8.64s` or `6m0s`."""
    if seconds < 1:
        return f"{seconds * 1000:.0f}ms" if seconds else "0s"
    minutes, rest = divmod(round(seconds, 3), 60)
    return f"{minutes:.0f}m{rest:g}s" if minutes else f"{rest:g}s"


def _masked(key: str) -> str:
    return f"{key[:3]}***{key[-2:]}" if len(key) > 8 else "***"
