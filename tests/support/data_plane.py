"""A data plane on fakes: called directly, or served by Granian on a real socket."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from granian.constants import Interfaces
from granian.server.embed import Server

from tests.fakes.relay import (
    FakeAdmission,
    FakeChatRelay,
    FakeEmbeddingRelay,
    FakeModel,
    KeptRequests,
)
from tests.fakes.rsgi import FakeProtocol, FakeScope
from tests.fakes.system import CountingIds, FrozenClock
from turnout.application.relay.tracing import Tracing
from turnout.interfaces.relay.app import DataPlane
from turnout.interfaces.relay.rsgi.in_flight import InFlight


@dataclass
class FakeUseCases:
    """Everything that a data plane asks, to be set by the test."""

    chat: FakeChatRelay = field(default_factory=FakeChatRelay)
    embeddings: FakeEmbeddingRelay = field(default_factory=FakeEmbeddingRelay)
    admission: FakeAdmission = field(default_factory=FakeAdmission)
    models: Sequence[FakeModel] = ()
    clock: FrozenClock = field(default_factory=FrozenClock)
    ready: bool = True
    log: KeptRequests = field(default_factory=KeptRequests)
    tracing: Tracing = field(default_factory=Tracing)

    def plane(
        self,
        *,
        max_body_bytes: int = 1 << 20,
        in_flight: InFlight | None = None,
        heartbeat_seconds: float = 15.0,
    ) -> DataPlane:
        """Return a data plane over these."""
        return DataPlane(
            complete_chat=self.chat,
            embed=self.embeddings,
            admission=self.admission,
            list_models=lambda scope: self.models,
            ready=lambda: self.ready,
            clock=self.clock,
            ids=CountingIds(),
            request_log=self.log,
            tracing=self.tracing,
            max_body_bytes=max_body_bytes,
            in_flight=InFlight() if in_flight is None else in_flight,
            heartbeat_seconds=heartbeat_seconds,
        )


async def ask(
    plane: DataPlane, method: str, path: str, body: bytes = b"", **headers: str
) -> FakeProtocol:
    """Have `plane` serve one request in memory; underscores in header names become dashes."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    protocol = FakeProtocol(body)
    scope = FakeScope(method, path, {"content-length": str(len(body)), **named})
    await plane.__rsgi__(scope, protocol)
    return protocol


class _Served:
    """The plane without its worker's hooks, which need a loop that does not run yet."""

    def __init__(self, plane: DataPlane) -> None:
        self.__rsgi__ = plane.__rsgi__


@asynccontextmanager
async def serving(plane: DataPlane) -> AsyncIterator[int]:
    """Serve `plane` by Granian in this process and loop; gives the port."""
    with socket.socket() as reserved:
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        reserved.bind(("127.0.0.1", 0))
        port: int = reserved.getsockname()[1]
        server = Server(
            _Served(plane),
            address="127.0.0.1",
            port=port,
            interface=Interfaces.RSGI,
            websockets=False,
            log_enabled=False,
        )
        await plane.begin()
        running = asyncio.create_task(server.serve())
        try:
            await _accepting(port)
            yield port
        finally:
            server.stop()  # type: ignore[no-untyped-call]
            await running
            await plane.end()


async def _accepting(port: int) -> None:
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            await asyncio.sleep(0.01)
        else:
            writer.close()
            return await writer.wait_closed()
