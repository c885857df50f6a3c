from decimal import Decimal

from turnout.domain.shared.money import per_million, rounded


def test_a_price_per_million_is_exact() -> None:
    assert per_million(Decimal("0.15"), 1) == Decimal("0.00000015")


def test_rounding_is_half_to_even_at_a_billionth() -> None:
    assert rounded(Decimal("0.0000000005")) == 0
    assert rounded(Decimal("0.0000000015")) == Decimal("0.000000002")
