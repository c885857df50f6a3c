"""Spans of requests and their attempts, in OpenTelemetry's terms.

Imported only where traces are on: it takes memory. Names of attributes are those of OpenTelemetry's
semantic conventions for generative AI and HTTP, and Turnout's own.
"""

from collections.abc import Iterable, Iterator

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, TraceFlags
from opentelemetry.trace.status import Status, StatusCode

from turnout.application.ports.request_log import RequestRecord
from turnout.application.ports.usage_ledger import AttemptOutcome, AttemptRecord
from turnout.domain.shared.trace_context import TraceContext
from turnout.infrastructure.telemetry.joining import Joined

NANOS = 1_000_000_000
_LONGEST_MODEL = 200
_SCOPE = InstrumentationScope("turnout")
Attributes = dict[str, str | int | float | bool]


class SpanMaker:
    """Makes spans of one `service`."""

    def __init__(self, service: str, version: str) -> None:
        self._resource = Resource(
            {
                "service.name": service,
                "service.version": version,
                "telemetry.sdk.language": "python",
            }
        )

    def spans_of(
        self, joined: Iterable[Joined], epoch_of_monotonic: float
    ) -> Iterator[ReadableSpan]:
        """Yield the spans of requests that are sampled or have failed.

        `epoch_of_monotonic` turns a monotonic moment into an epoch.
        """
        for request, attempts, is_late in joined:
            trace = request.trace
            if trace is None or not (trace.is_sampled or request.failed):
                continue
            if not is_late:
                yield self._request(request, trace, epoch_of_monotonic)
            for attempt in attempts:
                if attempt.number:
                    yield self._attempt(request, attempt, trace, epoch_of_monotonic)

    def _request(self, request: RequestRecord, trace: TraceContext, offset: float) -> ReadableSpan:
        error = (request.error or str(request.status)) if request.status >= 400 else None
        end_seconds = offset + request.ended_seconds
        return ReadableSpan(
            f"{request.operation} {request.asked_model[:_LONGEST_MODEL]}",
            context=_context(trace, trace.span),
            parent=None if trace.parent is None else _context(trace, trace.parent, is_remote=True),
            resource=self._resource,
            attributes=_request_attributes(request, error),
            kind=SpanKind.SERVER,
            status=_status(error if request.failed else None),
            start_time=int((end_seconds - request.seconds) * NANOS),
            end_time=int(end_seconds * NANOS),
            instrumentation_scope=_SCOPE,
        )

    def _attempt(
        self, request: RequestRecord, attempt: AttemptRecord, trace: TraceContext, offset: float
    ) -> ReadableSpan:
        error = None if attempt.failure is None else attempt.failure.value
        end_seconds = offset + attempt.ended_seconds
        return ReadableSpan(
            f"{request.operation} {attempt.model}",
            context=_context(trace, trace.attempt(attempt.number)),
            parent=_context(trace, trace.span),
            resource=self._resource,
            attributes=_attempt_attributes(request, attempt, error),
            kind=SpanKind.CLIENT,
            status=_status(error),
            start_time=int((end_seconds - attempt.seconds) * NANOS),
            end_time=int(end_seconds * NANOS),
            instrumentation_scope=_SCOPE,
        )


def _status(error: str | None) -> Status:
    return Status(StatusCode.UNSET) if error is None else Status(StatusCode.ERROR, error)


def _context(trace: TraceContext, span: str, *, is_remote: bool = False) -> SpanContext:
    flags = TraceFlags(TraceFlags.SAMPLED)
    return SpanContext(int(trace.trace, 16), int(span, 16), is_remote, flags)


def _request_attributes(request: RequestRecord, error: str | None) -> Attributes:
    grant = request.grant
    return _known(
        {
            "gen_ai.operation.name": request.operation,
            "gen_ai.request.model": request.asked_model[:_LONGEST_MODEL],
            "gen_ai.response.model": request.model or None,
            "gen_ai.provider.name": request.provider or None,
            "http.response.status_code": request.status,
            "error.type": error,
            "turnout.request.id": request.request,
            "turnout.route": request.route or None,
            "turnout.key.name": None if grant is None else grant.key_name,
            "turnout.attempts": request.attempts,
            "turnout.cache": request.cache or None,
            "turnout.streamed": request.streamed,
            "turnout.hedged": request.hedged,
            "turnout.rescued": request.rescued,
            "turnout.first_byte_seconds": request.first_byte_seconds,
            "turnout.overhead_seconds": request.overhead_seconds,
        }
    )


def _attempt_attributes(
    request: RequestRecord, attempt: AttemptRecord, error: str | None
) -> Attributes:
    usage = attempt.usage
    return _known(
        {
            "gen_ai.operation.name": request.operation,
            "gen_ai.provider.name": attempt.provider,
            "gen_ai.request.model": attempt.model,
            "gen_ai.usage.input_tokens": None if usage is None else usage.input_tokens,
            "gen_ai.usage.output_tokens": None if usage is None else usage.output_tokens,
            "http.response.status_code": attempt.status,
            "error.type": error,
            "turnout.request.id": attempt.request,
            "turnout.attempt.number": attempt.number,
            "turnout.attempt.outcome": AttemptOutcome(attempt.outcome).value,
            "turnout.deployment": attempt.deployment,
            "turnout.first_token_seconds": attempt.first_token_seconds,
        }
    )


def _known(attributes: dict[str, str | int | float | bool | None]) -> Attributes:
    return {name: value for name, value in attributes.items() if value is not None}
