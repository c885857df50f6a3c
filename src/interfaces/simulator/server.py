"""The simulator as a server: started in process, or several at once for the command line."""

import asyncio
import ssl
import time
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

from turnout.interfaces.simulator.admin import PREFIX, administer
from turnout.interfaces.simulator.allowance import Allowances
from turnout.interfaces.simulator.counts import Counts
from turnout.interfaces.simulator.delivery import Sleep
from turnout.interfaces.simulator.dialect import Call, ErrorReply, PromptCache
from turnout.interfaces.simulator.exchange import Exchange, fault_of
from turnout.interfaces.simulator.http import HttpConnection, ResponseWriter
from turnout.interfaces.simulator.http_request import Request
from turnout.interfaces.simulator.profile import ErrorKind, Profile
from turnout.interfaces.simulator.routes import route
from turnout.interfaces.simulator.script import Script
from turnout.interfaces.simulator.stamp import Stamp
from turnout.interfaces.simulator.timeline import Timeline


class Simulator:
    """A server that speaks OpenAI's, Anthropic's and Gemini's protocols as its profile says.

    `async with Simulator(profile) as simulator:` listens on `simulator.base_url` (which has no
    path: OpenAI's clients want `/v1` after it). `profile` may be replaced at any time and holds for
    the requests that come after; so does the script that `play` starts. Time comes from `sleep` and
    `now` (seconds since 1970). With `tls`, a server's context, it speaks TLS only, and a fault
    `tls_failure` breaks off handshakes; without, every handshake is refused.
    """

    def __init__(
        self,
        profile: Profile | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: ssl.SSLContext | None = None,
        sleep: Sleep = asyncio.sleep,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.profile = profile or Profile()
        self.host, self.port = host, port
        self._connections: set[HttpConnection] = set()
        self.counts = Counts(lambda: len(self._connections))
        self.timeline: Timeline | None = None
        self._cache = PromptCache()
        self._allowances = Allowances()
        self._sequence = 0
        self._tls = tls
        self._sleep, self._now = sleep, now
        self._server: asyncio.Server | None = None

    @property
    def base_url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http{'s' if self._tls else ''}://{host}:{self.port}"

    async def start(self) -> None:
        """Listen; `port` 0 is replaced by the free one that was found."""
        loop = asyncio.get_running_loop()
        if self._tls is not None:
            self._tls.sni_callback = self._admit_handshake
        self._server = await loop.create_server(
            lambda: HttpConnection(self._handle, self._connections, self._refuse_handshake),
            self.host,
            self.port,
            ssl=self._tls,
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and close every connection at once."""
        if self._server is None:
            return
        self._server.close()
        await self.hang_up()
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

    def play(self, script: Script | None) -> None:
        """Let the script hold from now on, from its beginning; None ends the one that is on."""
        self.timeline = None if script is None else Timeline(script, self._now())

    def reset(self) -> None:
        """Forget counts, records, limits used and cached prompts; keep profile and script.

        The sequence and the script begin anew.
        """
        self._sequence = 0
        self._cache.clear()
        self._allowances.clear()
        self.counts.clear()
        if self.timeline is not None:
            self.play(self.timeline.script)

    async def hang_up(self) -> None:
        """Close every connection at once, see that all is over, and go on listening."""
        connections = list(self._connections)
        for connection in connections:
            connection.transport.abort()
        await asyncio.gather(*(connection.closed.wait() for connection in connections))
        await self.counts.until(lambda counts: counts.in_flight == 0)

    def _handle(
        self, request: Request, writer: ResponseWriter
    ) -> Coroutine[None, None, None] | None:
        if request.path.startswith(PREFIX):
            administer(self, request, writer)
            return None
        found = route(request, self.profile.protocols)
        if isinstance(found, ErrorReply):
            self.counts.answered("unknown", "", found.status)
            writer.whole(found.status, found.headers, found.body)
            return None
        profile, stamp = self._next()
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
            allowance=self._allowances.of(found.operation.dialect.credential(request)),
        ).run()

    def _next(self) -> tuple[Profile, Stamp]:
        """The profile that holds for the next request, and what identifies the request."""
        profile = self.profile
        if self.timeline is not None:
            profile = self.timeline.take(profile, self._now())
        stamp = Stamp(profile.seed, self._sequence)
        self._sequence += 1
        return profile, stamp

    def _admit_handshake(
        self, connection: ssl.SSLObject, server_name: str | None, context: ssl.SSLContext
    ) -> int | None:
        """Break the handshake off where the next request is to meet that fault."""
        if self.timeline is not None:
            self.timeline.look(self._now())
            profile = self.timeline.applied_to(self.profile)
        else:
            profile = self.profile
        fault = fault_of(profile, Stamp(profile.seed, self._sequence))
        if fault is None or fault.kind is not ErrorKind.TLS_FAILURE:
            return None
        self._refuse_handshake()
        return ssl.ALERT_DESCRIPTION_HANDSHAKE_FAILURE

    def _refuse_handshake(self) -> None:
        self._next()
        self.counts.refused_handshakes += 1
        self.counts.changed()


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
