"""A started gateway, a provider that writes much and fast, and callers that read slowly or not."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio
from tests.support.raw_server import RawConnection, raw_server
from tests.support.turnout_process import KEY, RunningTurnout, started

pytestmark = pytest.mark.asyncio(loop_scope="module")

FRAMES, FRAME_TEXT = 6_400, "x" * 32_600
"""About 200 MiB altogether."""
CHUNK = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
BUFFERS_BYTES = 48 * 1024 * 1024
"""More than the system's buffers of both connections and our own hold, and far less than all."""
QUIET_SECONDS = 0.5


def frame(text: str, finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
    return f"data: {json.dumps({**CHUNK, 'choices': [choice]})}\n\n".encode()


@dataclass
class Torrent:
    """A provider whose answers are as long as that; `written` counts what was taken of the last."""

    written: int = 0
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, connection: RawConnection) -> None:
        await connection.read_request()
        self.written = 0
        self.over.clear()
        piece = frame(FRAME_TEXT)
        try:
            await connection.send(HEAD)
            for _ in range(FRAMES):
                await connection.send(piece)
                self.written += len(piece)
            await connection.send(frame("", "stop") + b"data: [DONE]\n\n")
            connection.writer.close()
        except ConnectionError:
            pass
        finally:
            self.over.set()

    async def stands_still(self) -> None:
        """Wait until nothing more is taken, and nothing was for a while."""
        seen = -1
        while seen != self.written or not seen:
            seen = self.written
            await asyncio.sleep(QUIET_SECONDS)


@dataclass(frozen=True)
class River:
    """The gateway before the provider."""

    torrent: Torrent
    gateway: RunningTurnout

    def ask(self) -> socket.socket:
        body = json.dumps(
            {"model": "m", "messages": [{"role": "user", "content": "hi"}], "stream": True}
        )
        head = (
            f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {KEY}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        caller = socket.create_connection(("127.0.0.1", self.gateway.port))
        caller.sendall((head + body).encode())
        return caller

    def memory_bytes(self) -> int:
        """Return what the gateway's processes have in memory together."""
        return sum(map(_memory_bytes, _tree(self.gateway.process.pid)))


def _tree(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(below for child in children for below in _tree(int(child)))]


def _memory_bytes(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    (line,) = [line for line in lines if line.startswith("VmRSS:")]
    return int(line.split()[1]) * 1024


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def river(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[River]:
    torrent = Torrent()
    async with raw_server(torrent) as provider:
        configuration = {
            "ai_providers": {
                "torrent": {
                    "protocol": "openai_chat",
                    "base_url": f"http://127.0.0.1:{provider.port}/v1",
                    "models": ["m"],
                }
            }
        }
        async with started(tmp_path_factory.mktemp("river"), configuration) as gateway:
            yield River(torrent, gateway)


async def test_a_caller_who_does_not_read_holds_the_provider_and_not_the_memory(
    river: River,
) -> None:
    before = river.memory_bytes()
    with river.ask():
        await river.torrent.stands_still()
        assert not river.torrent.over.is_set()
        assert river.torrent.written < BUFFERS_BYTES
        assert river.memory_bytes() - before < BUFFERS_BYTES
    await river.torrent.over.wait()  # the provider is let go once the caller has left
    assert river.torrent.written < BUFFERS_BYTES


async def test_a_caller_who_pauses_gets_everything_in_the_end(river: River) -> None:
    with river.ask() as caller:
        await river.torrent.stands_still()
        caller.setblocking(False)
        got = 0
        ending = b""
        while not ending.endswith(b"data: [DONE]\n\n\r\n0\r\n\r\n"):
            piece = await asyncio.get_running_loop().sock_recv(caller, 1 << 20)
            assert piece, "the stream was cut"
            got += len(piece)
            ending = (ending + piece)[-64:]
    assert got > FRAMES * len(FRAME_TEXT)
