"""What the control plane tells of itself, and of all processes together."""

from collections.abc import Awaitable, Callable
from importlib.metadata import version

from turnout.bootstrap import samples
from turnout.bootstrap.control_container import ControlContainer
from turnout.bootstrap.live_settings import LiveFollower
from turnout.bootstrap.periodic import Periodic
from turnout.bootstrap.reporting import REPORT_SECONDS, Reporting
from turnout.infrastructure.persistence.report_link import LinkedReports
from turnout.infrastructure.persistence.worker_reports import SqlReports
from turnout.infrastructure.telemetry.exposition import exposition, fold
from turnout.infrastructure.telemetry.metric import Metrics

FOLD_SECONDS = 60.0
Exposition = Callable[[str], Awaitable[tuple[bytes, str]]]
"""Gives all metrics, and their media type, for a header `accept`."""


def reporting_of(container: ControlContainer, follow: LiveFollower) -> Reporting:
    """Return what tells of this process."""
    return Reporting(
        Metrics(),
        (
            samples.of_process("control", container.holder()),
            samples.of_health(container.health(), container.share_health(), container.clock()),
            samples.of_reloads(lambda: follow.live.status),
        ),
        LinkedReports(container.store()),
        container.holder(),
        clock=container.clock(),
        worker=container.worker(),
    )


def telling_works(container: ControlContainer, follow: LiveFollower) -> tuple[Periodic, ...]:
    """Return what is to be done again and again for metrics."""
    reports, clock = SqlReports(container.database()), container.clock()

    async def fold_ended() -> None:
        await reports.fold(clock.epoch_seconds(), fold)

    return (
        Periodic("reporting", REPORT_SECONDS, reporting_of(container, follow)),
        Periodic("folding reports", FOLD_SECONDS, fold_ended),
    )


def exposition_of(container: ControlContainer) -> Exposition:
    """Return what gives the metrics of all processes."""
    reports, clock, own_version = (
        SqlReports(container.database()),
        container.clock(),
        version("turnout"),
    )

    async def expose(accept: str) -> tuple[bytes, str]:
        return exposition(await reports.all(), clock.epoch_seconds(), accept, own_version)

    return expose
