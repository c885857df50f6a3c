"""The gateway in one process: calls, questions and live changes."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec

from turnout.application.commands.enable_provider import EnableProvider, EnableProviderHandler
from turnout.application.ports.system import Clock
from turnout.application.ports.views import ProviderRow
from turnout.application.queries.explain_route import ExplainRoute, Explanation
from turnout.application.queries.list_models import ListModels, ModelRow
from turnout.application.queries.list_providers import ListProviders
from turnout.application.reactions.refresh_snapshot import RefreshSnapshot
from turnout.application.relay.health_board import HealthBoard
from turnout.application.snapshot.routing_snapshot import DEFAULT_CHAIN, RoutingSnapshot
from turnout.domain.governance.grant import Grant
from turnout.domain.inference.capability import Capability, Requirement
from turnout.domain.inference.reply import NativeFrame
from turnout.domain.inference.sharing import CacheWish
from turnout.domain.shared.ids import ProviderId
from turnout.interfaces.python.answers import ChatAnswer, ChatChunk, Vectors, chunks_of
from turnout.interfaces.relay.ingress.openai_chat.reply import reply_body
from turnout.interfaces.relay.ingress.openai_chat.request import ChatCall, read_chat_call
from turnout.interfaces.relay.ingress.openai_chat.sharing import sharing_of
from turnout.interfaces.relay.ingress.openai_chat.stream import ChunkWriter
from turnout.interfaces.relay.ingress.openai_embeddings.reply import embeddings_body
from turnout.interfaces.relay.ingress.openai_embeddings.request import read_embedding_request
from turnout.interfaces.relay.use_cases import ChatRelay, EmbeddingRelay

Messages = str | Sequence[Mapping[str, Any]]
"""Messages in OpenAI's shape, or a user's text alone."""
CALLER = Grant("in-process")
"""Whoever holds the object may call."""


@dataclass(frozen=True, slots=True)
class Handlers:
    """What the composition root gives."""

    complete_chat: ChatRelay
    embed: EmbeddingRelay
    explain_route: ExplainRoute
    list_models: ListModels
    list_providers: ListProviders
    enable_provider: EnableProviderHandler
    refresh_snapshot: RefreshSnapshot
    health: HealthBoard
    clock: Clock


@dataclass(slots=True)
class InProcessGateway:
    """Calls raise RelayError and InvalidRequest; a stream that breaks raises ProviderFailure."""

    handlers: Handlers

    async def complete(
        self, messages: Messages, *, model: str = DEFAULT_CHAIN, **fields: Any
    ) -> ChatAnswer:
        """Return a whole answer; `fields` are those of OpenAI's chat completions."""
        call = self._chat_call(messages, model, {**fields, "stream": False})
        relayed = await self.handlers.complete_chat.complete(call.request, CALLER)
        body = reply_body(
            relayed.reply,
            fallback_id=f"chatcmpl-{relayed.taken.request_id}",
            created=int(self.handlers.clock.epoch_seconds()),
        )
        return ChatAnswer(msgspec.json.decode(body), relayed.taken)

    async def stream(
        self, messages: Messages, *, model: str = DEFAULT_CHAIN, **fields: Any
    ) -> AsyncGenerator[ChatChunk, None]:
        """Yield the pieces of an answer; leaving early closes the provider's connection."""
        call = self._chat_call(messages, model, {**fields, "stream": True})
        relayed = await self.handlers.complete_chat.stream(call.request, CALLER)
        taken = relayed.taken
        writer = ChunkWriter(
            f"chatcmpl-{taken.request_id}",
            taken.model,
            int(self.handlers.clock.epoch_seconds()),
            call.include_usage,
        )
        native = False
        async with aclosing(relayed.events) as events:
            async for event in events:
                native = native or isinstance(event, NativeFrame)
                data = event.data if isinstance(event, NativeFrame) else writer.write(event)
                for body in chunks_of(data):
                    yield ChatChunk(body, taken)
        for body in chunks_of(b"" if native else writer.end()):
            yield ChatChunk(body, taken)

    async def embed(self, input: str | Sequence[str], *, model: str, **fields: Any) -> Vectors:
        """Return vectors; `fields` are those of OpenAI's embeddings."""
        text = msgspec.json.encode({**fields, "model": model, "input": input})
        request = read_embedding_request(text)
        relayed = await self.handlers.embed(request, CALLER)
        body = embeddings_body(relayed.reply, encoding=request.encoding, model=relayed.taken.model)
        return Vectors(msgspec.json.decode(body), relayed.taken)

    def explain(
        self, model: str = DEFAULT_CHAIN, needs: frozenset[Capability] = frozenset()
    ) -> Explanation:
        """Tell where a request would go, and why not elsewhere."""
        return self.handlers.explain_route(model, Requirement(needs | {Capability.CHAT}))

    def models(self) -> tuple[ModelRow, ...]:
        """Return what calls may name as `model`."""
        return self.handlers.list_models()

    async def providers(self, *capabilities: Capability) -> list[ProviderRow]:
        """Return the providers, or those whose models offer all of `capabilities`."""
        return await self.handlers.list_providers(frozenset(capabilities))

    async def enable(self, provider: str, enabled: bool = True) -> None:
        """Let calls reach a provider, or keep them away, from the next call on.

        Raises DomainError `provider.unknown`.
        """
        await self.handlers.enable_provider(EnableProvider(ProviderId(provider), enabled))
        await self.handlers.refresh_snapshot()

    @property
    def snapshot(self) -> RoutingSnapshot:
        """The routing state as of now."""
        return self.handlers.refresh_snapshot.holder.current

    def _chat_call(self, messages: Messages, model: str, fields: Mapping[str, Any]) -> ChatCall:
        if isinstance(messages, str):
            messages = [{"role": "user", "content": messages}]
        body = msgspec.json.encode({**fields, "model": model, "messages": messages})
        call = read_chat_call(body)
        call.request.sharing = partial(sharing_of, call, body, CacheWish(), self.handlers.clock)
        return call
