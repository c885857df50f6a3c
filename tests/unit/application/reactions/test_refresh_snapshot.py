from dataclasses import dataclass, field

from tests.fakes.clients import FakeClientFactory, FakeSecrets
from tests.support.gateways import provider

from turnout.application.ports.catalog_source import StoredCatalog
from turnout.application.reactions.refresh_snapshot import RefreshSnapshot
from turnout.application.snapshot.routing_snapshot import RoutingSnapshot, SnapshotHolder


@dataclass
class Source:
    stored: StoredCatalog = field(default_factory=lambda: StoredCatalog(0, (), ()))
    loads: int = 0
    looks: int = 0

    async def revision(self) -> int:
        self.looks += 1
        return self.stored.revision

    async def load(self) -> StoredCatalog:
        self.loads += 1
        return self.stored


async def test_only_a_new_revision_is_loaded_and_swapped_in() -> None:
    source, holder = Source(), SnapshotHolder()
    refresh = RefreshSnapshot(source, FakeClientFactory(), FakeSecrets(), holder)
    assert await refresh()
    assert not await refresh()
    assert source.loads == 1
    source.stored = StoredCatalog(1, (provider("a"),), ())
    assert await refresh()
    assert holder.current.revision == 1
    assert "a/m" in holder.current.routes


async def test_the_one_at_hand_can_be_compiled_anew() -> None:
    source, holder = Source(), SnapshotHolder()
    refresh = RefreshSnapshot(source, FakeClientFactory(), FakeSecrets(), holder)
    await refresh()
    before = holder.current
    assert await refresh(anew=True)
    assert source.looks == 2  # a source may need it, to know what to load
    assert holder.current is not before
    assert holder.current.revision == before.revision


async def test_a_new_snapshot_is_heeded_before_it_holds() -> None:
    source, holder = Source(StoredCatalog(1, (provider("a"),), ())), SnapshotHolder()
    heeded: list[tuple[int, int]] = []

    def heed(snapshot: RoutingSnapshot) -> None:
        heeded.append((snapshot.revision, holder.current.revision))

    await RefreshSnapshot(source, FakeClientFactory(), FakeSecrets(), holder, heed)()
    assert heeded == [(1, -1)]
