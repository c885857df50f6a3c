"""Anthropic's token counts, brought to the canonical form.

Source: `usage` of Anthropic's messages. There `input_tokens` leaves out what was read from and
written to the cache; a stream's counts are totals so far, and those it leaves out still hold.
"""

import msgspec

from turnout.domain.inference.usage import TokenUsage


class _OutputDetails(msgspec.Struct):
    thinking_tokens: int | None = None


class WireUsage(msgspec.Struct):
    """A `usage` object, whole or part of one."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    cache_creation_input_tokens: int | None = None
    output_tokens_details: _OutputDetails | None = None

    def updated(self, later: "WireUsage") -> "WireUsage":
        """Return these counts with the later ones in their place."""
        merged = {
            name: value
            for name in self.__struct_fields__
            if (value := getattr(later, name)) is not None
        }
        return msgspec.structs.replace(self, **merged)

    def canonical(self) -> TokenUsage:
        """Return the counts in the canonical form."""
        cached, written = self.cache_read_input_tokens or 0, self.cache_creation_input_tokens or 0
        details = self.output_tokens_details
        output = self.output_tokens or 0
        return TokenUsage(
            input_tokens=(self.input_tokens or 0) + cached + written,
            output_tokens=output,
            cached_input_tokens=cached,
            cache_write_tokens=written,
            reasoning_tokens=min((details and details.thinking_tokens) or 0, output),
        )


_DECODE = msgspec.json.Decoder(WireUsage).decode


def read_usage(raw: msgspec.Raw) -> WireUsage | None:
    """Read a `usage` object; None for nothing, and for what is no such object."""
    try:
        return _DECODE(raw)
    except msgspec.DecodeError:
        return None
