"""What a worker does beside its requests, from its start to its end."""

from collections.abc import Sized
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from turnout.application.ports.signals import Topic
from turnout.bootstrap.ledgers import flush
from turnout.bootstrap.limit_stores import tending
from turnout.bootstrap.live_settings import LiveBoard, LiveFollower
from turnout.bootstrap.periodic import Periodic
from turnout.bootstrap.plane_settings import PlaneSettings
from turnout.bootstrap.snapshot_watch import SnapshotWatch
from turnout.bootstrap.worker_telling import WorkerTelling

if TYPE_CHECKING:  # whoever imports it decides how
    from turnout.bootstrap.container import RelayContainer

BUDGETS_SECONDS = 0.5
KEYS_SECONDS = 0.5
SECRETS_SECONDS = 0.5
SHARE_SECONDS = 0.5
TELL_SECONDS = 5.0


class WorkerLife:
    """One worker's; `ready` tells whether its requests can be served."""

    def __init__(
        self,
        container: "RelayContainer",
        settings: PlaneSettings,
        board: LiveBoard,
        in_flight: Sized,
    ) -> None:
        self._container = container
        self._settings = settings
        self._board = board
        self._ledger = container.ledger()
        self._keys = container.key_ring()
        self._budgets = container.budgets()
        self._telling = WorkerTelling(container, settings, in_flight)
        follow = LiveFollower(
            board,
            container.admission(),
            container.secrets(),
            limits=container.limits(),
            heed=self._telling.heed,
        )
        tidy = container.client_factory().close_unused
        self._watch = SnapshotWatch(container.refresh_snapshot(), follow, tidy)
        secrets = container.managed_secrets().refresh_if_due
        keys = Periodic("reading access keys", KEYS_SECONDS, self._read_keys)
        health = Periodic("sharing health", SHARE_SECONDS, container.share_health())
        container.health().heard = health.nudge
        self._signals = container.signals()
        for each in (self._watch, keys):
            self._signals.hear(Topic.STORE, each.nudge)
        self._signals.hear(Topic.HEALTH, health.nudge)
        self._besides = (
            Periodic("the ledger", settings.ledger.flush_seconds, partial(flush, self._ledger)),
            keys,
            Periodic("reading secrets", SECRETS_SECONDS, secrets),
            Periodic("settling budgets", BUDGETS_SECONDS, self._settle_budgets),
            health,
            Periodic("telling error rates", TELL_SECONDS, container.tell_tallies()),
            *tending(container.limit_store()),
        )

    def ready(self) -> bool:
        """Tell whether there is a snapshot, and it is known which keys and budgets there are."""
        return (
            self._watch.ready()
            and self._budgets.is_known
            and (self._keys is None or self._keys.is_known())
        )

    async def start(self) -> None:
        """Begin, before the first request."""
        await self._watch.start()
        for work in self._besides:
            await work.start()
        await self._telling.start()
        await self._signals.start()
        if self._container.secrets().take_change():  # no request without what has just been read
            await self._container.refresh_snapshot()(anew=True)

    async def stop(self) -> None:
        """End, after the last request."""
        await self._signals.stop()
        await self._watch.stop()
        for work in self._besides:
            await work.stop()
        await self._container.shared_chat().all_done()
        await self._container.client_factory().close()
        with suppress(Exception):  # the log has said so already
            await flush(self._ledger)
        with suppress(Exception):
            await self._budgets.give_back()
        await self._telling.stop()
        await self._container.store().close()
        if (link := self._container.shared_link()) is not None:
            await link.close()

    async def _read_keys(self) -> None:
        if self._keys is None:
            return
        if self._store_is_being_made():
            self._keys.presume_empty()
        else:
            await self._container.refresh_keys()()

    async def _settle_budgets(self) -> None:
        if self._store_is_being_made():
            self._budgets.presume_none()
        else:
            await self._budgets.settle()

    def _store_is_being_made(self) -> bool:
        return self._settings.starting_document is not None and self._board.is_blank()
