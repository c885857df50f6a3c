"""What a store needs before it can be served from; nothing here imports SQLAlchemy.

A start that finds the store as it wants it, or empty, need not make callers wait for more.
"""

from turnout.application.commands.apply_configuration import DeclaredConfiguration
from turnout.application.commands.digest import digest
from turnout.domain.catalog.provider import Provider
from turnout.domain.routing.fallback_chain import FallbackChain
from turnout.infrastructure.persistence.document import encode_catalog
from turnout.infrastructure.persistence.schema_head import HEAD
from turnout.infrastructure.persistence.store_state import StoreState, store_state


async def look_at_store(url: str, declared: DeclaredConfiguration) -> StoreState:
    """Tell how the store stands to what the file declares."""
    digests = {f"provider:{id}": digest(entry) for id, entry in declared.providers.items()}
    digests |= {f"chain:{id}": digest(rules) for id, rules in declared.chains.items()}
    return await store_state(url, HEAD, digests)


def starting_document(declared: DeclaredConfiguration) -> str:
    """Return the catalog that an empty store will hold once the file has been applied."""
    return encode_catalog(
        [Provider(id, settings) for id, settings in declared.providers.items()],
        [FallbackChain(id, rules) for id, rules in declared.chains.items()],
    )
