"""The simulator as a server: started in process, or several at once for the command line."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

from turnout.interfaces.simulator.admin import PREFIX, administer
from turnout.interfaces.simulator.counts import Counts
from turnout.interfaces.simulator.delivery import Sleep
from turnout.interfaces.simulator.dialect import Call, ErrorReply, PromptCache
from turnout.interfaces.simulator.exchange import Exchange, fault_of
from turnout.interfaces.simulator.http import HttpConnection, ResponseWriter
from turnout.interfaces.simulator.http_request import Request
from turnout.interfaces.simulator.profile import ErrorKind, Profile
from turnout.interfaces.simulator.routes import route
from turnout.interfaces.simulator.stamp import Stamp


class Simulator:
    """A server that speaks OpenAI's, Anthropic's and Gemini's protocols as its profile says.

    `async with Simulator(profile) as simulator:` listens on `simulator.base_url` (which has no
    path: OpenAI's clients want `/v1` after it). `profile` may be replaced at any time and holds for
    the requests that come after. Time comes from `sleep` and `now` (seconds since 1970).
    """

    def __init__(
        self,
        profile: Profile | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        sleep: Sleep = asyncio.sleep,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.profile = profile or Profile()
        self.host, self.port = host, port
        self._connections: set[HttpConnection] = set()
        self.counts = Counts(lambda: len(self._connections))
        self._cache = PromptCache()
        self._sequence = 0
        self._sleep, self._now = sleep, now
        self._server: asyncio.Server | None = None

    @property
    def base_url(self) -> str:
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    async def start(self) -> None:
        """Listen; `port` 0 is replaced by the free one that was found."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: HttpConnection(self._handle, self._connections), self.host, self.port
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and close every connection at once."""
        if self._server is None:
            return
        self._server.close()
        connections = list(self._connections)
        for connection in connections:
            connection.transport.abort()
        await asyncio.gather(*(connection.closed.wait() for connection in connections))
        await self._server.wait_closed()
        self._server = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.stop()

    def reset(self) -> None:
        """Forget counts, records and cached prompts, begin the sequence anew; keep the profile."""
        self._sequence = 0
        self._cache.clear()
        self.counts.clear()

    def _handle(
        self, request: Request, writer: ResponseWriter
    ) -> Coroutine[None, None, None] | None:
        if request.path.startswith(PREFIX):
            administer(self, request, writer)
            return None
        profile = self.profile
        found = route(request, profile.protocols)
        if isinstance(found, ErrorReply):
            self.counts.answered("unknown", "", found.status)
            writer.whole(found.status, found.headers, found.body)
            return None
        stamp = Stamp(profile.seed, self._sequence)
        self._sequence += 1
        if profile.record:
            self.counts.record(found.operation.name, request, profile.record)
        fault = fault_of(profile, stamp)
        call = Call(
            request=request,
            profile=profile,
            stamp=stamp,
            cache=self._cache,
            model=found.model,
            refused=fault is not None and fault.kind is ErrorKind.CONTENT_REFUSED,
        )
        return Exchange(
            call=call,
            operation=found.operation,
            writer=writer,
            counts=self.counts,
            sleep=self._sleep,
            now=self._now,
            fault=fault,
        ).run()


async def run_simulators(
    profiles: Sequence[Profile],
    ready: Callable[[Sequence[Simulator]], None],
    *,
    host: str = "127.0.0.1",
    first_port: int = 0,
) -> None:
    """Run one simulator per profile until cancelled; `ready` is told them once all listen.

    They take the ports from `first_port` on, or any free ones with 0. Raises OSError for a port
    that is taken.
    """
    async with AsyncExitStack() as stack:
        simulators = [
            Simulator(profile, host=host, port=first_port + position if first_port else 0)
            for position, profile in enumerate(profiles)
        ]
        for simulator in simulators:
            await stack.enter_async_context(simulator)
        ready(simulators)
        await asyncio.get_running_loop().create_future()
