"""What a provider would bill: tokens by class, and their price."""

from decimal import Decimal

from msgspec import Struct
from msgspec.structs import astuple

_MILLION = 1_000_000


class Tokens(Struct, frozen=True, kw_only=True):
    """Tokens of one or more answers.

    `prompt` counts those read from the cache and newly written to it too; `completion` counts
    those of reasoning too.
    """

    prompt: int = 0
    cached: int = 0
    cache_write: int = 0
    completion: int = 0
    reasoning: int = 0

    @property
    def total(self) -> int:
        """Prompt and completion together."""
        return self.prompt + self.completion

    def __add__(self, other: "Tokens") -> "Tokens":
        return Tokens(
            prompt=self.prompt + other.prompt,
            cached=self.cached + other.cached,
            cache_write=self.cache_write + other.cache_write,
            completion=self.completion + other.completion,
            reasoning=self.reasoning + other.reasoning,
        )


NO_TOKENS = Tokens()


class Price(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """US dollars per million tokens; the cache's classes cost as `input` does unless said.

    Raises ValueError for what is no amount.
    """

    input: Decimal
    output: Decimal
    cached_input: Decimal | None = None
    cache_write: Decimal | None = None

    def __post_init__(self) -> None:
        if not all(one is None or (one.is_finite() and one >= 0) for one in astuple(self)):
            raise ValueError("amounts of dollars, each 0 or more")

    def of(self, tokens: Tokens) -> Decimal:
        """What the tokens cost, in dollars, to the last digit."""
        cached = self.input if self.cached_input is None else self.cached_input
        written = self.input if self.cache_write is None else self.cache_write
        fresh = tokens.prompt - tokens.cached - tokens.cache_write
        millionths = (
            fresh * self.input
            + tokens.cached * cached
            + tokens.cache_write * written
            + tokens.completion * self.output
        )
        return millionths / _MILLION
