"""VendorProbe: a ProviderProbe for any vendor; a list of models costs no tokens."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from turnout.domain.catalog.deployment import Deployment
from turnout.domain.inference.capability import Capability, Requirement
from turnout.domain.inference.content import Message, Role, TextPart
from turnout.domain.inference.conversation import Conversation, Sampling
from turnout.domain.inference.request import ChatRequest, WireProtocol
from turnout.infrastructure.clients.access import Access
from turnout.infrastructure.clients.chat import VendorChat
from turnout.infrastructure.transport.engine import HttpRequest

_WORDS = "hi"
Reach = Callable[[str], Awaitable[None]]
"""Connects to the server of a URL, and leaves. Raises ProviderFailure."""


@dataclass(frozen=True, slots=True)
class VendorProbe:
    """A ProviderProbe. It sets no time limit of its own: cancel it to give up."""

    access: Access
    reach: Reach

    async def models(self) -> tuple[str, ...]:
        """See ProviderProbe."""
        access = self.access
        reply = await access.engine.send(
            HttpRequest("GET", access.models_url, access.whole_headers)
        )
        if not 200 <= reply.status < 300:
            raise access.failure(reply.status, reply.headers, reply.body)
        return access.decoded(lambda: access.codec.chat.model_names(reply.body))

    async def connect(self) -> None:
        """See ProviderProbe."""
        await self.reach(self.access.models_url)

    async def complete(self, deployment: Deployment) -> None:
        """See ProviderProbe."""
        await VendorChat(self.access).complete(_one_token(deployment), deployment)


def _one_token(deployment: Deployment) -> ChatRequest:
    """Return the smallest call that there is, as a caller of OpenAI's protocol would make it."""

    def body_for(model: str) -> bytes:
        messages = [{"role": "user", "content": _WORDS}]
        return json.dumps({"model": model, "messages": messages, "max_tokens": 1}).encode()

    def decode() -> Conversation:
        message = Message(Role.USER, (TextPart(_WORDS),))
        return Conversation((message,), sampling=Sampling(max_output_tokens=1))

    return ChatRequest(
        model=deployment.model,
        stream=False,
        protocol=WireProtocol.OPENAI_CHAT,
        needs=Requirement(frozenset({Capability.CHAT})),
        body_for=body_for,
        decode=decode,
    )
