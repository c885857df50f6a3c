from random import Random

import pytest

from turnout.application.rehearsal.spread import Spread
from turnout.domain.shared.errors import DomainError


def test_the_median_and_the_95th_percentile_are_as_given() -> None:
    roll = Random(1).random
    drawn = sorted(Spread(2.0, 10.0).draw(roll) for _ in range(20_000))
    assert drawn[10_000] == pytest.approx(2.0, rel=0.05)
    assert drawn[19_000] == pytest.approx(10.0, rel=0.05)


def test_without_a_spread_nothing_is_left_to_chance() -> None:
    assert {Spread(3.0, 3.0).draw(Random(1).random) for _ in range(5)} == {3.0}


@pytest.mark.parametrize(
    ("median", "p95", "code"),
    [(0.0, 1.0, "spread.not_positive"), (2.0, 1.0, "spread.order")],
)
def test_what_is_no_spread_is_refused(median: float, p95: float, code: str) -> None:
    with pytest.raises(DomainError) as error:
        Spread(median, p95)
    assert error.value.code == code
