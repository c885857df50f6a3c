"""The data plane's process: Granian's main process, which starts and restarts the workers."""

import gc
import os
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import Any, cast

from granian.constants import HTTPModes, Interfaces, Loops, SSLProtocols
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from turnout.bootstrap.lean import without
from turnout.bootstrap.lifeline import end_with_parent, receive_settings
from turnout.bootstrap.live_settings import LiveBoard
from turnout.bootstrap.plane_settings import PlaneSettings, TlsSettings
from turnout.bootstrap.plane_tls import RenewedCertificate
from turnout.interfaces.relay.app import DataPlane
from turnout.interfaces.relay.rsgi.in_flight import InFlight

with without("fastapi", "pydantic", "rich", "starlette", "werkzeug", "yaml"):
    from turnout.bootstrap.container import RelayContainer
    from turnout.bootstrap.worker_life import WorkerLife
    from turnout.infrastructure.telemetry.logs import begin_logs

Loader = Callable[..., Callable[..., object]]
"""What Granian takes for one; that an object with `__rsgi__` will do as well, its types forget."""
MOST_CONNECTIONS = 4096
"""Of one worker at once; Granian's own 1,024 would make long streams wait for each other."""
RESPAWN_SECONDS = 0.2
HEAD_BYTES = 128 * 1024
"""Of a request's head, all its lines together."""
CERTIFICATE_SECONDS = 5.0
"""How often it is looked whether the certificate was renewed."""
KILL_AFTER_DRAIN_SECONDS = 3
"""Streams that outlive the drain are ended with an error first; this long after, the worker is."""


def main() -> None:
    """Serve until SIGTERM; streams under way may finish within the drain limit."""
    settings, board = receive_settings()
    if settings.tls is not None:
        _respawn_when_renewed(settings.tls)
    Server(
        "turnout",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.RSGI,
        workers=settings.workers,
        loop=Loops.uvloop,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(
            header_read_timeout=round(settings.head_seconds * 1000), max_buffer_size=HEAD_BYTES
        ),
        websockets=False,
        backlog=MOST_CONNECTIONS,
        backpressure=MOST_CONNECTIONS,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        respawn_interval=RESPAWN_SECONDS,
        workers_kill_timeout=round(settings.drain_seconds) + KILL_AFTER_DRAIN_SECONDS,
        **_tls(settings.tls),
    ).serve(target_loader=cast("Loader", partial(worker, settings, board)), wrap_loader=False)


def _tls(tls: TlsSettings | None) -> dict[str, Any]:
    if tls is None:
        return {}
    return {
        "ssl_cert": Path(tls.cert_file),
        "ssl_key": Path(tls.key_file),
        "ssl_ca": None if tls.client_ca_file is None else Path(tls.client_ca_file),
        "ssl_client_verify": tls.client_ca_file is not None,
        "ssl_protocol_min": SSLProtocols.tls12,
    }


def _respawn_when_renewed(tls: TlsSettings) -> None:
    """Have the server start its workers anew, one by one, when there is another certificate."""
    renewed, never = RenewedCertificate(tls), Event()

    def look() -> None:
        while not never.wait(CERTIFICATE_SECONDS):
            if renewed.is_new():
                os.kill(os.getpid(), signal.SIGHUP)

    Thread(target=look, name="certificate", daemon=True).start()


def worker(settings: PlaneSettings, board: LiveBoard) -> DataPlane:
    """Build one worker's application; runs in the worker's own process."""
    end_with_parent()
    begin_logs(settings.logs.level, settings.logs.format)
    in_flight = InFlight(body_seconds=settings.body_seconds)
    container = RelayContainer(settings=settings)
    life = WorkerLife(container, settings, board, in_flight)
    plane = DataPlane(
        complete_chat=container.metered_chat(),
        embed=container.metered_embed(),
        admission=container.admission(),
        list_models=container.list_models(),
        clock=container.clock(),
        ids=container.ids(),
        request_log=container.tap(),
        tracing=container.tracing(),
        in_flight=in_flight,
        ready=life.ready,
        start=life.start,
        stop=life.stop,
        max_body_bytes=settings.max_body_bytes,
        drain_seconds=settings.drain_seconds,
        heartbeat_seconds=settings.heartbeat_seconds,
    )
    # What is alive now stays: the collector need not look at it again and again.
    gc.collect()
    gc.freeze()
    return plane


if __name__ == "__main__":
    main()
