import pytest
from pydantic import ValidationError

from turnout.domain.governance.rate_limit import RateLimits
from turnout.interfaces.control.budget_schemas import BudgetBody, LimitsAnswer, LimitsBody


def test_limits_come_out_as_they_went_in() -> None:
    limits = LimitsBody(requests_per_minute=1, concurrent_requests=2).limits()
    assert limits == RateLimits(1, None, 2)
    assert LimitsAnswer.of(limits).concurrent_requests == 2


def test_no_more_than_billionths_of_a_dollar() -> None:
    body = {"kind": "key", "subject": "a", "window": "day", "limit_dollars": "0.0000000001"}
    with pytest.raises(ValidationError, match="decimal places"):
        BudgetBody.model_validate(body)
