"""What callers are told when there is no answer, in OpenAI's shape of an error.

    {"error": {"message": str, "type": str, "param": str | null, "code": str | null}}

Source: OpenAI's error codes. A provider's own 401 or 404 is the operator's trouble, never the
caller's, and comes out as a 502.
"""

import math
from dataclasses import dataclass, replace

from turnout.application.relay.answers import (
    NoRoom,
    NoTargetFits,
    RelayFailed,
    RescueDiverged,
    UnknownModel,
)
from turnout.application.relay.hold import BUDGET_SPENT
from turnout.application.relay.overuse import BudgetSpent, BudgetUnknown, LimitReached
from turnout.domain.governance.grant import AccessDenied, AccessUnknown
from turnout.domain.inference.failure import FailureKind, InvalidRequest, ProviderFailure
from turnout.interfaces.relay.openai.overuse import overuse_refusal
from turnout.interfaces.relay.openai.refusal import Refusal
from turnout.interfaces.relay.rsgi.body import BodyCut, BodyTooLarge
from turnout.interfaces.relay.rsgi.in_flight import Interruption
from turnout.interfaces.relay.rsgi.outflow import CallerStalled

_INVALID = "invalid_request_error"
_SERVER = "server_error"


class Refused(Exception):
    """A request that is refused at the door, in the words of `refusal`."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class _Told:
    """How a kind of failure is told; `message` replaces the provider's where that is not meant
    for the caller."""

    status: int
    type: str
    code: str | None
    message: str | None = None


_TOLD: dict[FailureKind, _Told] = {
    FailureKind.RATE_LIMITED: _Told(429, "rate_limit_error", "rate_limit_exceeded"),
    FailureKind.QUOTA_EXHAUSTED: _Told(429, "insufficient_quota", "insufficient_quota"),
    FailureKind.OVERLOADED: _Told(503, _SERVER, "overloaded"),
    FailureKind.TIMEOUT: _Told(504, _SERVER, "timeout"),
    FailureKind.TRANSPORT: _Told(502, _SERVER, "transport"),
    FailureKind.MALFORMED: _Told(502, _SERVER, "malformed"),
    FailureKind.STREAM_BROKEN: _Told(502, _SERVER, "stream_broken"),
    FailureKind.AUTH: _Told(
        502, _SERVER, "provider_auth", "The provider did not accept Turnout's credentials."
    ),
    FailureKind.MODEL_MISSING: _Told(
        502, _SERVER, "provider_model_missing", "The provider does not know the model it was asked."
    ),
    FailureKind.CONTEXT_TOO_LONG: _Told(400, _INVALID, "context_length_exceeded"),
    FailureKind.UNSUPPORTED: _Told(400, _INVALID, "unsupported"),
    FailureKind.BAD_REQUEST: _Told(400, _INVALID, None),
    FailureKind.CONTENT_REFUSED: _Told(400, _INVALID, "content_filter"),
}
_INTERRUPTED: dict[Interruption, Refusal] = {
    Interruption.SLOW_BODY: Refusal(
        408, "The body of the request did not come in time.", code="request_timeout"
    ),
    Interruption.DRAINED: Refusal(
        503,
        "Turnout is being stopped and could not finish this request.",
        _SERVER,
        "shutting_down",
        headers=(("retry-after", "1"),),
    ),
}
INTERNAL_ERROR = Refusal(500, "Something went wrong inside Turnout.", _SERVER, "internal_error")


def refusal_of(error: Exception) -> Refusal | None:
    """Return what the caller is told of `error`; None for what nobody has foreseen."""
    match error:
        case Refused():
            return error.refusal
        case InvalidRequest():
            return Refusal(400, error.message, param=error.field or None)
        case UnknownModel():
            return Refusal(404, error.message, code="model_not_found", param="model")
        case NoTargetFits():
            return _none_fits(error)
        case NoRoom():
            return _busy(error)
        case RelayFailed():
            return _relay_refusal(error)
        case RescueDiverged():
            return Refusal(502, error.message, _SERVER, code="rescue_diverged")
        case ProviderFailure():
            return _provider_refusal(error)
    return _refusal_unread(error)


def _none_fits(error: NoTargetFits) -> Refusal:
    if error.asks_too_much:
        return Refusal(400, error.message, code="no_target_fits", param="model")
    if any(drop.rule == BUDGET_SPENT for drop in error.plan.drops):
        return Refusal(429, error.message, "insufficient_quota", code="budget_spent")
    return Refusal(503, error.message, _SERVER, code="no_provider_available")


def _relay_refusal(error: RelayFailed) -> Refusal:
    failure = error.failures[-1]
    own = _provider_refusal(failure)
    if error.unavailable_seconds is None or not failure.disposition.hurts_health:
        return own
    later = (("retry-after", str(max(1, math.ceil(error.unavailable_seconds)))),)
    if not error.last_resort:
        return replace(own, headers=own.headers or later)
    message = f"No provider of {error.route!r} can be asked now; a last try failed too."
    return Refusal(503, message, _SERVER, code="no_provider_available", headers=later)


def _busy(error: NoRoom) -> Refusal:
    headers = (("retry-after", str(math.ceil(error.retry_after_seconds))),)
    status, kind = (429, "rate_limit_error") if error.rate_limited else (503, _SERVER)
    return Refusal(status, error.message, kind, code="at_capacity", headers=headers)


def _refusal_unread(error: Exception) -> Refusal | None:
    """Return what is told of requests that could not or need not be read."""
    match error:
        case LimitReached() | BudgetSpent() | BudgetUnknown():
            return overuse_refusal(error)
        case AccessDenied():
            challenge = (("www-authenticate", "Bearer"),)
            return Refusal(401, error.message, code="invalid_api_key", headers=challenge)
        case AccessUnknown():
            later = (("retry-after", "1"),)
            return Refusal(503, error.message, _SERVER, code="access_unknown", headers=later)
        case BodyTooLarge():
            limit = f"The body is longer than the {error.limit_bytes} bytes that are allowed."
            return Refusal(413, limit, code="request_too_large")
        case CallerStalled():
            return Refusal(408, "The answer was not read for too long.", code="caller_stalled")
        case BodyCut():
            return Refusal(400, "The body ended before its announced length.")
        case RecursionError():
            return Refusal(400, "The body is nested too deeply.")
    return None


def interruption_refusal(why: Interruption) -> Refusal | None:
    """Return what the caller is told of an interruption; None where nobody is left to be told."""
    return _INTERRUPTED.get(why)


def unknown_path(method: str, path: str) -> Refusal:
    """Return the answer to a request for what is not there."""
    return Refusal(404, f"There is nothing at {method} {path}.", code="unknown_url")


def wrong_method(method: str, path: str, allowed: str) -> Refusal:
    """Return the answer to a request with a method that the path does not have."""
    message = f"{path} does not allow {method}, but {allowed}."
    headers = (("allow", allowed),)
    return Refusal(405, message, code="method_not_allowed", headers=headers)


def unlisted_model(model: str) -> Refusal:
    """Return the answer to a question about a model that is not offered."""
    message = f"The model {model!r} does not exist."
    return Refusal(404, message, code="model_not_found", param="model")


def _provider_refusal(failure: ProviderFailure) -> Refusal:
    told = _TOLD[failure.kind]
    headers: tuple[tuple[str, str], ...] = ()
    if failure.retry_after_seconds is not None and told.status in {429, 503}:
        headers = (("retry-after", str(max(0, math.ceil(failure.retry_after_seconds)))),)
    message = told.message or failure.message
    return Refusal(told.status, message, told.type, told.code, headers=headers)
