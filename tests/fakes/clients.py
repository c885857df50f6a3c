"""Providers that answer from a script."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from turnout.application.ports.provider_client import (
    Answered,
    Embedded,
    ProviderClients,
    Streaming,
)
from turnout.application.ports.secret_store import SecretMissing
from turnout.application.ports.usage_ledger import AttemptRecord
from turnout.domain.catalog.deployment import Deployment
from turnout.domain.catalog.provider import Provider
from turnout.domain.inference.reply import EmbeddingReply, NativeReply, Reply, ReplyEvent
from turnout.domain.inference.request import ChatRequest, EmbeddingRequest
from turnout.domain.routing.load import HeadroomReader

Silence = asyncio.Event
"""In a script: wait for it, for ever if nobody sets it."""
Step = ReplyEvent | Exception | Silence


@dataclass
class FakeChatClient:
    """Gives `answer`, or the steps of `script`; exceptions among them are raised.

    `asked` are the deployments asked; `closed` counts streams that were left, however.
    """

    answer: Reply | NativeReply | Exception | Silence = field(
        default_factory=lambda: NativeReply(b"{}", None, None)
    )
    script: Sequence[Step] = ()
    scripts: list[Sequence[Step]] = field(default_factory=list)
    """Taken by the first streams in place of `script`."""
    opening: Exception | Silence | None = None
    openings: list[Exception] = field(default_factory=list)
    """Raised one after the other by the first streams that are opened."""
    dropped: tuple[str, ...] = ()
    asked: list[str] = field(default_factory=list)
    requests: list[ChatRequest] = field(default_factory=list)
    """Those for streams."""
    closed: int = 0
    headroom: HeadroomReader | None = None
    reached: asyncio.Event = field(default_factory=asyncio.Event)

    async def complete(self, request: ChatRequest, deployment: Deployment) -> Answered:
        self.asked.append(deployment.id)
        self.reached.set()
        if isinstance(self.answer, Silence):
            await self.answer.wait()
            raise AssertionError("nobody waited for this answer any more")
        if isinstance(self.answer, Exception):
            raise self.answer
        return Answered(self.answer, self.dropped, headroom=self.headroom)

    @asynccontextmanager
    async def stream(
        self, request: ChatRequest, deployment: Deployment
    ) -> AsyncIterator[Streaming]:
        self.asked.append(deployment.id)
        self.requests.append(request)
        self.reached.set()
        if isinstance(self.opening, Silence):
            await self.opening.wait()
        elif self.opening is not None:
            raise self.opening
        if self.openings:
            raise self.openings.pop(0)
        try:
            yield Streaming(self._events(), self.dropped, headroom=self.headroom)
        finally:
            self.closed += 1

    async def _events(self) -> AsyncIterator[ReplyEvent]:
        for step in self.scripts.pop(0) if self.scripts else self.script:
            if isinstance(step, Silence):
                await step.wait()
            elif isinstance(step, Exception):
                raise step
            else:
                yield step


@dataclass
class FakeEmbeddingClient:
    """Gives `answer`, or raises it."""

    answer: EmbeddingReply | NativeReply | Exception
    asked: list[str] = field(default_factory=list)

    async def embed(self, request: EmbeddingRequest, deployment: Deployment) -> Embedded:
        self.asked.append(deployment.id)
        if isinstance(self.answer, Exception):
            raise self.answer
        return Embedded(self.answer)


@dataclass
class FakeProbe:
    """Lists `names`, or raises them; `asked` are the kinds of probes that came."""

    names: tuple[str, ...] | Exception | Silence = ()
    asked: list[str] = field(default_factory=list)

    async def models(self) -> tuple[str, ...]:
        self.asked.append("models")
        return await self._names()

    async def connect(self) -> None:
        self.asked.append("connect")
        await self._names()

    async def complete(self, deployment: Deployment) -> None:
        self.asked.append(f"completion of {deployment.id}")
        await self._names()

    async def _names(self) -> tuple[str, ...]:
        if isinstance(self.names, Silence):
            await self.names.wait()
            raise AssertionError("nobody waited for this probe any more")
        if isinstance(self.names, Exception):
            raise self.names
        return self.names


def clients(
    chat: FakeChatClient | None = None,
    embeddings: FakeEmbeddingClient | None = None,
    probe: FakeProbe | None = None,
) -> ProviderClients:
    """Return a provider's clients."""
    return ProviderClients(chat or FakeChatClient(), embeddings, probe or FakeProbe())


@dataclass
class FakeClientFactory:
    """Hands out prepared clients by provider; `secrets` are those that it was given."""

    prepared: Mapping[str, ProviderClients] = field(default_factory=dict)
    default: Callable[[], ProviderClients] = clients
    secrets: dict[str, str | None] = field(default_factory=dict)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)

    def clients_for(self, provider: Provider, secret: str | None) -> ProviderClients:
        self.headers[provider.id] = dict(provider.settings.headers)
        self.secrets[provider.id] = secret
        return self.prepared.get(provider.id) or self.default()


@dataclass
class FakeSecrets:
    """Knows the secrets it was given, by reference."""

    known: Mapping[str, str] = field(default_factory=dict)

    def reveal(self, reference: str) -> str:
        if "${" not in reference:
            return reference
        if reference not in self.known:
            raise SecretMissing(reference, "it is not known here")
        return self.known[reference]


@dataclass
class FakeLedger:
    """Keeps every record; `written` is set with the first."""

    records: list[AttemptRecord] = field(default_factory=list)
    written: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, record: AttemptRecord) -> None:
        self.records.append(record)
        self.written.set()
