"""What the HTTP engines cost by themselves, against a server that does next to nothing.

    python -m benchmarks.engines [--rounds 9]

Prints microseconds of CPU of the calling process: per whole request, and per chunk of a stream. The
engines take turns, the least and the middle of all rounds count. The server is another process.
"""

import argparse
import asyncio
import contextlib
import multiprocessing
import ssl
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import uvloop

from benchmarks import payloads
from benchmarks.certificates import Certificates, make_certificates
from turnout.infrastructure.transport.engine import EngineOptions, HttpEngine, HttpRequest
from turnout.infrastructure.transport.http1_engine import Http1Engine
from turnout.infrastructure.transport.httpx_engine import HttpxEngine
from turnout.infrastructure.transport.pyreqwest_engine import PyreqwestEngine

_ENGINES: dict[str, Callable[[EngineOptions], HttpEngine]] = {
    "http1": Http1Engine,
    "pyreqwest": PyreqwestEngine,
    "httpx": HttpxEngine,
}
_AT_ONCE = 16
_REQUESTS = 1600
_STREAMS = 64
_CHUNKS = 50
_PAUSE_SECONDS = 0.002
_HEADERS = (
    ("authorization", "Bearer sk-0123456789abcdef0123456789abcdef"),
    ("content-type", "application/json"),
    ("accept", "application/json"),
)
_ANSWER = payloads.openai_answer()
_REPLY = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (
    len(_ANSWER),
    _ANSWER,
)
_STREAM_HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
)
_EVENT = b'data: {"choices":[{"index":0,"delta":{"content":" tick, "},"finish_reason":null}]}\n\n'
_CHUNK = b"%x\r\n%b\r\n" % (len(_EVENT), _EVENT)

Work = Callable[[], Awaitable[None]]


class _Server(asyncio.Protocol):
    """Answers whatever comes; a path that begins with /s gets a stream."""

    def __init__(self) -> None:
        self._received = b""
        self._streams: set[asyncio.Task[None]] = set()
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        size = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
        if not found or len(body) < size:
            return
        self._received = b""
        if b" /s" in head[:8]:
            task = asyncio.get_running_loop().create_task(self._stream())
            self._streams.add(task)
            task.add_done_callback(self._streams.discard)
        else:
            self._transport.write(_REPLY)

    async def _stream(self) -> None:
        self._transport.write(_STREAM_HEAD)
        for _ in range(_CHUNKS):
            self._transport.write(_CHUNK)
            await asyncio.sleep(_PAUSE_SECONDS)
        self._transport.write(b"0\r\n\r\n")


def _serve(ports: Connection, certificates: Certificates) -> None:
    async def serve() -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates.certificate, certificates.key)
        loop = asyncio.get_running_loop()
        plain = await loop.create_server(_Server, "127.0.0.1", 0)
        tls = await loop.create_server(_Server, "127.0.0.1", 0, ssl=context)
        ports.send([server.sockets[0].getsockname()[1] for server in (plain, tls)])
        await plain.serve_forever()

    uvloop.run(serve())


@contextlib.contextmanager
def _server(certificates: Certificates) -> Iterator[tuple[int, int]]:
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=_serve, args=(theirs, certificates), daemon=True
    )
    process.start()
    try:
        plain, tls = ours.recv()
        yield plain, tls
    finally:
        process.terminate()
        process.join()


def _whole(engine: HttpEngine, url: str) -> Work:
    body = payloads.chat_request(300)

    async def work() -> None:
        reply = await engine.send(HttpRequest("POST", url, _HEADERS, body))
        assert reply.body == _ANSWER

    return work


def _streamed(engine: HttpEngine, url: str) -> Work:
    body = payloads.chat_request(300, stream=True)

    async def work() -> None:
        size = 0
        async with engine.open(HttpRequest("POST", url, _HEADERS, body)) as stream:
            while (chunk := await stream.read_chunk()) is not None:
                size += len(chunk)
        assert size == _CHUNKS * len(_EVENT)

    return work


async def _cost(work: Work, times: int) -> float:
    """Microseconds of CPU for each of `times` pieces of work, several at once."""

    async def some() -> None:
        for _ in range(times // _AT_ONCE):
            await work()

    begin = time.process_time()
    await asyncio.gather(*(some() for _ in range(_AT_ONCE)))
    return (time.process_time() - begin) / times * 1e6


async def _measure(rounds: int, plain: int, tls: int, ca_file: Path) -> None:
    options = EngineOptions(ca_file=str(ca_file))
    engines = {name: make(options) for name, make in _ENGINES.items()}
    works: dict[str, dict[str, tuple[Work, int, int]]] = {}
    for name, engine in engines.items():
        works[name] = {
            "whole, plain": (_whole(engine, f"http://127.0.0.1:{plain}/w"), _REQUESTS, 1),
            "whole, TLS": (_whole(engine, f"https://127.0.0.1:{tls}/w"), _REQUESTS, 1),
            "per chunk, plain": (
                _streamed(engine, f"http://127.0.0.1:{plain}/s"), _STREAMS, _CHUNKS),
            "per chunk, TLS": (_streamed(engine, f"https://127.0.0.1:{tls}/s"), _STREAMS, _CHUNKS),
        }  # fmt: skip
    samples: dict[tuple[str, str], list[float]] = {}
    for turn in range(rounds + 1):
        for name, kinds in works.items():
            for kind, (work, times, parts) in kinds.items():
                cost = await _cost(work, times) / parts
                if turn:  # the first round opens the connections
                    samples.setdefault((name, kind), []).append(cost)
    _print(samples, [*works[next(iter(works))]])
    for engine in engines.values():
        await engine.close()


def _print(samples: dict[tuple[str, str], list[float]], kinds: list[str]) -> None:
    print("| engine | " + " | ".join(f"{kind}: least (middle)" for kind in kinds) + " |")
    print("|---|" + "---|" * len(kinds))
    for name in _ENGINES:
        found = [samples[name, kind] for kind in kinds]
        cells = [f"{min(costs):.1f} ({statistics.median(costs):.1f})" for costs in found]
        print(f"| {name} | " + " | ".join(cells) + " |")


def main() -> None:
    """Run the comparison and print its table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engines", description=__doc__)
    parser.add_argument("--rounds", type=int, default=9, help="of all engines in turn (9)")
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        certificates = make_certificates(Path(folder))
        with _server(certificates) as (plain, tls):
            uvloop.run(_measure(rounds, plain, tls, certificates.authority))


if __name__ == "__main__":
    main()
