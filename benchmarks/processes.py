"""Child processes: each in a session of its own, watched until ready, ended by its group."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.faults import BenchmarkError

_POLL_SECONDS = 0.002
_STOP_SECONDS = 5.0


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listened on a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


class Child:
    """One started program with all its descendants."""

    def __init__(
        self, command: Sequence[str], *, environment: Mapping[str, str], folder: Path, name: str
    ) -> None:
        self.name = name
        self._log = folder / f"{name}.log"
        self.started_at = time.monotonic()
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=folder,
                env={**os.environ, **environment},
                start_new_session=True,
            )
        self.pid = self._process.pid

    def wait_ready(self, port: int, path: str, *, seconds: float = 90.0) -> float:
        """Seconds from the start until `GET path` answered 200.

        Raises BenchmarkError with the end of the log if it exits or takes longer than `seconds`.
        """
        while time.monotonic() < self.started_at + seconds:
            if self._process.poll() is not None:
                raise BenchmarkError(f"{self.name} exited: {self._last_lines()}")
            if _answers(port, path):
                return time.monotonic() - self.started_at
            time.sleep(_POLL_SECONDS)
        raise BenchmarkError(f"{self.name} not ready in {seconds:g} s: {self._last_lines()}")

    def end(self, seconds: float) -> None:
        """Ask it to end, and give it so long. Raises BenchmarkError when that is not enough."""
        self._process.terminate()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise BenchmarkError(f"{self.name} did not end within {seconds:g} s") from None

    def stop(self) -> None:
        """Ask it to end, then end what is left of its process group."""
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_STOP_SECONDS)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()

    def _last_lines(self) -> str:
        lines = self._log.read_text(errors="replace").splitlines()
        return " | ".join(lines[-3:]) or "it wrote nothing"


@contextlib.contextmanager
def running(
    command: Sequence[str], *, environment: Mapping[str, str], folder: Path, name: str
) -> Iterator[Child]:
    """A started Child that is stopped at the end, whatever happened."""
    child = Child(command, environment=environment, folder=folder, name=name)
    try:
        yield child
    finally:
        child.stop()


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
