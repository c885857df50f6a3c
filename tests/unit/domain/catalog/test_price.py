from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnout.domain.catalog.price import Price
from turnout.domain.inference.usage import TokenUsage
from turnout.domain.shared.errors import DomainError

PRICE = Price(Decimal(3), Decimal(15), cached_input=Decimal("0.3"), cache_write=Decimal("3.75"))


def test_each_class_of_tokens_has_its_price_and_none_is_counted_twice() -> None:
    usage = TokenUsage(
        input_tokens=1000, output_tokens=100, cached_input_tokens=600, cache_write_tokens=300
    )
    expected = (100 * 3 + 600 * Decimal("0.3") + 300 * Decimal("3.75") + 100 * 15) / 1_000_000
    assert PRICE.cost(usage) == expected


def test_without_a_price_of_its_own_a_class_costs_what_its_whole_costs() -> None:
    usage = TokenUsage(input_tokens=1000, cached_input_tokens=600, cache_write_tokens=300)
    assert Price(Decimal(3), Decimal(15)).cost(usage) == Decimal("0.003")


def test_a_negative_price_is_refused() -> None:
    with pytest.raises(DomainError, match="cached_input is -1"):
        Price(Decimal(1), Decimal(1), cached_input=Decimal(-1))


@given(st.integers(0, 10**7), st.integers(0, 10**7), st.integers(0, 10**7))
def test_a_cost_is_never_negative(whole: int, cached: int, written: int) -> None:
    usage = TokenUsage(input_tokens=whole, cached_input_tokens=cached, cache_write_tokens=written)
    assert PRICE.cost(usage) >= 0
