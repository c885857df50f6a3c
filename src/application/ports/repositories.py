"""Where aggregates are kept."""

from typing import Protocol

from turnout.domain.catalog.provider import Provider
from turnout.domain.routing.fallback_chain import FallbackChain
from turnout.domain.shared.ids import ChainId, ProviderId


class Providers(Protocol):
    """The providers. A saved or added aggregate's events are stored with it on commit."""

    async def get(self, id: ProviderId) -> Provider | None:
        """Return the provider, or None."""
        ...

    async def list(self) -> list[Provider]:
        """Return all, by id."""
        ...

    async def save(self, provider: Provider) -> None:
        """Insert or update."""
        ...

    async def remove(self, provider: Provider) -> None:
        """Delete."""
        ...


class FallbackChains(Protocol):
    """The chains. A saved or added aggregate's events are stored with it on commit."""

    async def get(self, id: ChainId) -> FallbackChain | None:
        """Return the chain, or None."""
        ...

    async def list(self) -> list[FallbackChain]:
        """Return all, by id."""
        ...

    async def save(self, chain: FallbackChain) -> None:
        """Insert or update."""
        ...

    async def remove(self, chain: FallbackChain) -> None:
        """Delete."""
        ...


class Declarations(Protocol):
    """What the configuration file last declared, as a digest for each entry.

    Keys are `provider:NAME` and `chain:NAME`. An entry whose digest has not changed is left as it
    is, so that an edit over the API stays until the file itself changes that entry.
    """

    async def digests(self) -> dict[str, str]:
        """Return the digest of every declared entry."""
        ...

    async def put(self, key: str, digest: str) -> None:
        """Remember that the file declares this entry so."""
        ...

    async def remove(self, key: str) -> None:
        """Forget an entry that the file no longer declares."""
        ...
