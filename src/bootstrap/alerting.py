"""Alerting in the control plane's process: what is looked at, by whom it is kept, who is told."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from turnout.application.alerting.deliver_notices import DeliverNotices
from turnout.application.alerting.evaluate_alerts import EvaluateAlerts
from turnout.application.alerting.own_watches import (
    BudgetWatch,
    CertificateWatch,
    LedgerWatch,
    ReloadWatch,
)
from turnout.application.alerting.watches import (
    BurnWatch,
    HealthWatch,
    LatencyWatch,
    PriceWatch,
    Watch,
)
from turnout.application.commands.silence_alerts import (
    EndSilence,
    EndSilenceHandler,
    SilenceAlerts,
    SilenceAlertsHandler,
)
from turnout.application.commands.try_channel import TryChannel, TryChannelHandler
from turnout.application.ports.alerting import AlertSettings
from turnout.application.queries.list_alerts import ListAlerts
from turnout.bootstrap.control_container import ControlContainer
from turnout.bootstrap.live_settings import LiveFollower
from turnout.bootstrap.periodic import Periodic
from turnout.domain.alerting.silence import Silence
from turnout.infrastructure.alerting.postman import ChannelPostman
from turnout.infrastructure.persistence.alert_store import SqlAlertStore
from turnout.infrastructure.persistence.budgets import SqlBudgetView
from turnout.infrastructure.persistence.call_counts import SqlCallCounts
from turnout.infrastructure.persistence.worker_reports import SqlReports
from turnout.infrastructure.secrets.certificates import ends_at
from turnout.infrastructure.telemetry.catalog import LEDGER_DEAD, LEDGER_LOST
from turnout.infrastructure.telemetry.exposition import merged
from turnout.infrastructure.transport.engine import EngineOptions
from turnout.infrastructure.transport.http1_engine import Http1Engine
from turnout.interfaces.control.alert_handlers import AlertHandlers

LOOK_SECONDS = 0.5
DELIVER_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Alerting:
    """All of it, over one container; `works` are to be done again and again."""

    container: ControlContainer
    handlers: AlertHandlers
    works: tuple[Periodic, ...]
    deliver: DeliverNotices
    postman: ChannelPostman

    async def stop(self) -> None:
        """Send no more notices."""
        await self.deliver.stop()
        await self.postman.close()


def alerting_of(container: ControlContainer, follow: LiveFollower) -> Alerting:
    """Put it together; `follow` has the rules and channels in force."""
    store, clock = SqlAlertStore(container.store()), container.clock()
    ca_file = container.settings().upstream.ca_file
    postman = ChannelPostman(
        container.secrets(), Http1Engine(EngineOptions(ca_file=ca_file)), clock
    )

    def settings() -> AlertSettings:
        return follow.live.alerts

    leads = container.leadership().leads
    evaluate = EvaluateAlerts(_watches(container, follow), store, store, settings, clock, leads)
    deliver = DeliverNotices(store, postman, settings, clock, leads)
    works = (
        Periodic("looking for alerts", LOOK_SECONDS, evaluate),
        Periodic("delivering notices", DELIVER_SECONDS, deliver),
    )
    return Alerting(
        container, _handlers(container, store, postman, settings), works, deliver, postman
    )


def _watches(container: ControlContainer, follow: LiveFollower) -> Sequence[Watch]:
    counts, holder = SqlCallCounts(container.store(), container.clock()), container.holder()

    def faults() -> Sequence[str]:
        status = follow.live.status
        is_mended = (status.failed_at or 0.0) <= (status.applied_at or 0.0)
        return () if is_mended else status.faults

    return (
        HealthWatch(container.health_overview(), holder),
        BurnWatch(counts),
        LatencyWatch(counts),
        PriceWatch(counts, holder),
        ReloadWatch(faults),
        CertificateWatch(lambda: follow.live.alerts.certificates, ends_at),
        LedgerWatch(_losses(container)),
        BudgetWatch(SqlBudgetView(container.database())),
    )


def _losses(container: ControlContainer) -> Callable[[], Awaitable[float]]:
    reports, clock = SqlReports(container.database()), container.clock()

    async def losses() -> float:
        counters = merged(await reports.all(), clock.epoch_seconds()).counters
        return sum(
            sum(counters.get(metric.name, {}).values()) for metric in (LEDGER_LOST, LEDGER_DEAD)
        )

    return losses


def _handlers(
    container: ControlContainer,
    store: SqlAlertStore,
    postman: ChannelPostman,
    settings: Callable[[], AlertSettings],
) -> AlertHandlers:
    clock, ids, audited = container.clock(), container.ids(), container.auditing()

    async def silences() -> list[Silence]:
        return await store.silences(clock.epoch_seconds())

    def silenced(command: SilenceAlerts) -> str:
        return f"alerts:{command.rule or '*'}:{command.subject or '*'}"

    def ended(command: EndSilence) -> str:
        return f"silence:{command.id}"

    def tried(command: TryChannel) -> str:
        return f"channel:{command.channel}"

    return AlertHandlers(
        show=ListAlerts(store, store, clock),
        settings=settings,
        deliveries=store.latest,
        try_channel=audited.plain(TryChannelHandler(postman, settings, ids, clock), tried),
        silences=silences,
        silence=audited.plain(SilenceAlertsHandler(store, ids, clock), silenced),
        end_silence=audited.plain(EndSilenceHandler(store, clock), ended),
    )
