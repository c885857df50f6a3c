"""What the data plane asks of the application, in the narrow form that it needs."""

from collections.abc import Callable, Sequence
from typing import Protocol

from turnout.application.relay.answers import RelayedEmbedding, RelayedReply, RelayedStream
from turnout.domain.governance.grant import Grant
from turnout.domain.governance.scope import Scope
from turnout.domain.inference.request import ChatRequest, EmbeddingRequest


class ChatRelay(Protocol):
    """Relays chat calls."""

    async def complete(self, request: ChatRequest, grant: Grant, /) -> RelayedReply:
        """Return the whole answer. Raises RelayError, InvalidRequest."""
        ...

    async def stream(self, request: ChatRequest, grant: Grant, /) -> RelayedStream:
        """Return an answer past its commit point. Raises RelayError, InvalidRequest."""
        ...


class EmbeddingRelay(Protocol):
    """Relays embeddings calls."""

    async def __call__(self, request: EmbeddingRequest, grant: Grant, /) -> RelayedEmbedding:
        """Return the vectors. Raises RelayError, InvalidRequest."""
        ...


class Admits(Protocol):
    """Knows who may call."""

    def grant(self, presented: str | None, source: Callable[[], str], /) -> Grant:
        """Return what the bearer of a key may do who calls from the address that `source` gives.

        Raises AccessDenied, AccessUnknown.
        """
        ...


class ListedModel(Protocol):
    """A name that a request's `model` may have."""

    @property
    def id(self) -> str:
        """The name."""
        ...

    @property
    def kind(self) -> str:
        """`chain` or `model`."""
        ...

    @property
    def owned_by(self) -> str:
        """The provider that would be asked first."""
        ...

    @property
    def capabilities(self) -> Sequence[str]:
        """What it offers."""
        ...

    @property
    def context_window(self) -> int | None:
        """In tokens, None when unknown."""
        ...

    @property
    def max_output_tokens(self) -> int | None:
        """None when unknown."""
        ...


class ModelList(Protocol):
    """Lists what callers may use."""

    def __call__(self, scope: Scope, /) -> Sequence[ListedModel]:
        """Return all that `scope` allows, in the order to show."""
        ...
