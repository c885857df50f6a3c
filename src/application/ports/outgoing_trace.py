"""What an attempt tells its provider of the trace that it is part of."""

from contextvars import ContextVar

from turnout.domain.shared.trace_context import TraceContext

CURRENT_TRACE: ContextVar[TraceContext | None] = ContextVar("trace", default=None)
"""The trace of the request that is served in this context, where somebody traces it."""
TRACEPARENT: ContextVar[str | None] = ContextVar("traceparent", default=None)
"""The header `traceparent` of the attempt that is under way in this context."""
