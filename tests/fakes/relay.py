"""Use cases of the relay that answer from a script, for the way in."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field

from turnout.application.ports.request_log import RequestRecord
from turnout.application.relay.answers import (
    RelayedEmbedding,
    RelayedReply,
    RelayedStream,
    RouteTaken,
)
from turnout.domain.governance.grant import ANONYMOUS, AccessDenied, Grant
from turnout.domain.inference.reply import EmbeddingReply, NativeReply, Reply, ReplyEvent
from turnout.domain.inference.request import ChatRequest, EmbeddingRequest
from turnout.domain.shared.ids import RequestId

TAKEN = RouteTaken(RequestId("req_relay"), "default", "openai", "gpt-4", 1, 0.0)
NATIVE = NativeReply(b'{"id":"chatcmpl-1","choices":[]}', "gpt-4", None)
NATIVE_VECTORS = NativeReply(b'{"data":[]}', None, None)

Silence = asyncio.Event
"""In a script: wait for it, for ever if nobody sets it."""


@dataclass
class FakeChatRelay:
    """Gives `answer`, or the steps of `script`, after the `opening`; exceptions are raised.

    `requests` are those that came; `waiting` is set when a stream has come to a silence, `left`
    when a request was cancelled or its stream closed.
    """

    answer: Reply | NativeReply | Exception | Silence = NATIVE
    script: Sequence[ReplyEvent | Exception | Silence] = ()
    opening: Silence | None = None
    taken: RouteTaken = field(default_factory=lambda: TAKEN)
    requests: list[ChatRequest] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    waiting: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)

    async def complete(self, request: ChatRequest, grant: Grant) -> RelayedReply:
        self._note(request, grant)
        if isinstance(self.answer, Silence):
            await self._silence(self.answer)
            return RelayedReply(self.taken, NATIVE)
        if isinstance(self.answer, Exception):
            raise self.answer
        return RelayedReply(self.taken, self.answer)

    async def stream(self, request: ChatRequest, grant: Grant) -> RelayedStream:
        self._note(request, grant)
        if self.opening is not None:
            await self._silence(self.opening)
        if isinstance(self.answer, Exception):
            raise self.answer
        return RelayedStream(self.taken, self._events())

    async def _events(self) -> AsyncGenerator[ReplyEvent, None]:
        try:
            for step in self.script:
                if isinstance(step, Silence):
                    self.waiting.set()
                    await step.wait()
                elif isinstance(step, Exception):
                    raise step
                else:
                    yield step
        finally:
            self.left.set()

    async def _silence(self, silence: Silence) -> None:
        try:
            await silence.wait()
        except asyncio.CancelledError:
            self.left.set()
            raise

    def _note(self, request: ChatRequest, grant: Grant) -> None:
        self.requests.append(request)
        self.grants.append(grant)
        self.reached.set()


@dataclass
class FakeEmbeddingRelay:
    """Gives `answer`, or raises it."""

    answer: EmbeddingReply | NativeReply | Exception = NATIVE_VECTORS
    requests: list[EmbeddingRequest] = field(default_factory=list)

    async def __call__(self, request: EmbeddingRequest, grant: Grant) -> RelayedEmbedding:
        self.requests.append(request)
        if isinstance(self.answer, Exception):
            raise self.answer
        return RelayedEmbedding(TAKEN, self.answer)


@dataclass
class FakeAdmission:
    """Admits everybody, or the bearers of `key` alone."""

    key: str | None = None

    def grant(self, presented: str | None, source: Callable[[], str]) -> Grant:
        if self.key is not None and presented != self.key:
            raise AccessDenied("The access key is not known here.")
        return ANONYMOUS if self.key is None else Grant("tester")


@dataclass(frozen=True)
class FakeModel:
    """A listed model."""

    id: str
    kind: str = "model"
    owned_by: str = "openai"
    capabilities: tuple[str, ...] = ("chat", "streaming")
    context_window: int | None = 8192
    max_output_tokens: int | None = None


def loopback() -> str:
    """The address of a caller on this machine."""
    return "127.0.0.1"


@dataclass
class KeptRequests:
    """A RequestLog that keeps all."""

    records: list[RequestRecord] = field(default_factory=list)

    def put(self, record: RequestRecord) -> None:
        self.records.append(record)
