"""A chosen provider that can be exchanged while the program runs."""

from collections.abc import AsyncGenerator
from typing import Any

from turnout.interfaces.python.answers import ChatAnswer, ChatChunk
from turnout.interfaces.python.gateway import InProcessGateway, Messages


class EnhancedAIRuntimeProvider:
    """Calls go to the chosen provider alone; `switch_to` exchanges it for the calls that follow.

    Calls under way stay where they began.
    """

    def __init__(self, gateway: InProcessGateway, provider: str, model: str | None = None) -> None:
        self._gateway = gateway
        self._address = ""
        self.switch_to(provider, model)

    @property
    def current(self) -> str:
        """The address that calls go to: `provider/model`."""
        return self._address

    def switch_to(self, provider: str, model: str | None = None) -> None:
        """Choose a provider, and one of its models or its first. Raises LookupError."""
        known = self._gateway.snapshot.providers
        found = next((p for id, p in known.items() if id == provider), None)
        if found is None:
            names = ", ".join(known) or "none"
            raise LookupError(f"provider: found {provider!r}, expected one of {names}")
        deployments = found.settings.deployments
        chosen = found.deployment(model) if model is not None else next(iter(deployments), None)
        if chosen is None:
            names = ", ".join(d.model for d in deployments) or "none"
            raise LookupError(f"model: found {model!r}, {provider} has {names}")
        self._address = chosen.id

    async def complete(self, messages: Messages, **fields: Any) -> ChatAnswer:
        """Return a whole answer; see InProcessGateway.complete."""
        return await self._gateway.complete(messages, model=self._address, **fields)

    def stream(self, messages: Messages, **fields: Any) -> AsyncGenerator[ChatChunk, None]:
        """Yield the pieces of an answer; see InProcessGateway.stream."""
        return self._gateway.stream(messages, model=self._address, **fields)
