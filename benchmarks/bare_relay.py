"""The least that a Granian RSGI application with pyreqwest can do: pass one request on.

No authentication, routing, health or ledger: what this costs is the floor under Turnout.
Run as `python -m benchmarks.bare_relay --port P --upstream URL [--ca-file F]`.
"""

import argparse
import asyncio
import os
from typing import Any

from granian.constants import HTTPModes, Interfaces, Loops
from granian.server import MPServer
from pyreqwest.client import Client, ClientBuilder
from pyreqwest.http import Url
from pyreqwest.request import RequestBuilder

_UPSTREAM_VARIABLE = "BARE_RELAY_UPSTREAM"
_CA_VARIABLE = "BARE_RELAY_CA_FILE"
_REQUEST_HEADERS = {"authorization": "Bearer x", "content-type": "application/json"}
_ANSWER_HEADERS = [("content-type", "application/json")]
_STREAM_HEADERS = [("content-type", "text/event-stream")]
_HANDED_ON_AT_ONCE = 0
"""Bytes that pyreqwest may hold back; its default of 64 KiB delays a stream's first token."""


class BareRelay:
    """One RSGI application: every POST goes on to the upstream, its answer comes back."""

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._client = _client(os.environ.get(_CA_VARIABLE))
        self._url = Url(os.environ[_UPSTREAM_VARIABLE])

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """Answer one request."""
        if scope.method == "GET":
            protocol.response_empty(200, [])
            return
        body: bytes = await protocol()
        request = self._client.post(self._url).headers(_REQUEST_HEADERS).body_bytes(body)
        if b'"stream":true' in body:
            await _relay_stream(request, protocol)
            return
        answer = await request.build().send()
        content = await answer.bytes()
        protocol.response_bytes(answer.status, _ANSWER_HEADERS, content.to_bytes())


async def _relay_stream(request: RequestBuilder, protocol: Any) -> None:
    streamed = request.streamed_read_buffer_limit(_HANDED_ON_AT_ONCE).build_streamed()
    async with streamed as answer:
        read = answer.body_reader.read_chunk
        send = protocol.response_stream(answer.status, _STREAM_HEADERS).send_bytes
        while (chunk := await read()) is not None:
            await send(chunk.to_bytes())


def _client(ca_file: str | None) -> Client:
    builder = ClientBuilder().follow_redirects(False).referer(False).no_proxy()
    builder = builder.gzip(False).brotli(False).zstd(False).deflate(False)
    if ca_file:
        with open(ca_file, "rb") as file:
            builder = builder.add_root_certificate_pem(file.read())
    return builder.build()


relay = BareRelay()


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--upstream", required=True)
    parser.add_argument("--ca-file")
    options = parser.parse_args()
    os.environ[_UPSTREAM_VARIABLE] = options.upstream
    if options.ca_file:
        os.environ[_CA_VARIABLE] = options.ca_file
    MPServer(
        "benchmarks.bare_relay:relay",
        address="127.0.0.1",
        port=options.port,
        interface=Interfaces.RSGI,
        loop=Loops.uvloop,
        http=HTTPModes.http1,
        websockets=False,
        backlog=4096,
        log_enabled=False,
    ).serve()


if __name__ == "__main__":
    _main()
