"""What a process is called where several tell of what they see."""

import os
import socket


def worker_name() -> str:
    """Return this process's name: `HOST:PID`, of 100 characters at most."""
    return f"{socket.gethostname()[:80]}:{os.getpid()}"
