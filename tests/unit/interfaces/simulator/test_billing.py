from decimal import Decimal

import pytest

from turnout.interfaces.simulator.billing import NO_TOKENS, Price, Tokens


def test_each_class_of_tokens_has_its_price() -> None:
    price = Price(
        input=Decimal(10), output=Decimal(20), cached_input=Decimal(1), cache_write=Decimal("12.5")
    )
    tokens = Tokens(prompt=1000, cached=600, cache_write=100, completion=50, reasoning=20)
    assert price.of(tokens) == Decimal("0.00585")  # 300 * 10 + 600 * 1 + 100 * 12.5 + 50 * 20


def test_the_cache_costs_as_input_where_nothing_is_said() -> None:
    price = Price(input=Decimal(10), output=Decimal(0))
    assert price.of(Tokens(prompt=100, cached=60, cache_write=10)) == Decimal("0.001")


def test_tokens_add_up() -> None:
    one = Tokens(prompt=5, cached=4, cache_write=1, completion=3, reasoning=2)
    assert NO_TOKENS + one == one
    assert one + one == Tokens(prompt=10, cached=8, cache_write=2, completion=6, reasoning=4)


@pytest.mark.parametrize("amount", ["-1", "NaN", "Infinity"])
def test_what_is_no_amount_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="0 or more"):
        Price(input=Decimal(1), output=Decimal(amount))
