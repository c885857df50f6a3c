from collections import Counter
from random import Random

import pytest

from turnout.application.rehearsal.demand import Demand
from turnout.application.rehearsal.spread import Spread
from turnout.domain.inference.capability import Capability
from turnout.domain.shared.errors import DomainError


def test_there_are_as_many_as_asked_for_in_order_and_within_the_time() -> None:
    demand = Demand(requests=5_000, seconds=3_600.0, from_seconds=100.0)
    moments = [call.at_seconds for call in demand.calls(Random(2).random)]
    assert len(moments) == 5_000
    assert moments == sorted(moments)
    assert moments[0] >= 100.0
    assert moments[-1] <= 3_700.0


def test_hours_are_as_busy_as_the_curve_says() -> None:
    demand = Demand(requests=40_000, curve=(1.0, 3.0))
    quarters = Counter(int(call.at_seconds // 21_600) for call in demand.calls(Random(3).random))
    shares = [quarters[quarter] / 40_000 for quarter in range(4)]
    assert shares == pytest.approx([3 / 16, 5 / 16, 5 / 16, 3 / 16], abs=0.01)


def test_an_even_curve_is_even() -> None:
    demand = Demand(requests=20_000, seconds=100.0, curve=(7.0,))
    first = sum(call.at_seconds < 25.0 for call in demand.calls(Random(4).random))
    assert first == pytest.approx(5_000, rel=0.05)


def test_what_is_asked_for_is_as_told() -> None:
    demand = Demand(
        requests=10_000,
        stream_share=0.25,
        prompt_tokens=Spread(50.0, 50.0),
        answer_tokens=Spread(20.0, 20.0),
    )
    call = list(demand.calls(Random(5).random))
    streams = [one for one in call if one.asked.streamed]
    assert len(streams) == pytest.approx(2_500, rel=0.1)
    assert all(Capability.STREAMING in one.asked.needs.capabilities for one in streams)
    assert {(one.asked.needs.input_tokens, one.answer_tokens) for one in call} == {(51, 21)}


def test_the_same_dice_give_the_same_requests() -> None:
    first, second = (
        [call.at_seconds for call in Demand(requests=50).calls(Random(6).random)] for _ in range(2)
    )
    assert first == second


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"requests": 0}, "demand.too_small"),
        ({"seconds": 0.0}, "demand.not_positive"),
        ({"curve": ()}, "demand.curve"),
        ({"curve": (0.0, 0.0)}, "demand.curve"),
        ({"curve": (1.0, -1.0)}, "demand.curve"),
        ({"stream_share": 1.5}, "demand.stream_share"),
    ],
)
def test_what_is_no_demand_is_refused(fields: dict[str, object], code: str) -> None:
    with pytest.raises(DomainError) as error:
        Demand(**{"requests": 1, **fields})  # type: ignore[arg-type]
    assert error.value.code == code
