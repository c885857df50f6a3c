"""Refresh the snapshot when the store has a new revision."""

from collections.abc import Callable
from dataclasses import dataclass

from turnout.application.ports.catalog_source import CatalogSource
from turnout.application.ports.provider_client import ClientFactory
from turnout.application.ports.secret_store import SecretStore
from turnout.application.snapshot.compiler import compile_snapshot
from turnout.application.snapshot.routing_snapshot import RoutingSnapshot, SnapshotHolder


@dataclass(frozen=True, slots=True)
class RefreshSnapshot:
    """Compiles and swaps; requests under way keep the snapshot they began with.

    `heed` takes over what the new one says before the first request comes that goes by it.
    """

    source: CatalogSource
    factory: ClientFactory
    secrets: SecretStore
    holder: SnapshotHolder
    heed: Callable[[RoutingSnapshot], None] | None = None

    async def __call__(self, *, anew: bool = False) -> bool:
        """Swap in the latest revision if it is new; return whether there was anything to do.

        `anew` compiles the one at hand again: what its references stand for has changed.
        """
        revision = await self.source.revision()
        if not anew and revision == self.holder.current.revision:
            return False
        stored = await self.source.load()
        snapshot = compile_snapshot(stored, self.factory, self.secrets)
        if self.heed is not None:
            self.heed(snapshot)
        self.holder.current = snapshot
        return True
