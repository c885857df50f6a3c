"""Real clients of providers, on real sockets."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from tests.support.gateways import deployment
from tests.support.upstream import Step, Upstream, upstream
from turnout.application.ports.provider_client import ProviderClients
from turnout.domain.catalog.connecting import Connecting
from turnout.domain.catalog.deployment import Deployment
from turnout.domain.catalog.provider import Provider, ProviderSettings
from turnout.domain.inference.capability import Requirement
from turnout.domain.inference.failure import ProviderFailure
from turnout.domain.inference.reply import ReplyEvent
from turnout.domain.inference.request import ChatRequest, EmbeddingRequest, WireProtocol
from turnout.domain.shared.ids import ProviderId
from turnout.infrastructure.clients.factory import VendorClientFactory
from turnout.infrastructure.discovery import discover_vendors
from turnout.infrastructure.transport.engine import EngineOptions, HttpEngine
from turnout.infrastructure.transport.http1_engine import Http1Engine

PROVIDER = ProviderId("p")
MODEL = replace(deployment("p", "m"), upstream="upstream/m")
SECRET = "s3cret-of-the-provider"


def engine(connect_timeout_seconds: float, connecting: Connecting = Connecting()) -> HttpEngine:
    assert connecting == Connecting()
    return Http1Engine(EngineOptions(connect_timeout_seconds=connect_timeout_seconds))


@asynccontextmanager
async def client_factory() -> AsyncIterator[VendorClientFactory]:
    """A factory of clients, whose engines are closed afterwards."""
    factory = VendorClientFactory(vendors=discover_vendors(), engines=engine)
    try:
        yield factory
    finally:
        await factory.close()


def provider_at(
    base_url: str,
    *,
    vendor: str = "",
    protocol: WireProtocol = WireProtocol.OPENAI_CHAT,
    deployments: tuple[Deployment, ...] = (MODEL,),
    options: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Provider:
    settings = ProviderSettings(
        vendor=vendor,
        protocol=protocol,
        base_url=base_url,
        deployments=deployments,
        options=options or {},
        headers=headers or {},
    )
    return Provider.register(PROVIDER, settings)


@asynccontextmanager
async def served(
    script: Sequence[Step], path: str = ""
) -> AsyncIterator[tuple[Upstream, ProviderClients]]:
    """A provider that answers by `script`, and clients of it; `path` ends its base URL."""
    async with upstream(script) as server, client_factory() as factory:
        yield server, factory.clients_for(provider_at(server.base_url + path), SECRET)


async def told(
    clients: ProviderClients, request: ChatRequest, model: Deployment = MODEL
) -> tuple[list[ReplyEvent], ProviderFailure | None]:
    """Read a streamed answer to its end: what it said, and how it failed if it did."""
    events: list[ReplyEvent] = []
    async with clients.chat.stream(request, model) as streaming:
        try:
            async for event in streaming.events:
                events.append(event)
        except ProviderFailure as failure:
            return events, failure
    return events, None


def embedding_request(*inputs: str) -> EmbeddingRequest:
    return EmbeddingRequest(
        model="m",
        protocol=WireProtocol.OPENAI_CHAT,
        needs=Requirement(frozenset()),
        inputs=inputs,
        encoding="float",
        dimensions=None,
        leftovers=(),
        body_for=lambda name: f'{{"model":"{name}","input":"x"}}'.encode(),
    )
