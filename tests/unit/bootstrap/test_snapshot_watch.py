import asyncio
import logging
from collections.abc import Callable

import pytest
from tests.fakes.clients import FakeClientFactory, FakeSecrets

from turnout.application.ports.catalog_source import StoredCatalog
from turnout.application.reactions.refresh_snapshot import RefreshSnapshot
from turnout.application.snapshot.routing_snapshot import SnapshotHolder
from turnout.bootstrap.snapshot_watch import SnapshotWatch


class Source:
    """Has the revisions given, one a look; None cannot be read. `seen` is set after the last."""

    def __init__(self, *revisions: int | None) -> None:
        self._revisions = list(revisions)
        self.seen = asyncio.Event()

    async def revision(self) -> int:
        if len(self._revisions) == 1:
            self.seen.set()
        found = self._revisions[0] if len(self._revisions) == 1 else self._revisions.pop(0)
        if found is None:
            raise OSError("the store is away")
        return found

    async def load(self) -> StoredCatalog:
        return StoredCatalog(await self.revision(), (), ())


async def nothing_to_tidy() -> None:
    pass


def watching(
    source: Source, follow: Callable[[], bool] = lambda: False
) -> tuple[SnapshotWatch, SnapshotHolder]:
    holder = SnapshotHolder()
    refresh = RefreshSnapshot(source, FakeClientFactory(), FakeSecrets(), holder)
    return SnapshotWatch(refresh, follow, nothing_to_tidy), holder


async def test_the_first_snapshot_is_there_when_it_has_started() -> None:
    watch, holder = watching(Source(3))
    assert not watch.ready()
    await watch.start()
    assert watch.ready()
    assert holder.current.revision == 3
    await watch.stop()
    await watch.stop()


async def test_a_change_is_seen_and_what_fails_keeps_the_last(
    caplog: pytest.LogCaptureFixture,
) -> None:
    source = Source(3, 3, None, 4)
    watch, holder = watching(source)
    with caplog.at_level(logging.ERROR):
        await watch.start()
        async with asyncio.timeout(20):
            await source.seen.wait()
        await asyncio.sleep(0)
    assert holder.current.revision == 4
    assert [record.message for record in caplog.records] == [
        "the configuration could not be taken over; keeping the last"
    ]
    await watch.stop()


async def test_it_starts_without_a_store_and_is_not_ready() -> None:
    watch, _ = watching(Source(None))
    await watch.start()
    assert not watch.ready()
    await watch.stop()


async def test_what_was_handed_in_is_compiled_again_until_that_succeeds() -> None:
    source = Source(3, 3, None, 3)
    handed_in = [False, True, False]
    watch, holder = watching(source, lambda: bool(handed_in) and handed_in.pop(0))
    await watch.start()
    first = holder.current
    async with asyncio.timeout(20):
        await source.seen.wait()
    await asyncio.sleep(0)
    assert holder.current is not first
    assert (holder.current.revision, handed_in) == (3, [])
    await watch.stop()
