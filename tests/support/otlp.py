"""A collector of spans: OTLP over HTTP, read with the official messages."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

_OK = b"HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n"
_NO = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n"


@dataclass
class Collector:
    """Keeps all spans that are posted to it, and how; `refuses` answers 400."""

    port: int = 0
    refuses: bool = False
    spans: list[Span] = field(default_factory=list)
    services: set[str] = field(default_factory=set)
    heads: list[str] = field(default_factory=list)
    _came: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def endpoint(self) -> str:
        """Where it listens, without a path."""
        return f"http://127.0.0.1:{self.port}"

    async def until(self, count: int) -> list[Span]:
        """Return the spans once there are `count` of them."""
        async with self._came:
            await asyncio.wait_for(self._came.wait_for(lambda: len(self.spans) >= count), 30)
        return self.spans

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take what comes by one connection."""
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                fields = dict(
                    line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if line
                )
                body = await reader.readexactly(int(fields["content-length"]))
                if fields.get("content-encoding") == "gzip":
                    body = gzip.decompress(body)
                await self._take(head, body)
                writer.write(_NO if self.refuses else _OK)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _take(self, head: str, body: bytes) -> None:
        request = ExportTraceServiceRequest.FromString(body)
        async with self._came:
            self.heads.append(head)
            for resource in request.resource_spans:
                self.services |= {
                    each.value.string_value
                    for each in resource.resource.attributes
                    if each.key == "service.name"
                }
                for scope in resource.scope_spans:
                    self.spans.extend(scope.spans)
            self._came.notify_all()


@asynccontextmanager
async def collecting(*, refuses: bool = False) -> AsyncIterator[Collector]:
    """Listen on a free port."""
    collector = Collector(refuses=refuses)
    server = await asyncio.start_server(collector.serve, "127.0.0.1", 0)
    collector.port = server.sockets[0].getsockname()[1]
    async with server:
        yield collector


def attributes_of(span: Span) -> dict[str, object]:
    """Return the attributes of a span as plain values."""
    found: dict[str, object] = {}
    for each in span.attributes:
        kind = each.value.WhichOneof("value")
        found[each.key] = getattr(each.value, str(kind))
    return found
