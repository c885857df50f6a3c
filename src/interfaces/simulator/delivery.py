"""Delivers an answer at the profile's pace, with the faults that strike midway."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from turnout.interfaces.simulator.billing import Tokens
from turnout.interfaces.simulator.counts import Counts
from turnout.interfaces.simulator.dialect import Frame, Headers, Job
from turnout.interfaces.simulator.http import ResponseWriter
from turnout.interfaces.simulator.profile import AFTER_TOKENS, ErrorKind, Fault, Profile

Sleep = Callable[[float], Awaitable[None]]

_BATCH_BYTES = 16_384
_DRIP_BYTES = 16
_LINE_OVERHEAD = len(b"data: \n\n")
_HALVED = {ErrorKind.MALFORMED_EVENT, ErrorKind.TRUNCATED_JSON}
_SLOW = {ErrorKind.STALL, ErrorKind.SLOW_DRIP}


class Delivery(Struct, kw_only=True):
    """One answer on its way to the caller; what was sent of it is billed, and no more."""

    job: Job
    headers: Headers
    profile: Profile
    writer: ResponseWriter
    counts: Counts
    sleep: Sleep
    fault: Fault | None
    _sent: int = 0
    _ended: bool = False

    @property
    def takes_time(self) -> bool:
        """Whether a whole answer cannot be sent at once."""
        return self.whole_delay_seconds > 0 or self._strikes(*_SLOW)

    @property
    def whole_delay_seconds(self) -> float:
        """How long the whole answer takes to come when it is not streamed."""
        later = self.profile.token_delay_seconds * max(0, self.job.tokens.completion - 1)
        return self.profile.first_token_delay_seconds + later

    async def whole_in_time(self) -> None:
        """Send the whole answer when it is due; drop by drop, or half of it, where a fault says."""
        if self.whole_delay_seconds:
            await self.sleep(self.whole_delay_seconds)
        if not self._strikes(*_SLOW):
            self.whole()
            return
        self._bill(self.job.tokens)
        body = self.job.body
        self.writer.announce(200, self.headers, len(body))
        if self._strikes(ErrorKind.STALL):
            self.writer.pieces([body[: len(body) // 2]])
            await _for_ever()
        await self._drip(body)
        self.writer.end()

    def whole(self) -> None:
        """Send the whole answer: cut in the middle, or its JSON broken, where a fault says so."""
        body, headers = self.job.body, self.headers
        half = len(body) // 2
        self._bill(self.job.tokens)
        if self._strikes(ErrorKind.CUT_AFTER_TOKENS):
            self.writer.whole(200, headers, body, keep_back=half)
            self.writer.cut()
            return
        if self._strikes(ErrorKind.OVERLONG_LINE):
            headers = (*headers, ("x-padding", "x" * self.profile.overlong_bytes))
        self.writer.whole(200, headers, body[:half] if self._strikes(*_HALVED) else body)

    async def stream(self, frames: Iterator[Frame]) -> None:
        """Send the frames, each token after its delay; ends properly unless a fault cuts it."""
        self.writer.begin(200, self.headers)
        try:
            await self._stream(frames)
        finally:
            tokens, sent = self.job.tokens, self._sent
            reasoning = min(tokens.reasoning, sent)  # it comes first
            billed = replace(tokens, completion=sent, reasoning=reasoning)
            self.counts.bill(self.job.model, billed, self.profile.price, whole=self._ended)

    async def _stream(self, frames: Iterator[Frame]) -> None:
        batch = _Batch(self.writer)
        delay_seconds = self.profile.first_token_delay_seconds
        for frame in self._faulty(frames):
            if self._is_over() and (self._sent or frame.tokens):
                await batch.flush()
                await self._break_off()
                return
            if frame.tokens:
                if delay_seconds:
                    await batch.flush()
                    await self.sleep(delay_seconds)
                delay_seconds = self.profile.token_delay_seconds
                self._sent += frame.tokens
            if self._strikes(ErrorKind.SLOW_DRIP):
                await self._drip(frame.data)
            else:
                await batch.add(frame.data)
        await batch.flush()
        self.writer.end()
        self._ended = True

    async def _break_off(self) -> None:
        if self._strikes(ErrorKind.STALL):
            await _for_ever()
        self.writer.cut()

    async def _drip(self, data: bytes) -> None:
        for start in range(0, len(data), _DRIP_BYTES):
            await self.sleep(self.profile.drip_delay_seconds)
            self.writer.pieces([data[start : start + _DRIP_BYTES]])
            await self.writer.drained()

    def _faulty(self, frames: Iterator[Frame]) -> Iterator[Frame]:
        """The frames with what the fault adds to them, or without what it takes away."""
        endless, broken = self._strikes(ErrorKind.NO_DONE), self._strikes(ErrorKind.MALFORMED_EVENT)
        overlong = self._strikes(ErrorKind.OVERLONG_LINE)
        for frame in frames:
            if frame.tokens and overlong:
                padding = b"x" * (self.profile.overlong_bytes - _LINE_OVERHEAD)
                yield Frame(b"data: " + padding + b"\n\n")
                overlong = False
            if frame.tokens and self._strikes(ErrorKind.TRUNCATED_JSON):
                yield Frame(_shortened(frame), frame.tokens)
                return
            if not (endless and frame.end_mark):
                yield frame
            if frame.tokens and broken:
                yield Frame(_shortened(frame) + b"\n\n")
                broken = False

    def _bill(self, tokens: Tokens) -> None:
        self.counts.bill(self.job.model, tokens, self.profile.price)

    def _strikes(self, *kinds: ErrorKind) -> bool:
        return self.fault is not None and self.fault.kind in kinds

    def _is_over(self) -> bool:
        """Whether the fault lets no more tokens through."""
        fault = self.fault
        return fault is not None and fault.kind in AFTER_TOKENS and self._sent >= fault.tokens


def _shortened(frame: Frame) -> bytes:
    return frame.data[: len(frame.data) * 2 // 3].rstrip()


async def _for_ever() -> None:
    await asyncio.Event().wait()


class _Batch:
    """Gathers pieces of a stream, so that those that are due together cost one write."""

    def __init__(self, writer: ResponseWriter) -> None:
        self._writer = writer
        self._pieces: list[bytes] = []
        self._size = 0

    async def add(self, piece: bytes) -> None:
        self._pieces.append(piece)
        self._size += len(piece)
        if self._size > _BATCH_BYTES:
            await self.flush()

    async def flush(self) -> None:
        if self._pieces:
            self._writer.pieces(self._pieces)
            self._pieces, self._size = [], 0
            await self._writer.drained()
