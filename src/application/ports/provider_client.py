"""Talking to a provider: one port for each operation.

What is made for each request is not frozen, since that would treble its cost.
"""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from turnout.domain.catalog.deployment import Deployment
from turnout.domain.catalog.provider import Provider
from turnout.domain.inference.reply import EmbeddingReply, NativeReply, Reply, ReplyEvent
from turnout.domain.inference.request import ChatRequest, EmbeddingRequest
from turnout.domain.routing.load import HeadroomReader


@dataclass(slots=True)
class Answered:
    """A whole answer, and the caller's fields that the provider's protocol could not carry.

    `waited_seconds` is the time spent waiting on the provider, translation excluded; `headroom`
    reads what the provider said of its rate limits, should anybody ask.
    """

    reply: Reply | NativeReply
    dropped: tuple[str, ...] = ()
    waited_seconds: float = 0.0
    headroom: HeadroomReader | None = None


@dataclass(slots=True)
class Streaming:
    """An answer under way; `events` raises ProviderFailure, and ends only where the answer did."""

    events: AsyncIterator[ReplyEvent]
    dropped: tuple[str, ...] = ()
    waited_seconds: float = 0.0
    """Until the provider's response head."""
    headroom: HeadroomReader | None = None
    """See Answered."""


@dataclass(slots=True)
class Embedded:
    """Vectors, and what could not be carried; see Answered."""

    reply: EmbeddingReply | NativeReply
    dropped: tuple[str, ...] = ()
    waited_seconds: float = 0.0
    headroom: HeadroomReader | None = None


class ChatClient(Protocol):
    """Asks one provider for chat completions. No retries: the relay alone retries."""

    async def complete(self, request: ChatRequest, deployment: Deployment) -> Answered:
        """Return the whole answer. Raises ProviderFailure, InvalidRequest."""
        ...

    def stream(
        self, request: ChatRequest, deployment: Deployment
    ) -> AbstractAsyncContextManager[Streaming]:
        """Open a streamed answer; leaving the context closes the connection if it is not done.

        Entering raises ProviderFailure (also for an error status) and InvalidRequest. Events raise
        ProviderFailure: STREAM_BROKEN when the stream ends before the answer did.
        """
        ...


class EmbeddingClient(Protocol):
    """Asks one provider for embeddings."""

    async def embed(self, request: EmbeddingRequest, deployment: Deployment) -> Embedded:
        """Return the vectors. Raises ProviderFailure, InvalidRequest."""
        ...


class ProviderProbe(Protocol):
    """Asks one provider whether it is there. All methods raise ProviderFailure if it is not."""

    async def models(self) -> tuple[str, ...]:
        """Return the names of the models that the provider lists; costs no tokens."""
        ...

    async def connect(self) -> None:
        """Open a connection, over TLS where that is used, and close it."""
        ...

    async def complete(self, deployment: Deployment) -> None:
        """Ask a model for one token, which costs that."""
        ...


@dataclass(frozen=True, slots=True)
class ProviderClients:
    """A provider's operations; None where its protocol has no such operation."""

    chat: ChatClient
    embeddings: EmbeddingClient | None
    probe: ProviderProbe


class ClientFactory(Protocol):
    """Makes the clients of a provider."""

    def clients_for(self, provider: Provider, secret: str | None) -> ProviderClients:
        """Return clients that hold `secret`; no I/O. Raises DomainError for unusable settings."""
        ...
