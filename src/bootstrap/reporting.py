"""How a process tells of itself: its metrics, as one row of the store, again and again."""

from collections.abc import Callable, Sequence
from secrets import token_hex

from turnout.application.ports.system import Clock
from turnout.application.snapshot.routing_snapshot import SnapshotHolder
from turnout.infrastructure.persistence.report_link import LinkedReports
from turnout.infrastructure.telemetry.metric import Metrics
from turnout.infrastructure.telemetry.report import written

REPORT_SECONDS = 2.0
Sample = Callable[[Metrics], None]
"""Reads levels that are kept elsewhere."""


class Reporting:
    """Called every REPORT_SECONDS. A store from which nothing was published yet is left alone."""

    def __init__(
        self,
        metrics: Metrics,
        samples: Sequence[Sample],
        reports: LinkedReports,
        holder: SnapshotHolder,
        *,
        clock: Clock,
        worker: str,
    ) -> None:
        self._metrics = metrics
        self._samples = samples
        self._reports = reports
        self._holder = holder
        self._clock = clock
        # Another process of the same number, later, is not the same one.
        self._worker = f"{worker}:{token_hex(6)}"

    async def __call__(self) -> None:
        """Report. Raises what the store raises; the next report has all of it."""
        for sample in self._samples:
            sample(self._metrics)
        if self._holder.current.revision > 0:
            now = self._clock.epoch_seconds()
            await self._reports.put(self._worker, now, written(self._metrics))
