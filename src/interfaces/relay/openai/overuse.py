"""What callers are told who have used too much."""

import math

from turnout.application.relay.overuse import BudgetSpent, BudgetUnknown, LimitReached
from turnout.interfaces.relay.openai.limit_headers import limit_headers
from turnout.interfaces.relay.openai.refusal import Refusal

_RATE = "rate_limit_error"


def overuse_refusal(error: LimitReached | BudgetSpent | BudgetUnknown) -> Refusal:
    """Return what the caller is told."""
    match error:
        case LimitReached():
            verdict = error.verdict
            told = limit_headers(verdict.requests, verdict.tokens)
            later = ("retry-after", str(max(1, math.ceil(verdict.wait_seconds))))
            code = _code(error)
            return Refusal(429, error.message, _RATE, code, headers=(later, *told))
        case BudgetSpent():
            reset = ("retry-after", str(max(1, math.ceil(error.reset_seconds))))
            quota = "insufficient_quota"
            return Refusal(429, error.message, quota, "budget_spent", headers=(reset,))
        case BudgetUnknown():
            soon = (("retry-after", "2"),)
            return Refusal(503, error.message, "server_error", "budget_unknown", headers=soon)


def _code(error: LimitReached) -> str:
    is_place = error.counter.measure.value == "concurrent"
    return "too_many_concurrent_requests" if is_place else "rate_limit_exceeded"
