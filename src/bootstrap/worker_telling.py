"""What a worker tells of itself and of its requests: metrics, the access log, spans."""

from collections.abc import Sized
from contextlib import suppress
from importlib.metadata import version
from typing import TYPE_CHECKING

from turnout.bootstrap import samples
from turnout.bootstrap.live_settings import LiveSettings
from turnout.bootstrap.observing import Observing, Teller
from turnout.bootstrap.periodic import Periodic
from turnout.bootstrap.plane_settings import PlaneSettings
from turnout.bootstrap.reporting import REPORT_SECONDS, Reporting
from turnout.bootstrap.traces import traces_for
from turnout.infrastructure.persistence.report_link import LinkedReports
from turnout.infrastructure.telemetry.access_log import AccessLog
from turnout.infrastructure.telemetry.logs import set_level
from turnout.infrastructure.telemetry.loop_lag import LoopLag
from turnout.infrastructure.telemetry.metric import Metrics

if TYPE_CHECKING:  # whoever imports it decides how
    from turnout.bootstrap.container import RelayContainer

OBSERVE_SECONDS = 1.0


class WorkerTelling:
    """One worker's; nothing here is waited for by requests."""

    def __init__(
        self, container: "RelayContainer", settings: PlaneSettings, in_flight: Sized
    ) -> None:
        self._tracing = container.tracing()
        self._lag = LoopLag()
        logs = settings.logs
        self._access = AccessLog(container.dice().roll, logs.access, logs.access_share)
        self._traces = traces_for(settings.traces, container.clock(), version("turnout"))
        metrics, tap = Metrics(), container.tap()
        tap.open()
        self._observe = Observing(tap, metrics, self._tellers())
        self._report = Reporting(
            metrics,
            (
                samples.of_process("data", container.holder()),
                samples.of_requests(in_flight, self._lag),
                samples.of_ledger(container.ledger()),
                samples.of_health(container.health(), container.share_health(), container.clock()),
                samples.of_spans(self._traces),
            ),
            LinkedReports(container.store()),
            container.holder(),
            clock=container.clock(),
            worker=container.worker(),
        )
        self._works = [
            Periodic("telling of requests", OBSERVE_SECONDS, self._observe),
            Periodic("reporting", REPORT_SECONDS, self._report),
        ]
        if self._traces is not None:
            self._works.append(Periodic("sending spans", OBSERVE_SECONDS, self._traces.flush))

    def heed(self, live: LiveSettings) -> None:
        """Take over what may change while the worker runs."""
        set_level(live.logs.level)
        self._access.which, self._access.share = live.logs.access, live.logs.access_share
        if self._traces is not None:
            self._tracing.share = live.trace_share

    async def start(self) -> None:
        """Begin."""
        await self._lag.start()
        for work in self._works:
            await work.start()

    async def stop(self) -> None:
        """Tell of all that there was, and end. The store must still be there."""
        await self._lag.stop()
        for work in self._works:
            await work.stop()
        for last in (self._observe, self._report):
            with suppress(Exception):  # the log has said so already
                await last()
        if self._traces is not None:
            with suppress(Exception):
                await self._traces.flush()
            await self._traces.close()

    def _tellers(self) -> list[Teller]:
        tellers: list[Teller] = [self._access]
        if self._traces is not None:
            tellers.append(self._traces)
        return tellers
