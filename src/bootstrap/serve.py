"""`turnout serve`: prepare the store, start the planes, keep them alive."""

import asyncio
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace

from turnout.application.commands.apply_configuration import (
    AppliedConfiguration,
    DeclaredConfiguration,
)
from turnout.bootstrap.configuration import load, plane_settings, store_url, tls_settings
from turnout.bootstrap.doors import address, bindable, is_loopback, refuse_bad_files, refuse_open
from turnout.bootstrap.first_look import look_at_store, starting_document
from turnout.bootstrap.live_settings import LiveSettings
from turnout.bootstrap.master_keys import own_master_key
from turnout.bootstrap.plane_settings import PlaneSettings
from turnout.bootstrap.reloading import Reloader
from turnout.bootstrap.store_keys import agree_on_master_key, has_access_keys
from turnout.bootstrap.supervisor import Plane, Supervisor
from turnout.bootstrap.waiting import until_ready
from turnout.infrastructure.config.loader import LoadedConfiguration
from turnout.infrastructure.config.schema import Settings
from turnout.infrastructure.config.watching import configuration_files, fingerprint
from turnout.infrastructure.persistence.store_state import StoreState
from turnout.infrastructure.secrets.master_key import MasterKey
from turnout.interfaces.cli.actions import ServeOptions

DATA = "turnout.bootstrap.data_plane"
CONTROL = "turnout.bootstrap.control_plane"


def serve(options: ServeOptions) -> int:
    """Serve until told to stop; return the exit code."""
    return asyncio.run(_serve(options))


async def _serve(options: ServeOptions) -> int:
    planes = _planes(options.role)
    supervisor = Supervisor(planes)
    supervisor.heed_signals()
    # The process that callers wait for begins to import while the file is read and the store
    # prepared; the other one would only take the processor from both.
    await planes[0].launch()
    try:
        read = fingerprint(configuration_files(options.config))
        loaded = load(options.config)
        data, control = _settings(loaded, options)
        await _refuse_open(options, data, loaded.settings)
        await _start(planes, loaded.declared, data, control)
    except BaseException:
        await asyncio.gather(*(plane.end() for plane in planes))
        raise
    reloader = _reloader(options, loaded, read, planes, data)
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, reloader.nudge)
    besides = [asyncio.create_task(_announce(planes)), asyncio.create_task(reloader.run())]
    await supervisor.run()
    for task in besides:
        task.cancel()
    return 0


async def _start(
    planes: Sequence[Plane],
    declared: DeclaredConfiguration,
    data: PlaneSettings,
    control: PlaneSettings,
) -> None:
    """Fill the store and start the planes; the data plane first, where the store lets it."""
    state = await look_at_store(data.database_url, declared)
    if state is StoreState.BEHIND:
        await _apply(data.database_url, declared)
    elif state is StoreState.EMPTY:
        data = replace(data, starting_document=starting_document(declared))
    if state is not StoreState.EMPTY:
        data, control = await _agreed(data, control)
    for plane in planes:
        if plane.module == DATA:
            await plane.configure(data)
    if state is StoreState.EMPTY:
        await _apply(data.database_url, declared)
        data, control = await _agreed(data, control)
    for plane in planes:
        if plane.module == CONTROL:
            await plane.configure(control)


async def _agreed(
    data: PlaneSettings, control: PlaneSettings
) -> tuple[PlaneSettings, PlaneSettings]:
    """Return the settings with what access keys are checked by. Raises BadConfiguration."""
    if data.master_key is None:
        return data, control
    key = await agree_on_master_key(data.database_url, MasterKey(data.master_key))
    return replace(data, digest_key=key), replace(control, digest_key=key)


async def _apply(
    url: str, declared: DeclaredConfiguration, *, dry_run: bool = False
) -> AppliedConfiguration:
    # Half of what a start costs is importing SQLAlchemy: only where there is something to write.
    from turnout.bootstrap.applying import apply_to_store

    return await apply_to_store(url, declared, dry_run=dry_run)


def _reloader(
    options: ServeOptions,
    loaded: LoadedConfiguration,
    read: str,
    planes: Sequence[Plane],
    data: PlaneSettings,
) -> Reloader:
    async def apply(declared: DeclaredConfiguration, dry_run: bool) -> AppliedConfiguration:
        return await _apply(data.database_url, declared, dry_run=dry_run)

    async def tell(live: LiveSettings) -> None:
        for plane in planes:
            await plane.tell(live)

    async def check(settings: Settings) -> None:
        await _refuse_open(options, data, settings)

    return Reloader(options.config, loaded, read, apply, tell, check, options.watch)


async def _refuse_open(options: ServeOptions, data: PlaneSettings, settings: Settings) -> None:
    """Raise BadOptions for a door that others can reach, and that asks nobody for a key."""
    if options.insecure or options.role == "control" or is_loopback(data.host):
        return
    has_keys = bool(settings.server.access_keys) or await has_access_keys(data.database_url)
    refuse_open(data.host, has_keys, "server.access_keys")


def _planes(role: str) -> list[Plane]:
    modules = {"data": [DATA], "control": [CONTROL], "all": [DATA, CONTROL]}[role]
    return [Plane(module.rpartition(".")[2].removesuffix("_plane"), module) for module in modules]


def _settings(
    loaded: LoadedConfiguration, options: ServeOptions
) -> tuple[PlaneSettings, PlaneSettings]:
    server = loaded.settings.server
    data = plane_settings(loaded, options.config, store_url(loaded, options.config))
    data = replace(
        data,
        master_key=own_master_key(loaded, options.config).secret,
        host=options.host or data.host,
        port=data.port if options.port is None else options.port,
        workers=options.workers or data.workers,
    )
    port = server.control_port if options.control_port is None else options.control_port
    is_local = options.insecure or is_loopback(server.control_host)
    private = server.allow_private_providers
    own = replace(
        data.control,
        is_local=is_local,
        allow_private_providers=is_loopback(server.control_host) if private is None else private,
    )
    control = replace(
        data,
        host=server.control_host,
        port=port,
        control=own,
        tls=tls_settings(server.control_tls),
    )
    refuse_bad_files(data.tls, "server.tls")
    refuse_bad_files(control.tls, "server.control_tls")
    if options.role != "control":
        data = replace(data, port=bindable(data.host, data.port, "server.port"))
    if options.role == "all":
        control = replace(control, control=replace(own, data_plane_url=_url_of(data)))
    if options.role != "data":
        control = replace(control, port=bindable(control.host, port, "server.control_port"))
    return data, control


def _url_of(data: PlaneSettings) -> str:
    """Return where this machine reaches the data plane."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(data.host, data.host)
    return address(host, data.port, tls=data.tls is not None)


async def _announce(planes: Sequence[Plane]) -> None:
    for plane in planes:
        if plane.settings is None:
            continue
        host, port, tls = plane.settings.host, plane.settings.port, plane.settings.tls is not None
        await until_ready(host, port, tls=tls)
        path = "/v1" if plane.module == DATA else "/docs"
        place = address(host, port, tls=tls) + path
        print(f"turnout: the {plane.name} plane is ready at {place}", file=sys.stderr, flush=True)
