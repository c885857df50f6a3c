"""The stand-ins for providers that a run starts: fixed answers (nginx) and paced streams."""

import contextlib
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from benchmarks import nginx
from benchmarks.certificates import make_certificates
from benchmarks.faults import BenchmarkError
from benchmarks.processes import free_port, running

Protocol = Literal["openai_chat", "anthropic_messages"]


@dataclass(frozen=True, slots=True)
class Upstream:
    """Where a candidate finds its provider, and the language spoken there."""

    port: int
    protocol: Protocol = "openai_chat"
    ca_file: Path | None = None

    @property
    def origin(self) -> str:
        """Scheme, host and port; TLS where there is a certificate authority."""
        return f"{'https' if self.ca_file else 'http'}://127.0.0.1:{self.port}"


def needed_program(name: str) -> str:
    """The path of a program on PATH. Raises BenchmarkError, naming it, if it is not installed."""
    found = shutil.which(name)
    if found is None:
        raise BenchmarkError(f"{name} is not installed (looked on PATH)")
    return found


@contextlib.contextmanager
def fixed_answers(folder: Path) -> Iterator[tuple[Upstream, Upstream]]:
    """nginx that answers every request at once: in the clear, and over TLS."""
    certificates = make_certificates(folder)
    port, tls_port = free_port(), free_port()
    configuration = folder / "upstream.conf"
    configuration.write_text(
        nginx.answers_configuration(folder, port=port, tls_port=tls_port, certificates=certificates)
    )
    command = [needed_program("nginx"), "-p", str(folder), "-c", str(configuration)]
    with running(command, environment={}, folder=folder, name="upstream") as child:
        child.wait_ready(port, "/")
        yield Upstream(port), Upstream(tls_port, ca_file=certificates.authority)


@contextlib.contextmanager
def paced_streams(folder: Path, *, interval_seconds: float, chunks: int) -> Iterator[Upstream]:
    """Streams of `chunks` events, one each `interval_seconds`."""
    port = free_port()
    root = str(Path(__file__).resolve().parent.parent)
    command = [sys.executable, "-m", "benchmarks.paced_upstream", "--port", str(port)]
    command += ["--interval-seconds", str(interval_seconds), "--chunks", str(chunks)]
    environment = {"PYTHONPATH": root}
    with running(command, environment=environment, folder=folder, name="streams") as child:
        child.wait_ready(port, "/")
        yield Upstream(port)
