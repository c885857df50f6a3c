"""StreamedEvents: from the chunks of a provider's stream to reply events."""

from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.reply import ReplyEvent, commits
from turnout.infrastructure.clients.access import Access, too_deep
from turnout.infrastructure.protocols.codec import StreamDecoder
from turnout.infrastructure.transport.engine import HttpStream
from turnout.infrastructure.transport.sse import EventSplitter


class StreamedEvents:
    """An AsyncIterator over one streamed answer.

    `begun` is what was read of it already. A plain object and no generator, so that one that is
    left half read needs no closing. Raises ProviderFailure: once content has been seen always
    STREAM_BROKEN, with the fault as its cause.
    """

    __slots__ = ("_access", "_committed", "_decoder", "_failure", "_next", "_over", "_ready",
                 "_splitter", "_stream")  # fmt: skip

    def __init__(
        self, stream: HttpStream, decoder: StreamDecoder, access: Access, begun: bytes = b""
    ) -> None:
        self._stream = stream
        self._decoder = decoder
        self._access = access
        self._splitter = EventSplitter()
        self._ready: list[ReplyEvent] = []
        self._next = 0
        self._committed = False
        self._over = False
        self._failure: ProviderFailure | None = None
        if begun:
            self._take(begun)

    def __aiter__(self) -> "StreamedEvents":
        return self

    async def __anext__(self) -> ReplyEvent:
        while self._next >= len(self._ready):
            if self._failure is not None:
                raise self._as_told(self._failure) from self._failure
            if self._over:
                raise StopAsyncIteration
            self._ready = []
            self._next = 0
            await self._read()
        event = self._ready[self._next]
        self._next += 1
        if not self._committed:
            self._committed = commits(event)
        return event

    async def _read(self) -> None:
        """Wait for one chunk and take it in."""
        try:
            chunk = await self._stream.read_chunk()
        except ProviderFailure as failure:
            self._broke(failure)
        else:
            self._take(chunk)

    def _take(self, chunk: bytes | None) -> None:
        """Take in one chunk. What was said before a fault in it is kept, to be told first."""
        try:
            if chunk is None:
                self._end()
            else:
                self._decode(self._splitter.feed(chunk))
        except ProviderFailure as failure:
            self._failure = self._access.masked(failure)
        except RecursionError:
            self._failure = too_deep()

    def _decode(self, blocks: list[bytes]) -> None:
        bend, feed = self._access.bends.block, self._decoder.feed
        for block in blocks:
            self._ready += feed(block if bend is None else bend(block))

    def _end(self) -> None:
        """Take in what nobody closed with an empty line, close it, and ask for the last words."""
        self._over = True
        self._decode([block.rstrip(b"\r\n") + b"\n\n" for block in self._splitter.end()])
        self._ready += self._decoder.end()

    def _broke(self, failure: ProviderFailure) -> None:
        """Some servers hang up without a last chunk: that is no fault if the answer was whole."""
        try:
            self._end()
        except ProviderFailure:
            self._failure = failure

    def _as_told(self, failure: ProviderFailure) -> ProviderFailure:
        if not self._committed:
            return failure
        return ProviderFailure(
            FailureKind.STREAM_BROKEN, failure.message, status=failure.status, raw=failure.raw
        )
