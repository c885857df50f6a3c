"""Tracing: which requests are traced, decided when they come."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b

from turnout.application.ports.outgoing_trace import CURRENT_TRACE
from turnout.domain.shared.ids import RequestId
from turnout.domain.shared.trace_context import TraceContext, read_header

_TRACE_DIGITS = 32
_DIGEST_BYTES = 24
_LOW_DIGITS = 16
_WHOLE = 1 << 64


@dataclass(slots=True)
class Tracing:
    """`share` of the requests are sampled whose caller has not decided it; None traces nothing.

    A request that fails is told of in any case, but its providers do not hear of it beforehand.
    Decided as OpenTelemetry's TraceIdRatioBased does: by the low 64 bits of the trace's name.
    """

    share: float | None = None

    def begin(self, request: RequestId, header: Callable[[str], str | None]) -> TraceContext | None:
        """Return the trace of a request, whose headers `header` looks up, and make it the current
        one. Names follow from the request's own."""
        if self.share is None:
            return None
        name = blake2b(request.encode(), digest_size=_DIGEST_BYTES).hexdigest()
        trace, span = name[:_TRACE_DIGITS], name[_TRACE_DIGITS:]
        told = header("traceparent")
        caller = None if told is None else read_header(told)
        if caller is None:
            is_sampled = int(trace[_LOW_DIGITS:], 16) < self.share * _WHOLE
            context = TraceContext(trace, span, is_sampled)
        else:
            context = TraceContext(caller[0], span, caller[2], caller[1])
        CURRENT_TRACE.set(context)
        return context
