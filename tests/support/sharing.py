"""Chat calls whose answers are shared, on fakes."""

import asyncio
from collections.abc import Iterable
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from tests.fakes.cache import FakeCache
from tests.fakes.clients import FakeChatClient
from tests.fakes.system import CountingIds
from tests.support.gateways import FakeGateway, chat_request
from turnout.application.ports.provider_client import Answered
from turnout.application.ports.shared_flights import SharedFlights
from turnout.application.relay.answers import RelayedStream
from turnout.application.relay.elsewhere import Elsewhere
from turnout.application.relay.kept_answers import KeptAnswers
from turnout.application.relay.shared_chat import SharedChat
from turnout.application.relay.shared_stream import Allowance
from turnout.application.relay.sharers import Sharers
from turnout.domain.catalog.deployment import Deployment
from turnout.domain.inference.reply import NativeFrame, NativeReply, Reply, ReplyEvent, TextDelta
from turnout.domain.inference.request import ChatRequest
from turnout.domain.inference.sharing import CacheWish, Sharing
from turnout.domain.inference.usage import TokenUsage
from turnout.domain.routing.cache_policy import CachePolicy
from turnout.domain.shared.ids import RequestId

KEEPING = CachePolicy(enabled=True)
USAGE = TokenUsage(3, 4)


def word(text: str) -> NativeFrame:
    """Return a frame that a caller sees."""
    return NativeFrame(text.encode(), commits=True)


@dataclass
class FakeAnswerWriter:
    """Writes texts as they are."""

    def write(self, event: ReplyEvent) -> bytes:
        return event.text.encode() if isinstance(event, TextDelta) else b""

    def end(self) -> bytes:
        return b"."


@dataclass
class FakeWording:
    """Rewords by naming the form, or not at all."""

    form: str
    can_reword: bool = True
    written: list[RequestId] = field(default_factory=list)

    def whole(self, reply: Reply, request: RequestId) -> bytes:
        self.written.append(request)
        return f"whole {reply.id}".encode()

    def writer(self, request: RequestId, model: str) -> FakeAnswerWriter:
        self.written.append(request)
        return FakeAnswerWriter()

    def reworded(self, answer: bytes, form: str, usage: TokenUsage | None) -> bytes | None:
        return answer + f" as {self.form}".encode() if self.can_reword else None


def sharing(**changes: object) -> Sharing:
    """Return what is known of a call that may be shared."""
    plain = Sharing(
        repeatable=True,
        acts=False,
        wish=CacheWish(),
        form="whole",
        fingerprint=lambda: b"same",
        wording=FakeWording("whole"),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def shared_request(*, stream: bool = False, model: str = "default", **of: object) -> ChatRequest:
    """Return a call that may be shared; `of` are fields of its Sharing."""
    request = chat_request(model, stream=stream)
    form = "stream" if stream else "whole"
    known = sharing(**{"form": form, "wording": FakeWording(form), **of})
    request.sharing = lambda: known
    return request


@dataclass
class GatedChatClient(FakeChatClient):
    """Answers whole calls only once `gate` is open."""

    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def complete(self, request: ChatRequest, deployment: Deployment) -> Answered:
        self.asked.append(deployment.id)
        self.reached.set()
        try:
            await self.gate.wait()
        finally:
            self.closed += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        assert isinstance(self.answer, NativeReply | Reply)
        return Answered(self.answer, self.dropped)


@dataclass
class SharedWorld:
    """A gateway of one provider, and perhaps `others`, whose answers are shared."""

    chat: FakeChatClient
    policy: CachePolicy = field(default_factory=CachePolicy)
    rules: dict[str, object] = field(default_factory=dict)
    cache: FakeCache = field(default_factory=FakeCache)
    allowance: Allowance = field(default_factory=lambda: Allowance(1_000_000))
    others: dict[str, FakeChatClient] = field(default_factory=dict)
    flights: SharedFlights | None = None

    def __post_init__(self) -> None:
        self.gateway = FakeGateway({"a": self.chat, **self.others}, rules=self.rules)
        clock = self.gateway.clock
        kept = KeptAnswers(self.cache, clock)
        self.shared = SharedChat(
            relay=self.gateway.complete_chat,
            holder=self.gateway.holder,
            policy=self.policy,
            kept=kept,
            elsewhere=Elsewhere(self.flights, kept),
            sharers=Sharers(clock, CountingIds(), self.gateway.ledger),
            clock=clock,
            allowance=self.allowance,
        )


def text_of(frames: Iterable[ReplyEvent]) -> str:
    """Return what the frames say together."""
    return b"".join(f.data for f in frames if isinstance(f, NativeFrame)).decode()


async def all_text(stream: RelayedStream) -> str:
    """Read a stream to its end."""
    async with aclosing(stream.events) as events:
        return text_of([event async for event in events])
