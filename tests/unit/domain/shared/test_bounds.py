import pytest

from turnout.domain.shared.bounds import at_least, positive, share
from turnout.domain.shared.errors import DomainError


@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), float("inf")])
def test_a_positive_number_is_finite_and_above_zero(value: float) -> None:
    with pytest.raises(DomainError, match="probe interval_seconds is") as caught:
        positive("probe", interval_seconds=value)
    assert caught.value.code == "probe.not_positive"


@pytest.mark.parametrize("value", [0.0, 1.01, -0.5, float("nan")])
def test_a_share_is_above_zero_and_at_most_one(value: float) -> None:
    with pytest.raises(DomainError, match="at most 1") as caught:
        share("hedge", most_share=value)
    assert caught.value.code == "hedge.not_a_share"


def test_a_whole_number_has_its_least_value() -> None:
    with pytest.raises(DomainError, match="expected 1 or more") as caught:
        at_least("concurrency", 1, most=0)
    assert caught.value.code == "concurrency.too_small"


def test_what_is_not_given_or_within_bounds_passes() -> None:
    positive("circuit", slow_seconds=None, open_seconds=0.1)
    at_least("concurrency", 0, most=None, queue=0)
    share("hedge", most_share=1.0)
