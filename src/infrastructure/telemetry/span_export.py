"""SpanExport: spans on their way to a collector, by OTLP over HTTP."""

import asyncio
from collections import deque
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExportResult

MOST_WAITING = 10_000
BATCH = 512
_PATH = "/v1/traces"


class SpansRefused(Exception):
    """The collector did not take spans."""


class SpanExport:
    """Holds spans until they are sent; `dropped` counts those that no collector took."""

    def __init__(self, endpoint: str, headers: Mapping[str, str], timeout_seconds: float) -> None:
        self._endpoint = traces_url(endpoint)
        self._exporter = OTLPSpanExporter(
            endpoint=self._endpoint, headers=dict(headers), timeout=timeout_seconds
        )
        self._waiting: deque[ReadableSpan] = deque()
        self.dropped = 0

    def put(self, spans: Iterable[ReadableSpan]) -> None:
        """Take `spans`; those for which there is no room are dropped."""
        for span in spans:
            if len(self._waiting) < MOST_WAITING:
                self._waiting.append(span)
            else:
                self.dropped += 1

    async def flush(self) -> None:
        """Send what is waiting. Raises SpansRefused; what was refused is dropped."""
        while self._waiting:
            size = min(BATCH, len(self._waiting))
            batch = [self._waiting.popleft() for _ in range(size)]
            result = await asyncio.to_thread(self._exporter.export, batch)
            if result is not SpanExportResult.SUCCESS:
                self.dropped += size
                raise SpansRefused(f"{self._endpoint} took no spans: {size} are dropped")

    async def close(self) -> None:
        """Let go of the connection."""
        await asyncio.to_thread(self._exporter.shutdown)


def traces_url(endpoint: str) -> str:
    """Return where spans are posted: OTLP's own path, unless `endpoint` has one."""
    return endpoint if urlsplit(endpoint).path.strip("/") else endpoint.rstrip("/") + _PATH
