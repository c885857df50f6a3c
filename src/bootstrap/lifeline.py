"""Ties a child to the supervisor: settings come in through a pipe, whose end is the end."""

import os
import signal
import sys
import threading

from turnout.bootstrap.plane_settings import PlaneSettings


def receive_settings() -> PlaneSettings:
    """Read one line of settings from standard input, then watch for its end.

    When the supervisor is gone, however it went, the pipe closes and this process ends itself by
    SIGTERM, so that no plane is left behind.
    """
    stream = sys.stdin.buffer
    settings = PlaneSettings.from_json(stream.readline())
    own = os.getpid()

    def watch() -> None:
        stream.read()
        os.kill(own, signal.SIGTERM)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()
    return settings
