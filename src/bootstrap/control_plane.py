"""The control plane's process: the admin API, one process, on a port of its own."""

import asyncio
import logging
from dataclasses import asdict

import uvicorn

from turnout.bootstrap.configuration import known_vendors, today
from turnout.bootstrap.control_container import ControlContainer
from turnout.bootstrap.lifeline import receive_settings
from turnout.bootstrap.live_settings import LiveFollower
from turnout.bootstrap.snapshot_watch import SnapshotWatch
from turnout.infrastructure.config.entry import EntryReader
from turnout.interfaces.control.app import make_app
from turnout.interfaces.control.handlers import ConfigurationStatus, Handlers


def main() -> None:
    """Serve until SIGTERM."""
    settings, board = receive_settings()
    logging.basicConfig(level=settings.log_level.upper())
    container = ControlContainer(settings=settings)
    follow = LiveFollower(board, container.admission(), container.secrets())
    tidy = container.client_factory().close_unused
    watch = SnapshotWatch(container.refresh_snapshot(), follow, tidy)
    handlers = _handlers(container, watch, follow)
    app = make_app(handlers, admin_token=settings.admin_token)
    config = uvicorn.Config(
        app, host=settings.host, port=settings.port, log_level="warning", lifespan="off", ws="none"
    )
    asyncio.run(_serve(uvicorn.Server(config), watch, container))


async def _serve(server: uvicorn.Server, watch: SnapshotWatch, container: ControlContainer) -> None:
    await watch.start()
    try:
        await server.serve()
    finally:
        await watch.stop()
        await container.client_factory().close()
        await container.database().dispose()


def _handlers(container: ControlContainer, watch: SnapshotWatch, follow: LiveFollower) -> Handlers:
    def status() -> ConfigurationStatus:
        told = asdict(follow.live.status)
        return ConfigurationStatus(revision=container.holder().current.revision, **told)

    return Handlers(
        register_provider=container.register_provider(),
        revise_provider=container.revise_provider(),
        enable_provider=container.enable_provider(),
        retire_provider=container.retire_provider(),
        define_chain=container.define_chain(),
        revise_chain=container.revise_chain(),
        remove_chain=container.remove_chain(),
        list_providers=container.list_providers(),
        get_provider=container.get_provider(),
        list_chains=container.list_chains(),
        get_chain=container.get_chain(),
        explain_route=container.explain_route(),
        configuration_status=status,
        read_entry=EntryReader(known_vendors(), today),
        ready=watch.ready,
    )


if __name__ == "__main__":
    main()
