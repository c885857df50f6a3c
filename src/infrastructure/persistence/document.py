"""The whole catalog as one JSON text: what the store publishes and workers read."""

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from turnout.application.ports.catalog_source import StoredCatalog
from turnout.domain.catalog.provider import Provider, ProviderSettings
from turnout.domain.routing.fallback_chain import ChainRules, FallbackChain
from turnout.domain.shared.ids import ChainId, ProviderId


@dataclass(frozen=True, slots=True)
class _Catalog:
    providers: dict[str, ProviderSettings]
    chains: dict[str, ChainRules]


_ENCODER = msgspec.json.Encoder(order="deterministic")
_DECODER = msgspec.json.Decoder(_Catalog)


def encode_catalog(providers: Iterable[Provider], chains: Iterable[FallbackChain]) -> str:
    """Write the catalog; the same catalog gives the same text."""
    catalog = _Catalog(
        {provider.id: provider.settings for provider in providers},
        {chain.id: chain.rules for chain in chains},
    )
    return _ENCODER.encode(catalog).decode()


def decode_catalog(revision: int, text: str) -> StoredCatalog:
    """Read what `encode_catalog` wrote. Raises msgspec.ValidationError for anything else."""
    catalog = _DECODER.decode(text)
    return StoredCatalog(
        revision,
        tuple(Provider(ProviderId(id), catalog.providers[id]) for id in sorted(catalog.providers)),
        tuple(FallbackChain(ChainId(id), catalog.chains[id]) for id in sorted(catalog.chains)),
    )
