"""Where every relayed request is written down, once, when its caller has the answer."""

from dataclasses import dataclass
from typing import Protocol

from turnout.domain.governance.grant import Grant
from turnout.domain.shared.ids import RequestId
from turnout.domain.shared.trace_context import TraceContext

CALLER_LEFT = 499
"""The status of a request whose caller hung up before its answer was over."""


@dataclass(slots=True)
class RequestRecord:
    """One request, ended. `ended_seconds` is a moment of the monotonic clock, others durations.

    `grant` is None for who was not let in; `route`, `provider` and `model` are "" where the request
    did not come so far, and are those of the last attempt. `status` is what the caller was told, or
    would have been if a streamed answer had not begun with 200, `error` the code that went along.
    `overhead_seconds` is the time before the answer began that was not spent on providers, queues
    included; it and `first_byte_seconds` are None where no answer began. `cache` is one of
    CacheStatus, "" where there was no answer. `rescued` counts the providers that took over.

    There is one for every request, and it is not frozen since that would cost more.
    """

    request: RequestId
    ended_seconds: float
    seconds: float
    operation: str
    streamed: bool
    asked_model: str
    route: str
    grant: Grant | None
    provider: str
    model: str
    status: int
    error: str | None
    attempts: int
    first_byte_seconds: float | None
    overhead_seconds: float | None
    cache: str
    rescued: int
    hedged: bool
    trace: TraceContext | None = None

    @property
    def failed(self) -> bool:
        """Whether the caller got an error that was no fault of its own."""
        return self.status >= 500


class RequestLog(Protocol):
    """Takes records and never blocks or raises."""

    def put(self, record: RequestRecord) -> None:
        """Take `record`; when full, count it as lost."""
        ...
