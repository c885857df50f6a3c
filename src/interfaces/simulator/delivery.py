"""Delivers an answer at the profile's pace, with the faults that strike midway."""

from collections.abc import Awaitable, Callable, Iterator

from msgspec import Struct

from turnout.interfaces.simulator.counts import Counts
from turnout.interfaces.simulator.dialect import Frame, Headers, Job
from turnout.interfaces.simulator.http import ResponseWriter
from turnout.interfaces.simulator.profile import ErrorKind, Fault, Profile

Sleep = Callable[[float], Awaitable[None]]

_BATCH_BYTES = 16_384


class Delivery(Struct, kw_only=True):
    """One answer on its way to the caller; what is sent is billed as it goes."""

    job: Job
    headers: Headers
    profile: Profile
    writer: ResponseWriter
    counts: Counts
    sleep: Sleep
    fault: Fault | None

    @property
    def whole_delay_seconds(self) -> float:
        """How long the whole answer takes to come when it is not streamed."""
        later = self.profile.token_delay_seconds * max(0, self.job.completion_tokens - 1)
        return self.profile.first_token_delay_seconds + later

    async def whole_after(self, delay_seconds: float) -> None:
        await self.sleep(delay_seconds)
        self.whole()

    def whole(self) -> None:
        """Send the whole answer: cut in the middle, or its JSON broken, where a fault says so."""
        body, job = self.job.body, self.job
        half = len(body) // 2
        self.counts.bill(job.model, prompt=job.prompt_tokens, completion=job.completion_tokens)
        if self._strikes(ErrorKind.CUT_AFTER_TOKENS):
            self.writer.whole(200, self.headers, body, keep_back=half)
            self.writer.cut()
        else:
            broken = self._strikes(ErrorKind.MALFORMED_EVENT)
            self.writer.whole(200, self.headers, body[:half] if broken else body)

    async def stream(self, frames: Iterator[Frame]) -> None:
        """Send the frames, each token after its delay; ends properly unless a fault cuts it."""
        self.writer.begin(200, self.headers)
        self.counts.bill(self.job.model, prompt=self.job.prompt_tokens)
        batch = _Batch(self.writer)
        delay_seconds, tokens = self.profile.first_token_delay_seconds, 0
        for frame in self._faulty(frames):
            if self._cuts(tokens) and (tokens or frame.tokens):
                await batch.flush()
                self.writer.cut()
                return
            if frame.tokens:
                if delay_seconds:
                    await batch.flush()
                    await self.sleep(delay_seconds)
                delay_seconds = self.profile.token_delay_seconds
                tokens += frame.tokens
                self.counts.bill(self.job.model, completion=frame.tokens)
            await batch.add(frame.data)
        await batch.flush()
        self.writer.end()

    def _faulty(self, frames: Iterator[Frame]) -> Iterator[Frame]:
        """The frames without their end mark, or with a broken one after the first token."""
        broken = self._strikes(ErrorKind.MALFORMED_EVENT)
        endless = self._strikes(ErrorKind.NO_DONE)
        for frame in frames:
            if not (endless and frame.end_mark):
                yield frame
            if broken and frame.tokens:
                yield Frame(frame.data[: len(frame.data) * 2 // 3].rstrip() + b"\n\n")
                broken = False

    def _strikes(self, kind: ErrorKind) -> bool:
        return self.fault is not None and self.fault.kind is kind

    def _cuts(self, tokens: int) -> bool:
        fault = self.fault
        return (
            fault is not None
            and fault.kind is ErrorKind.CUT_AFTER_TOKENS
            and tokens >= fault.tokens
        )


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
