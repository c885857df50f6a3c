"""A started Turnout, as an operator starts it: `python -m turnout serve`."""

import asyncio
import os
import socket
import ssl
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import yaml
from openai import AsyncOpenAI

START_SECONDS = 60.0
KEY = "test-key"


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@dataclass(frozen=True, slots=True)
class RunningTurnout:
    """Where it listens, and its process."""

    port: int
    control_port: int
    process: asyncio.subprocess.Process
    log: Path
    trust: ssl.SSLContext | None = None
    """For a gateway that speaks TLS on both planes: whom its clients trust."""

    @property
    def base_url(self) -> str:
        """The OpenAI-compatible endpoint."""
        return f"{self._scheme}://127.0.0.1:{self.port}/v1"

    @property
    def control_url(self) -> str:
        """The control plane."""
        return f"{self._scheme}://127.0.0.1:{self.control_port}"

    def openai(self, key: str = KEY) -> AsyncOpenAI:
        """Return the official client, which does not retry by itself."""
        return AsyncOpenAI(base_url=self.base_url, api_key=key, max_retries=0, timeout=30)

    def http(self) -> httpx.AsyncClient:
        """Return a plain client of the data plane, with the key."""
        headers = {"authorization": f"Bearer {KEY}"}
        return httpx.AsyncClient(
            base_url=self.base_url.removesuffix("/v1"),
            headers=headers,
            trust_env=False,
            timeout=30,
            verify=self.trust or True,
        )

    def control(self) -> httpx.AsyncClient:
        """Return a plain client of the control plane."""
        return httpx.AsyncClient(
            base_url=self.control_url, trust_env=False, timeout=30, verify=self.trust or True
        )

    @property
    def _scheme(self) -> str:
        return "http" if self.trust is None else "https"

    async def stop(self) -> int:
        """Ask it to stop; return its exit code."""
        if self.process.returncode is None:
            self.process.terminate()
        return await asyncio.wait_for(self.process.wait(), START_SECONDS)


@asynccontextmanager
async def started(
    folder: Path,
    configuration: Mapping[str, object] | str,
    *arguments: str,
    environ: Mapping[str, str] | None = None,
    role: str = "data",
    trust: ssl.SSLContext | None = None,
) -> AsyncIterator[RunningTurnout]:
    """Write `turnout.yaml` into `folder`, serve it, and stop in the end.

    A configuration that is a mapping gets an access key, which the clients use. AssertionError
    with the log if it does not come up.
    """
    file, log = folder / "turnout.yaml", folder / "turnout.log"
    if not isinstance(configuration, str):
        configuration = yaml.safe_dump({"server": {"access_keys": [KEY]}, **configuration})
    file.write_text(configuration)
    port, control_port = free_port(), free_port()
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "turnout", "serve", "--config", str(file), "--role", role),
            *("--port", str(port), "--control-port", str(control_port), *arguments),
            env={**os.environ, **(environ or {})},
            stdout=output,
            stderr=output,
        )
    running = RunningTurnout(port, control_port, process, log, trust)
    try:
        planes = {"data": [port], "control": [control_port], "all": [port, control_port]}[role]
        for plane in planes:
            await _until_ready(plane, running)
        yield running
    finally:
        await running.stop()


async def _until_ready(port: int, running: RunningTurnout) -> None:
    scheme = "http" if running.trust is None else "https"
    async with httpx.AsyncClient(trust_env=False, verify=running.trust or True) as client:
        for _ in range(int(START_SECONDS / 0.1)):
            assert running.process.returncode is None, running.log.read_text()
            try:
                response = await client.get(f"{scheme}://127.0.0.1:{port}/readyz")
            except httpx.TransportError:
                pass
            else:
                if response.status_code == 200:
                    return
            await asyncio.sleep(0.1)
    raise AssertionError(f"not ready in {START_SECONDS:g} s:\n{running.log.read_text()}")
