import pytest
from pydantic import ValidationError

from turnout.domain.governance.limit_rules import NO_LIMITS
from turnout.domain.governance.rate_limit import RateLimits
from turnout.infrastructure.config.limit_sections import Limits


def test_limits_become_rules() -> None:
    assert Limits().rules() == NO_LIMITS
    said = {"keys": {"*": {"requests_per_minute": 3}}, "routes": {"a": {"concurrent_requests": 1}}}
    rules = Limits.model_validate(said).rules()
    assert rules.keys == {"*": RateLimits(3)}
    assert rules.routes == {"a": RateLimits(concurrent_requests=1)}


@pytest.mark.parametrize("wrong", [0, -1, True, 1.5])
def test_limits_are_whole_numbers_above_nothing(wrong: object) -> None:
    with pytest.raises(ValidationError):
        Limits.model_validate({"teams": {"ads": {"tokens_per_minute": wrong}}})
