"""Spans reach a collector, or are counted as dropped."""

from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from tests.support.otlp import collecting
from tests.support.requests import request_record

from turnout.domain.shared.trace_context import TraceContext
from turnout.infrastructure.telemetry import span_export
from turnout.infrastructure.telemetry.joining import Joined
from turnout.infrastructure.telemetry.span_export import SpanExport, SpansRefused, traces_url
from turnout.infrastructure.telemetry.spans import SpanMaker

TRACE = TraceContext("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", True)


def spans(count: int) -> Iterator[ReadableSpan]:
    joined = [
        Joined(request_record(f"req_{number}", trace=TRACE), [], False) for number in range(count)
    ]
    return SpanMaker("gate", "1").spans_of(joined, 1_700_000_000.0)


async def test_spans_are_posted_with_the_headers() -> None:
    async with collecting() as collector:
        export = SpanExport(collector.endpoint, {"x-tenant": "gate"}, 5.0)
        export.put(spans(span_export.BATCH + 2))
        await export.flush()
        await export.close()
        assert len(collector.spans) == span_export.BATCH + 2
        assert collector.heads[0].startswith("POST /v1/traces ")
        assert "x-tenant: gate" in collector.heads[0].lower()
    assert export.dropped == 0


async def test_what_is_refused_is_dropped_and_said() -> None:
    async with collecting(refuses=True) as collector:
        export = SpanExport(collector.endpoint, {}, 5.0)
        export.put(spans(3))
        with pytest.raises(SpansRefused, match="3 are dropped"):
            await export.flush()
        await export.flush()
        await export.close()
    assert export.dropped == 3


async def test_what_there_is_no_room_for_is_dropped() -> None:
    export = SpanExport("http://127.0.0.1:9", {}, 5.0)
    (span,) = spans(1)
    export.put(span for _ in range(span_export.MOST_WAITING + 2))
    assert export.dropped == 2
    await export.close()


@pytest.mark.parametrize(
    ("endpoint", "url"),
    [
        ("http://c:4318", "http://c:4318/v1/traces"),
        ("http://c:4318/", "http://c:4318/v1/traces"),
        ("https://c/otlp/v1/traces", "https://c/otlp/v1/traces"),
    ],
)
def test_the_path_is_otlp_s_own_unless_given(endpoint: str, url: str) -> None:
    assert traces_url(endpoint) == url
