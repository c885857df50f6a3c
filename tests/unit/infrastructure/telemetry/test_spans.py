"""Requests and attempts as a tree of spans."""

from opentelemetry.trace import SpanKind, StatusCode
from tests.support.attempts import attempt_record
from tests.support.requests import request_record

from turnout.application.ports.usage_ledger import AttemptOutcome
from turnout.domain.inference.failure import FailureKind
from turnout.domain.shared.trace_context import TraceContext
from turnout.infrastructure.telemetry.joining import Joined
from turnout.infrastructure.telemetry.spans import NANOS, SpanMaker

TRACE, SPAN, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "00f067aa0ba902b7"
MAKER = SpanMaker("gate", "1.2.3")
SAMPLED = TraceContext(TRACE, SPAN, True, PARENT)
UNSAMPLED = TraceContext(TRACE, SPAN, False)


def test_a_request_and_its_attempts_are_a_tree() -> None:
    failed = attempt_record(
        1,
        outcome=AttemptOutcome.FAILED,
        failure=FailureKind.TIMEOUT,
        usage=None,
        ended_seconds=8.5,
    )
    request = request_record(ended_seconds=10.0, trace=SAMPLED)
    joined = [Joined(request, [failed, attempt_record(2, ended_seconds=10.0)], False)]
    root, first, second = MAKER.spans_of(joined, 100.0)
    assert root.context and root.parent and first.parent and first.context and second.context
    assert (root.context.trace_id, root.context.span_id) == (int(TRACE, 16), int(SPAN, 16))
    assert root.parent.span_id == int(PARENT, 16)
    assert first.parent.span_id == root.context.span_id
    assert first.context.span_id == int(SAMPLED.attempt(1), 16)
    assert (root.kind, first.kind) == (SpanKind.SERVER, SpanKind.CLIENT)
    assert (root.start_time, root.end_time) == (108 * NANOS, 110 * NANOS)
    assert (first.start_time, first.end_time) == (107 * NANOS, int(108.5 * NANOS))
    assert first.status.status_code is StatusCode.ERROR
    assert first.attributes and first.attributes["error.type"] == "timeout"
    assert second.attributes and second.attributes["gen_ai.usage.input_tokens"] == 1000
    assert root.attributes and root.attributes["gen_ai.operation.name"] == "chat"
    assert root.resource.attributes["service.name"] == "gate"


def test_what_nobody_samples_is_told_only_if_it_failed() -> None:
    good = request_record(trace=UNSAMPLED)
    wrong = request_record(status=404, error="model_not_found", trace=UNSAMPLED)
    bad = request_record(status=502, error="transport", trace=UNSAMPLED)
    spans = list(MAKER.spans_of([Joined(each, [], False) for each in (good, wrong, bad)], 0.0))
    assert [span.attributes["http.response.status_code"] for span in spans if span.attributes] == [
        502
    ]
    assert spans[0].parent is None
    assert spans[0].status.status_code is StatusCode.ERROR


def test_a_caller_s_own_fault_is_told_and_is_no_error() -> None:
    request = request_record(status=400, error="invalid_request_error", trace=SAMPLED)
    (span,) = MAKER.spans_of([Joined(request, [], False)], 0.0)
    assert span.status.status_code is StatusCode.UNSET
    assert span.attributes
    assert span.attributes["error.type"] == "invalid_request_error"


def test_a_late_attempt_is_one_span_more_and_an_untraced_request_none() -> None:
    late = Joined(request_record(trace=SAMPLED), [attempt_record(2)], True)
    untraced = Joined(request_record(), [attempt_record()], False)
    cached = Joined(request_record(trace=SAMPLED), [attempt_record(0)], True)
    spans = list(MAKER.spans_of([late, untraced, cached], 0.0))
    assert [span.kind for span in spans] == [SpanKind.CLIENT]
