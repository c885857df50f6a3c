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
    # Not through sys.stdin: its lock, held by a reading thread, would be held for ever in a worker
    # that is forked meanwhile.
    pipe = os.dup(sys.stdin.fileno())
    text = b""
    while not text.endswith(b"\n"):
        piece = os.read(pipe, 65536)
        if not piece:
            raise SystemExit("the supervisor ended before it gave any settings")
        text += piece
    own = os.getpid()

    def watch() -> None:
        while os.read(pipe, 65536):
            pass
        os.kill(own, signal.SIGTERM)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()
    return PlaneSettings.from_json(text)
