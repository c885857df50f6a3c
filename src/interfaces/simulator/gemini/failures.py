"""Failures as the Gemini API tells them: https://ai.google.dev/gemini-api/docs/troubleshooting."""

from typing import Any

from msgspec.json import encode

from turnout.interfaces.simulator.dialect import ErrorReply, Failure, Headers
from turnout.interfaces.simulator.profile import ErrorKind
from turnout.interfaces.simulator.stamp import Stamp

_CONTEXT_TOKENS = 1_048_576
_INVALID = "INVALID_ARGUMENT"
_TYPE = "type.googleapis.com/google.rpc."
_METHODS = {
    "generate_content": "generateContent",
    "stream_generate_content": "streamGenerateContent",
    "embed_content": "embedContent",
    "batch_embed_contents": "batchEmbedContents",
    "count_tokens": "countTokens",
}

# kind: status, status in words, message
_TABLE: dict[ErrorKind, tuple[int, str, str]] = {
    ErrorKind.BAD_REQUEST: (400, _INVALID, "Request contains an invalid argument."),
    ErrorKind.UNAUTHORIZED: (400, _INVALID, "API key not valid. Please pass a valid API key."),
    ErrorKind.NOT_FOUND: (
        404,
        "NOT_FOUND",
        "models/{model} is not found for API version v1beta, or is not supported for {method}. "
        "Call ListModels to see the list of available models and their supported methods.",
    ),
    ErrorKind.CONTEXT_TOO_LONG: (
        400,
        _INVALID,
        "The input token count ({tokens}) exceeds the maximum number of tokens allowed ({limit}).",
    ),
    ErrorKind.RATE_LIMITED: (
        429,
        "RESOURCE_EXHAUSTED",
        "You exceeded your current quota, please check your plan and billing details. "
        "Please retry in {seconds}s.",
    ),
    ErrorKind.SERVER_ERROR: (500, "INTERNAL", "An internal error has occurred. Please retry."),
    ErrorKind.OVERLOADED: (
        503,
        "UNAVAILABLE",
        "The model is overloaded. Please try again later.",
    ),
}


def write_failure(failure: Failure, stamp: Stamp) -> ErrorReply:
    """The failure with Google's status and body; a wrong key is 400 there, a missing one 403."""
    status, words, message = _TABLE[failure.kind]
    if failure.kind is ErrorKind.UNAUTHORIZED and not failure.credential:
        status, words = 403, "PERMISSION_DENIED"
        message = "Method doesn't allow unregistered callers. Please use API Key to call this API."
    usual = message.format(
        model=failure.model,
        method=_METHODS.get(failure.operation, failure.operation),
        limit=_CONTEXT_TOKENS,
        tokens=max(failure.prompt_tokens, _CONTEXT_TOKENS + 1),
        seconds=failure.retry_after_seconds,
    )
    error: dict[str, Any] = {"code": status, "message": failure.message or usual, "status": words}
    details = _details(failure) if status in (400, 429) else []
    if details:
        error["details"] = details
    headers: Headers = (("content-type", "application/json; charset=UTF-8"),)
    if status == 429:
        headers += (("retry-after", failure.retry_after),)
    return ErrorReply(status, headers, encode({"error": error}))


def _details(failure: Failure) -> list[dict[str, Any]]:
    if failure.kind is ErrorKind.UNAUTHORIZED:
        reason = {"reason": "API_KEY_INVALID", "domain": "googleapis.com"}
        return [{"@type": f"{_TYPE}ErrorInfo", **reason}]
    if failure.kind is ErrorKind.RATE_LIMITED:
        violation = {"quotaId": "GenerateRequestsPerMinutePerProjectPerModel"}
        return [
            {"@type": f"{_TYPE}QuotaFailure", "violations": [violation]},
            {"@type": f"{_TYPE}RetryInfo", "retryDelay": f"{failure.retry_after_seconds}s"},
        ]
    if failure.field:
        violation = {"field": failure.field, "description": failure.message}
        return [{"@type": f"{_TYPE}BadRequest", "fieldViolations": [violation]}]
    return []
