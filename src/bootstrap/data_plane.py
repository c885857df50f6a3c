"""The data plane's process: Granian's main process, which starts and restarts the workers."""

import gc
import logging
from collections.abc import Callable
from functools import partial
from typing import cast

from granian.constants import Interfaces, Loops
from granian.log import LogLevels
from granian.server import Server

from turnout.bootstrap.lean import without
from turnout.bootstrap.lifeline import end_with_parent, receive_settings
from turnout.bootstrap.live_settings import LiveBoard
from turnout.bootstrap.plane_settings import PlaneSettings
from turnout.bootstrap.worker_life import WorkerLife
from turnout.interfaces.relay.app import DataPlane

with without("fastapi", "pydantic", "starlette", "yaml"):
    from turnout.bootstrap.container import RelayContainer

Loader = Callable[..., Callable[..., object]]
"""What Granian takes for one; that an object with `__rsgi__` will do as well, its types forget."""
MOST_CONNECTIONS = 4096
"""Of one worker at once; Granian's own 1,024 would make long streams wait for each other."""
RESPAWN_SECONDS = 0.2
KILL_AFTER_DRAIN_SECONDS = 3
"""Streams that outlive the drain are ended with an error first; this long after, the worker is."""


def main() -> None:
    """Serve until SIGTERM; streams under way may finish within the drain limit."""
    settings, board = receive_settings()
    Server(
        "turnout",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.RSGI,
        workers=settings.workers,
        loop=Loops.uvloop,
        websockets=False,
        backlog=MOST_CONNECTIONS,
        backpressure=MOST_CONNECTIONS,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        respawn_interval=RESPAWN_SECONDS,
        workers_kill_timeout=round(settings.drain_seconds) + KILL_AFTER_DRAIN_SECONDS,
    ).serve(target_loader=cast("Loader", partial(worker, settings, board)), wrap_loader=False)


def worker(settings: PlaneSettings, board: LiveBoard) -> DataPlane:
    """Build one worker's application; runs in the worker's own process."""
    end_with_parent()
    logging.basicConfig(level=settings.log_level.upper())
    container = RelayContainer(settings=settings)
    life = WorkerLife(container, settings, board)
    plane = DataPlane(
        complete_chat=container.shared_chat(),
        embed=container.embed(),
        admission=container.admission(),
        list_models=container.list_models(),
        clock=container.clock(),
        ids=container.ids(),
        request_log=container.tap(),
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
