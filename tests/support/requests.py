"""Records of requests, as their callers would have seen them."""

from tests.support.attempts import GRANT
from turnout.application.ports.request_log import RequestRecord
from turnout.domain.governance.grant import Grant
from turnout.domain.shared.ids import RequestId
from turnout.domain.shared.trace_context import TraceContext


def request_record(
    request: str = "req_1",
    *,
    status: int = 200,
    error: str | None = None,
    grant: Grant | None = GRANT,
    asked_model: str = "default",
    attempts: int = 1,
    ended_seconds: float = 0.0,
    streamed: bool = False,
    cache: str = "bypass",
    rescued: int = 0,
    hedged: bool = False,
    provider: str = "a",
    trace: TraceContext | None = None,
) -> RequestRecord:
    """One chat call by the route `default`."""
    return RequestRecord(
        request=RequestId(request),
        ended_seconds=ended_seconds,
        seconds=2.0,
        operation="chat",
        streamed=streamed,
        asked_model=asked_model,
        route="default",
        grant=grant,
        provider=provider,
        model="m",
        status=status,
        error=error,
        attempts=attempts,
        first_byte_seconds=0.5,
        overhead_seconds=0.01,
        cache=cache,
        rescued=rescued,
        hedged=hedged,
        trace=trace,
    )
