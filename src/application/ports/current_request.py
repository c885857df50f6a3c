"""Which request is being served, for what is logged meanwhile."""

from contextvars import ContextVar

from turnout.domain.shared.ids import RequestId

CURRENT_REQUEST: ContextVar[RequestId | None] = ContextVar("request", default=None)
"""The name of the request that is served in this context."""
