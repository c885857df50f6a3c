"""What errors are called and how they are worded, and the FailureKind that each means.

What an error is called weighs most, then what it says, then its HTTP status: servers reuse 400 for
everything, and some (llama.cpp) answer 500 to a prompt that is too long.
"""

import re

from turnout.domain.inference.failure import FailureKind
from turnout.infrastructure.protocols.error_status import kind_of_status

_LABELS: dict[FailureKind, str] = {
    FailureKind.CONTEXT_TOO_LONG: (
        "context_length_exceeded exceed_context_size_error context_window_exceeded "
        "context_window_exceeded_error input_too_long prompt_too_long"
    ),
    FailureKind.QUOTA_EXHAUSTED: (
        "insufficient_quota insufficient_balance insufficient_credits quota_exceeded "
        "exceeded_current_quota_error billing_hard_limit_reached billing_not_active billing_error "
        "credit_balance_too_low payment_required arrearage"
    ),
    FailureKind.CONTENT_REFUSED: (
        "content_filter content_policy_violation responsibleaipolicyviolation moderation_blocked "
        "moderation_error data_inspection_failed datainspectionfailed content_blocked safety"
    ),
    FailureKind.MODEL_MISSING: (
        "model_not_found deploymentnotfound invalid_model model_not_available model_decommissioned "
        "unknown_model model_not_exist modelnotfound model_deprecated not_found_error"
    ),
    FailureKind.RATE_LIMITED: (
        "rate_limit_exceeded rate_limited rate_limit_error rate_limit_reached_error "
        "too_many_requests toomanyrequests resource_exhausted throttled throttling tokens requests "
        "ratelimitreached"
    ),
    FailureKind.AUTH: (
        "invalid_api_key authentication_error permission_error invalid_authentication_error "
        "account_deactivated access_terminated unauthorized unauthenticated permission_denied "
        "unsupported_country_region_territory api_key_invalid"
    ),
    FailureKind.UNSUPPORTED: (
        "unsupported_parameter unsupported_value unsupported_model operationnotsupported "
        "not_supported unimplemented"
    ),
    FailureKind.TIMEOUT: "timeout request_timeout deadline_exceeded timeout_error",
    FailureKind.OVERLOADED: (
        "server_is_overloaded overloaded overloaded_error engine_overloaded capacity_exceeded "
        "engine_overloaded_error unreachable_backend service_unavailable serviceunavailable "
        "service_unavailable_error unavailable"
    ),
}
_KIND_OF_LABEL = {label: kind for kind, words in _LABELS.items() for label in words.split()}


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_QUOTA = _any(
    r"insufficient (?:balance|credits?|funds|quota)", r"exceeded your (?:current|monthly)",
    r"credit balance is too low", r"out of credits", r"(?:spend(?:ing)?|billing|key) limit",
    r"(?:usage|credits?) (?:limit )?(?:exhausted|depleted)",
)  # fmt: skip
_RATE = _any(r"rate.?limit", r"too many requests", r"(?:tokens|requests) per (?:min|day|sec)")
_KEY = _any(
    r"(?:invalid|incorrect|missing|wrong) api.?key", r"api.?key (?:is )?(?:not valid|invalid)"
)
_WORDS: tuple[tuple[FailureKind, re.Pattern[str]], ...] = (
    (FailureKind.QUOTA_EXHAUSTED, _QUOTA),
    (FailureKind.RATE_LIMITED, _RATE),
    (FailureKind.AUTH, _KEY),
    (
        FailureKind.CONTEXT_TOO_LONG,
        _any(
            r"(?:maximum|max|model'?s?) (?:context|prompt|input) (?:length|window|size)",
            r"context (?:length|window|size)[^.]{0,40}exceed", r"exceed[^.]{0,60}context",
            r"context_length", r"max_tokens must be at least 1, got -",
            r"prompt (?:is )?too (?:long|large)", r"input (?:is )?too (?:long|large)",
            r"(?:prompt|input|request)[^.]{0,30} exceeds (?:the )?(?:max|limit)",
            r"input tokens exceed", r"range of input length", r"too many (?:input )?tokens",
            r"`?inputs`? tokens \+ ", r"reduce the length of (?:the|your|either)",
        ),
    ),
    (
        FailureKind.CONTENT_REFUSED,
        _any(
            r"content (?:management|usage|filter\w*)? ?polic", r"content exists risk",
            r"was flagged", r"blocked input", r"safety (?:system|filter|polic)",
            r"inappropriate content", r"(?:violat|against)[^.]{0,40}polic", r"usage policies",
            r"flagged (?:by|as|for)",
        ),
    ),
    (
        FailureKind.UNSUPPORTED,
        _any(
            r"(?:does|do) not (?:currently )?support", r"features? .{0,40}not support",
            r"is not a multimodal model", r"content must be a string",
            r"not (?:supported|enabled) (?:with|for|by|on) (?:this|the) model",
            r"(?:image|audio|video|file|tool|vision)s?(?: \w+)?`? (?:is|are) not "
            r"(?:supported|enabled)",
            r"no endpoints found that support", r"requires \"auto\" tool choice",
            r"expected to be either text or image_url", r"type is unavailable now",
        ),
    ),
    (
        FailureKind.MODEL_MISSING,
        _any(
            r"model\b.{0,200}\b(?:does not|doesn't|not) (?:exist|found)", r"not a valid model",
            r"(?:invalid|unknown|no such) model", r"has been (?:decommissioned|deprecated)",
            r"supported (?:api )?models? (?:names )?are", r"no endpoints found for",
            r"^models?/\S+ is not found", r"model \S+ is not supported",
        ),
    ),
    (FailureKind.OVERLOADED, _any(r"overloaded", r"at capacity", r"temporarily unavail")),
)  # fmt: skip
"""What an error says, in the order in which it is listened to."""

_SETTLED_BY_STATUS = frozenset({401, 402})
"""Statuses that leave nothing to read into the words."""


def kind_of(status: int | None, labels: tuple[str, ...], message: str) -> FailureKind:
    """Classify an error. `status` is None for one inside a 200 that names none."""
    if status is not None and status in _SETTLED_BY_STATUS:
        return kind_of_status(status)
    for label in labels:
        kind = _KIND_OF_LABEL.get(label)
        if kind is not None:
            return kind
    for kind, words in _WORDS:
        if words.search(message):
            return kind
    if status is None:
        asked_wrongly = "invalid_request_error" in labels
        return FailureKind.BAD_REQUEST if asked_wrongly else FailureKind.OVERLOADED
    return kind_of_status(status)
