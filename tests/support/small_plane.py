"""A plane that does nothing, for tests of what starts planes.

`python -m tests.support.small_plane` tells its process id to whoever listens on its settings' port.
"""

import os
import signal
import socket
import sys

from turnout.bootstrap.lifeline import receive_settings

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    settings, _ = receive_settings()
    with socket.create_connection((settings.host, settings.port)) as listener:
        listener.sendall(f"{os.getpid()}\n".encode())
    while True:
        signal.pause()
