import pytest

from turnout.domain.catalog.timeouts import Timeouts
from turnout.domain.shared.errors import DomainError


@pytest.mark.parametrize("value", [0, -1.0, float("nan")])
def test_a_limit_must_be_positive(value: float) -> None:
    with pytest.raises(DomainError, match="first_token_seconds"):
        Timeouts(first_token_seconds=value)


def test_the_first_token_may_take_ten_seconds() -> None:
    assert Timeouts().first_token_seconds == 10
