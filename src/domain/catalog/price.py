"""What tokens cost at a deployment."""

from dataclasses import dataclass
from decimal import Decimal

from turnout.domain.inference.usage import TokenUsage
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.money import per_million


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens. A class without a price of its own costs what its whole costs.

    Raises DomainError `price.negative`.
    """

    input: Decimal
    output: Decimal
    cached_input: Decimal | None = None
    cache_write: Decimal | None = None

    def __post_init__(self) -> None:
        for name in ("input", "output", "cached_input", "cache_write"):
            value = getattr(self, name)
            if value is not None and value < 0:
                raise DomainError("price.negative", f"price {name} is {value}: expected 0 or more")

    @property
    def dearest_input(self) -> Decimal:
        """What a token of the prompt costs at most."""
        return max(self.input, self.cached_input or self.input, self.cache_write or self.input)

    @property
    def dearest_output(self) -> Decimal:
        """What a token of the answer costs at most."""
        return self.output

    def cost(self, usage: TokenUsage) -> Decimal:
        """Return the dollars for `usage`, unrounded; cached and cache-written tokens count once."""
        cached, written = usage.cached_input_tokens, usage.cache_write_tokens
        plain = max(0, usage.input_tokens - cached - written)
        return (
            per_million(self.input, plain)
            + per_million(self.input if self.cached_input is None else self.cached_input, cached)
            + per_million(self.input if self.cache_write is None else self.cache_write, written)
            + per_million(self.output, usage.output_tokens)
        )
