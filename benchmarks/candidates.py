"""The gateways that are measured: how each is found, started and spoken to."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from benchmarks import nginx, payloads
from benchmarks.processes import free_port
from benchmarks.upstreams import Upstream

_ROOT = str(Path(__file__).resolve().parent.parent)
_COMMON_HEADERS = {
    "Content-Type": "application/json",
    "Authorization": f"Bearer {payloads.ACCESS_KEY}",
}


@dataclass(frozen=True, slots=True)
class Launch:
    """One gateway in front of one upstream, ready to be started."""

    command: list[str]
    ready_path: str
    environment: Mapping[str, str] = field(default_factory=dict)
    extra_headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def headers(self) -> dict[str, str]:
        """What each of its callers sends."""
        return {**_COMMON_HEADERS, **self.extra_headers}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A gateway that is installed here. `launch` gets the upstream, a folder and the port."""

    name: str
    version: str
    launch: Callable[[Upstream, Path, int], Launch]
    translates: bool = False
    trusts_own_ca: bool = False
    streams: int = 50
    """How many paced streams it is given; few where one core could not carry fifty."""
    most_connections: int = 1_000
    """A bound on the closed loop where many callers would wait longer than a window."""


def installed_candidates() -> list[Candidate]:
    """All that this machine has, the two yardsticks first."""
    found = [_nginx(), _bare_relay(), _turnout(), _smg(), _portkey(), _litellm()]
    return [candidate for candidate in found if candidate is not None]


def _executable(variable: str, name: str) -> str | None:
    return os.environ.get(variable) or shutil.which(name)


def _output(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    found = re.search(r"\d+(\.\d+)+", done.stdout + done.stderr)
    return found.group() if found else "unknown"


def _nginx() -> Candidate | None:
    program = shutil.which("nginx")
    if program is None:
        return None

    def launch(upstream: Upstream, folder: Path, port: int) -> Launch:
        configuration = folder / "proxy.conf"
        text = nginx.proxy_configuration(
            folder, port=port, upstream_port=upstream.port, ca_file=upstream.ca_file
        )
        configuration.write_text(text)
        return Launch([program, "-p", str(folder), "-c", str(configuration)], "/v1/models")

    return Candidate("nginx", _output(program, "-v"), launch, trusts_own_ca=True)


def _bare_relay() -> Candidate:
    def launch(upstream: Upstream, folder: Path, port: int) -> Launch:
        command = [sys.executable, "-m", "benchmarks.bare_relay", "--port", str(port)]
        command += ["--upstream", f"{upstream.origin}/v1/chat/completions"]
        if upstream.ca_file:
            command += ["--ca-file", str(upstream.ca_file)]
        return Launch(command, "/", {"PYTHONPATH": _ROOT})

    versions = f"granian {version('granian')}, pyreqwest {version('pyreqwest')}"
    return Candidate("bare relay", versions, launch, trusts_own_ca=True)


def _turnout() -> Candidate:
    def launch(upstream: Upstream, folder: Path, port: int) -> Launch:
        base_path = "/v1" if upstream.protocol == "openai_chat" else ""
        provider = {
            "protocol": upstream.protocol,
            "base_url": upstream.origin + base_path,
            "api_key": "x",
            "models": [payloads.MODEL],
        }
        settings: dict[str, object] = {
            "server": {"access_keys": [payloads.ACCESS_KEY]},
            "ai_providers": {"upstream": provider},
            "fallback_chains": {"default": ["upstream"]},
        }
        if upstream.ca_file:
            settings["upstream"] = {"ca_file": str(upstream.ca_file)}
        configuration = folder / "turnout.yaml"
        configuration.write_text(json.dumps(settings, indent=2))
        command = [sys.executable, "-m", "turnout", "serve", "--config", str(configuration)]
        command += ["--host", "127.0.0.1", "--port", str(port)]
        command += ["--control-port", str(free_port()), "--workers", "1", "--role", "data"]
        return Launch(command, "/readyz")

    return Candidate("turnout", version("turnout"), launch, translates=True, trusts_own_ca=True)


def _smg() -> Candidate | None:
    program = _executable("TURNOUT_BENCH_SMG", "smg")
    if program is None:
        return None

    def launch(upstream: Upstream, folder: Path, port: int) -> Launch:
        command = [program, "launch", "--backend", "openai", "--worker-urls", upstream.origin]
        command += ["--host", "127.0.0.1", "--port", str(port), "--api-key", payloads.ACCESS_KEY]
        command += ["--prometheus-host", "127.0.0.1", "--prometheus-port", str(free_port())]
        command += ["--log-level", "warn", "--history-backend", "none", "--disable-health-check"]
        return Launch(command, "/readiness")

    python = Path(program).with_name("python")
    code = "import importlib.metadata as m; print(m.version('smg'))"
    return Candidate("smg", _output(str(python), "-c", code), launch)


def _portkey() -> Candidate | None:
    program = _executable("TURNOUT_BENCH_PORTKEY", "gateway")
    node = shutil.which("node")
    if program is None or node is None:
        return None

    def launch(upstream: Upstream, folder: Path, port: int) -> Launch:
        anthropic = upstream.protocol == "anthropic_messages"
        headers = {
            "x-portkey-provider": "anthropic" if anthropic else "openai",
            "x-portkey-custom-host": f"{upstream.origin}/v1",
        }
        command = [node, program, "--headless", f"--port={port}"]
        return Launch(command, "/", {"TRUSTED_CUSTOM_HOSTS": "127.0.0.1"}, headers)

    package = json.loads((Path(program).resolve().parents[1] / "package.json").read_text())
    return Candidate("portkey", package["version"], launch, translates=True, streams=10)


def _litellm() -> Candidate | None:
    program = _executable("TURNOUT_BENCH_LITELLM", "litellm")
    if program is None:
        return None

    def launch(upstream: Upstream, folder: Path, port: int) -> Launch:
        anthropic = upstream.protocol == "anthropic_messages"
        parameters = {
            "model": f"{'anthropic' if anthropic else 'openai'}/{payloads.MODEL}",
            "api_base": upstream.origin + ("" if anthropic else "/v1"),
            "api_key": "x",
        }
        settings = {
            "model_list": [{"model_name": payloads.MODEL, "litellm_params": parameters}],
            "general_settings": {"master_key": payloads.ACCESS_KEY},
        }
        configuration = folder / "litellm.yaml"
        configuration.write_text(json.dumps(settings))
        command = [program, "--config", str(configuration), "--host", "127.0.0.1"]
        command += ["--port", str(port), "--num_workers", "1", "--telemetry", "False"]
        environment = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOG": "ERROR"}
        return Launch(command, "/health/liveliness", environment)

    python = Path(program).with_name("python")
    code = "import importlib.metadata as m; print(m.version('litellm'))"
    found = _output(str(python), "-c", code)
    return Candidate("litellm", found, launch, translates=True, streams=2, most_connections=2)
