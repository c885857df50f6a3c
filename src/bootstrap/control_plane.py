"""The control plane's process: the admin API, one process, on a port of its own."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from typing import Any

import uvicorn

from turnout.application.commands.define_chain import DefineChainHandler
from turnout.application.commands.enable_provider import EnableProviderHandler
from turnout.application.commands.issue_key import IssueKeyHandler
from turnout.application.commands.register_provider import RegisterProviderHandler
from turnout.application.commands.remove_chain import RemoveChainHandler
from turnout.application.commands.retire_provider import RetireProviderHandler
from turnout.application.commands.revise_chain import ReviseChainHandler
from turnout.application.commands.revise_key import ReviseKeyHandler
from turnout.application.commands.revise_provider import ReviseProviderHandler
from turnout.application.commands.revoke_key import RevokeKeyHandler
from turnout.application.commands.roll_back import RollBackHandler
from turnout.application.commands.rotate_key import RotateKeyHandler
from turnout.application.health.probe_schedule import ProbeSchedule
from turnout.application.ports.history import ChangedBy
from turnout.application.ports.signals import Topic
from turnout.application.queries.get_key import GetKey
from turnout.bootstrap.alerting import Alerting, alerting_of
from turnout.bootstrap.auditing import Auditing
from turnout.bootstrap.budgeting import budget_handlers, budget_works
from turnout.bootstrap.configuration import known_vendors, today
from turnout.bootstrap.control_container import ControlContainer
from turnout.bootstrap.control_listener import ControlServer, control_server
from turnout.bootstrap.control_telling import exposition_of, telling_works
from turnout.bootstrap.leading import Leadership, if_leading
from turnout.bootstrap.lifeline import receive_settings
from turnout.bootstrap.live_settings import LiveFollower, LiveSettings
from turnout.bootstrap.periodic import Periodic
from turnout.bootstrap.snapshot_watch import SnapshotWatch
from turnout.infrastructure.config.entry import EntryReader
from turnout.infrastructure.telemetry.logs import begin_logs, set_level
from turnout.interfaces.control.access import Door
from turnout.interfaces.control.app import make_app
from turnout.interfaces.control.changes_told import ChangesTold
from turnout.interfaces.control.handlers import ConfigurationStatus, Handlers
from turnout.interfaces.control.key_handlers import KeyHandlers
from turnout.interfaces.control.page_handlers import DataPlane, PageHandlers
from turnout.interfaces.control.usage_handlers import UsageHandlers

SECRETS_SECONDS = 0.5
SHARE_SECONDS = 0.5
LEAD_SECONDS = 0.5
ROLL_SECONDS = 0.5
PRUNE_SECONDS = 600.0
PROBE_SECONDS = 0.1
"""How often it is asked which probes are due."""
LIVE_SECONDS = 0.5
CERTIFICATE_SECONDS = 5.0


def main() -> None:
    """Serve until SIGTERM."""
    settings, board = receive_settings()
    begin_logs(settings.logs.level, settings.logs.format)
    container = ControlContainer(settings=settings)
    follow = LiveFollower(board, container.admission(), container.secrets(), heed=_heed)
    tidy = container.client_factory().close_unused
    watch = SnapshotWatch(container.refresh_snapshot(), follow, tidy)
    alerting = alerting_of(container, follow)
    handlers = _handlers(container, watch, follow, alerting)
    works = (*telling_works(container, follow), *budget_works(container), *alerting.works)
    asyncio.run(_serve(handlers, watch, container, alerting, works))


def _heed(live: LiveSettings) -> None:
    set_level(live.logs.level)


async def _server(handlers: Handlers, container: ControlContainer) -> ControlServer:
    settings = container.settings()
    accounts = await container.accounts().handlers()
    door = Door(
        settings.control.is_local, settings.control.public_url, settings.control.metrics_token
    )
    app = make_app(handlers, accounts, door)
    app.add_middleware(ChangesTold, tell=partial(container.signals().send, Topic.STORE))
    return control_server(app, settings)


async def _serve(
    handlers: Handlers,
    watch: SnapshotWatch,
    container: ControlContainer,
    alerting: Alerting,
    works: Sequence[Periodic],
) -> None:
    probes, leadership, signals = (
        container.probe_schedule(),
        container.leadership(),
        container.signals(),
    )
    health = Periodic("sharing health", SHARE_SECONDS, container.share_health())
    container.health().heard = health.nudge
    signals.hear(Topic.HEALTH, health.nudge)
    signals.hear(Topic.STORE, watch.nudge)
    await watch.start()
    server, renew_certificate = await _server(handlers, container)
    besides = (
        *_upkeep(container, probes, leadership),
        health,
        Periodic("looking for what is new", LIVE_SECONDS, _live(container, server)),
        Periodic("renewing the certificate", CERTIFICATE_SECONDS, renew_certificate),
        *works,
    )
    for work in besides:
        await work.start()
    await signals.start()
    try:
        await server.serve()
    finally:
        await signals.stop()
        await watch.stop()
        for work in besides:
            await work.stop()
        await probes.stop()
        await alerting.stop()
        with suppress(Exception):  # the database frees it as well when the connection ends
            await leadership.resign()
        await _close(container)


async def _close(container: ControlContainer) -> None:
    """Let go of everything outside."""
    await container.store().close()
    if (link := container.shared_link()) is not None:
        await link.close()
    await container.client_factory().close()
    await container.data_plane_caller().close()
    await container.database().dispose()


def _upkeep(
    container: ControlContainer, probes: ProbeSchedule, leadership: Leadership
) -> tuple[Periodic, ...]:
    ledger = container.ledger_keeping()
    return (
        Periodic("leading", LEAD_SECONDS, leadership),
        Periodic("reading secrets", SECRETS_SECONDS, container.managed_secrets().refresh_if_due),
        Periodic("probing", PROBE_SECONDS, probes),
        Periodic("adding the ledger up", ROLL_SECONDS, if_leading(leadership, ledger.roll_up)),
        Periodic("pruning the ledger", PRUNE_SECONDS, if_leading(leadership, ledger.prune)),
    )


def _live(
    container: ControlContainer, server: uvicorn.Server
) -> Callable[[], Coroutine[Any, Any, None]]:
    feed = container.live_feed()

    async def tick() -> None:
        if server.should_exit:
            feed.close()  # the server waits until everybody has left
        await feed.tick()

    return tick


def _handlers(
    container: ControlContainer, watch: SnapshotWatch, follow: LiveFollower, alerting: Alerting
) -> Handlers:
    def status() -> ConfigurationStatus:
        told = asdict(follow.live.status)
        return ConfigurationStatus(revision=container.holder().current.revision, **told)

    audited, check = container.auditing(), container.address_check()
    return Handlers(
        register_provider=audited.on_catalog(
            lambda begin: RegisterProviderHandler(begin, check), "provider"
        ),
        revise_provider=audited.on_catalog(
            lambda begin: ReviseProviderHandler(begin, check), "provider"
        ),
        enable_provider=audited.on_catalog(EnableProviderHandler, "provider"),
        retire_provider=audited.on_catalog(RetireProviderHandler, "provider"),
        define_chain=audited.on_catalog(DefineChainHandler, "chain"),
        revise_chain=audited.on_catalog(ReviseChainHandler, "chain"),
        remove_chain=audited.on_catalog(RemoveChainHandler, "chain"),
        list_providers=container.list_providers(),
        get_provider=container.get_provider(),
        list_chains=container.list_chains(),
        get_chain=container.get_chain(),
        explain_route=container.explain_route(),
        configuration_status=status,
        health_overview=container.health_overview(),
        health_transitions=container.health_transitions(),
        probe=audited.on_provider_itself(container.probing().now, "probe_provider"),
        read_entry=EntryReader(known_vendors(), today),
        metrics=exposition_of(container),
        ready=watch.ready,
        keys=_key_handlers(container),
        budgets=budget_handlers(container, follow),
        usage=UsageHandlers(container.usage(), container.attempts()),
        pages=_page_handlers(container),
        alerts=alerting.handlers,
    )


def _page_handlers(container: ControlContainer) -> PageHandlers:
    settings, history = container.settings(), container.history()
    auditing = Auditing(container.database(), container.clock(), ChangedBy.ROLLBACK)
    return PageHandlers(
        live=container.live_feed(),
        revisions=history.revisions,
        roll_back=auditing.on_all(lambda begin: RollBackHandler(begin, history), "roll_back"),
        data_plane=DataPlane(settings.control.data_plane_url, bool(settings.access_keys)),
        ask=container.data_plane_caller().ask,
    )


def _key_handlers(container: ControlContainer) -> KeyHandlers:
    audited, view = container.auditing(), container.key_view()
    tokens, clock = container.access_tokens(), container.clock()
    return KeyHandlers(
        issue=audited.on_keys(lambda begin: IssueKeyHandler(begin, tokens, clock)),
        revise=audited.on_keys(ReviseKeyHandler),
        rotate=audited.on_keys(lambda begin: RotateKeyHandler(begin, tokens, clock)),
        revoke=audited.on_keys(lambda begin: RevokeKeyHandler(begin, clock)),
        list=view.list,
        get=GetKey(view),
        new_id=tokens.new_id,
    )


if __name__ == "__main__":
    main()
