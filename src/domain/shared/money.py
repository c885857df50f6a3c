"""Money in US dollars as exact decimals; the only place where it is rounded."""

from decimal import ROUND_HALF_EVEN, Decimal

_SMALLEST = Decimal("0.000000001")
_MILLION = Decimal(1_000_000)


def per_million(price: Decimal, tokens: int) -> Decimal:
    """Return the dollars for `tokens` at `price` dollars per million tokens, unrounded."""
    return price * tokens / _MILLION


NANOS = 1_000_000_000
"""How stores and counters hold a dollar: exactly, in whole billionths."""


def nanos(amount: Decimal) -> int:
    """Return `amount` dollars in billionths, rounded half to even."""
    return int(rounded(amount) * NANOS)


def dollars(amount: int) -> Decimal:
    """Return billionths of a dollar as dollars."""
    return Decimal(amount) / NANOS


def rounded(amount: Decimal) -> Decimal:
    """Round to a billionth of a dollar, half to even: what the store can hold."""
    return amount.quantize(_SMALLEST, rounding=ROUND_HALF_EVEN)
