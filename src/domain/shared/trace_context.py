"""TraceContext: which trace a request belongs to, as services tell each other.

Source: W3C Trace Context, the header `traceparent: 00-TRACE-PARENT-FLAGS`.
"""

import re
from dataclasses import dataclass
from hashlib import blake2b

_HEADER = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_SAMPLED = 0x01
_NO_TRACE, _NO_SPAN = "0" * 32, "0" * 16
_SPAN_BYTES = 8


@dataclass(slots=True)
class TraceContext:
    """`trace` and `span` are hexadecimal names, of 32 and 16 digits: the trace, and the span of the
    request itself. `parent` is the caller's span. `is_sampled` tells whether spans are wanted.

    There is one for every traced request, and it is not frozen since that would cost more.
    """

    trace: str
    span: str
    is_sampled: bool
    parent: str | None = None

    def attempt(self, number: int) -> str:
        """Return the name of the span of the request's attempt `number`: always the same one."""
        name = f"{self.trace}{self.span}{number}".encode()
        return blake2b(name, digest_size=_SPAN_BYTES).hexdigest()

    def header(self, number: int) -> str:
        """Return the `traceparent` that attempt `number` takes to its provider."""
        return f"00-{self.trace}-{self.attempt(number)}-{'01' if self.is_sampled else '00'}"


def read_header(header: str) -> tuple[str, str, bool] | None:
    """Return trace, span and whether it is sampled of a `traceparent`; None for a bad one.

    A version that is not known yet may have more at its end.
    """
    found = _HEADER.fullmatch(header.strip())
    if found is None:
        return None
    version, trace, span, flags, more = found.groups()
    if version == "ff" or (version == "00" and more) or trace == _NO_TRACE or span == _NO_SPAN:
        return None
    return trace, span, bool(int(flags, 16) & _SAMPLED)
