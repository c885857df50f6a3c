"""A streamed answer on its way out: signs of life while it is silent, and no more than is read.

The server takes whatever it is given and piles up what the caller has not read. So after every
`WINDOW_BYTES` the kernel is asked how much of it still waits for the caller.
"""

import asyncio
from collections.abc import Awaitable, Callable

from turnout.interfaces.relay.rsgi.connection import CallerConnection
from turnout.interfaces.relay.rsgi.wire import HeaderList, HTTPProtocol, StreamTransport

PING = b": ping\n\n"
"""A comment, which every reader of server-sent events leaves out."""
WINDOW_BYTES = 256 * 1024
"""How much is handed over before the kernel is asked."""
LOW_BYTES = 32 * 1024
"""With less than this left, the caller is taken to keep up."""
LOOK_SECONDS = 0.02
STALLED_SECONDS = 60.0
"""A caller who has acknowledged nothing for so long does not read any more."""


class CallerStalled(Exception):
    """The caller has not read for too long."""


class Outflow:
    """The stream of one exchange.

    Whoever sends adds to `handed_bytes`, and awaits `drained()` beyond `mark_bytes`: that is all
    there is to do per piece. `client` gives the caller's address and port. Without `beat_ticks`
    silence stays silence.
    """

    __slots__ = ("_beat_ticks", "_client", "_connection", "_early_head", "_protocol",
                 "_quiet_ticks", "_seen_bytes", "_stalled_seconds", "_transport", "_waits",
                 "handed_bytes", "is_early", "mark_bytes")  # fmt: skip

    def __init__(
        self,
        protocol: HTTPProtocol,
        client: Callable[[], str],
        *,
        early_head: HeaderList,
        beat_ticks: int,
        stalled_seconds: float = STALLED_SECONDS,
    ) -> None:
        self._protocol = protocol
        self._client = client
        self._early_head = early_head
        self._beat_ticks = beat_ticks
        self._stalled_seconds = stalled_seconds
        self._quiet_ticks = 0
        self._seen_bytes = 0
        self._transport: StreamTransport | None = None
        self._connection: CallerConnection | None = None
        self._waits = False
        self.is_early = False
        """Whether the head went out before it was known who answers."""
        self.handed_bytes = 0
        self.mark_bytes = WINDOW_BYTES

    @property
    def has_begun(self) -> bool:
        """Whether the head of the answer has gone out."""
        return self._transport is not None

    def begin(self, head: HeaderList) -> Callable[[bytes], Awaitable[None]]:
        """Begin with `head`, unless another has gone out; return what sends."""
        if self._transport is None:
            self._transport = self._protocol.response_stream(200, head)
        return self._transport.send_bytes

    def tick(self) -> None:
        """Give a sign of life if nothing has gone out for as many ticks as that takes."""
        if self.handed_bytes != self._seen_bytes or self._waits:
            self._seen_bytes, self._quiet_ticks = self.handed_bytes, 0
            return
        self._quiet_ticks += 1
        if self._quiet_ticks >= self._beat_ticks > 0:
            self._quiet_ticks = 0
            self.is_early = self.is_early or not self.has_begun
            self.begin(self._early_head)(PING)

    async def drained(self) -> None:
        """Wait until the caller keeps up. Raises CallerStalled."""
        self._waits = True
        try:
            await self._drained()
        finally:
            self._waits = False
        self.mark_bytes = self.handed_bytes + WINDOW_BYTES

    async def _drained(self) -> None:
        if self._connection is None:
            # Among thousands of connections that takes a while, and others must not wait for it.
            self._connection = await asyncio.to_thread(CallerConnection, self._client())
        last, looks = -1, 0
        while (unsent := self._connection.unsent_bytes()) > LOW_BYTES:
            looks = looks + 1 if unsent == last else 0
            if looks * LOOK_SECONDS >= self._stalled_seconds:
                raise CallerStalled
            last = unsent
            await asyncio.sleep(LOOK_SECONDS)
