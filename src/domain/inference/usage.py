"""Tokens that a reply used, split by what they are priced as."""

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class TokenUsage:
    """Tokens of one reply.

    `input_tokens` counts the whole prompt, cached and cache-written tokens included;
    `output_tokens` counts everything generated, reasoning included. The other counts are
    parts of those two, never additions to them. Vendors that report the parts apart
    (Anthropic) are brought to this form by their codec.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cached_input_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0
    audio_input_tokens: int = 0
    audio_output_tokens: int = 0

    def __add__(self, other: "TokenUsage") -> "TokenUsage":
        """Return what two replies used together."""
        return TokenUsage(
            *(getattr(self, each.name) + getattr(other, each.name) for each in fields(self))
        )

    @property
    def total_tokens(self) -> int:
        """Prompt and reply together."""
        return self.input_tokens + self.output_tokens
