"""`turnout demo`: the tour, with a real gateway in processes of its own."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from turnout.bootstrap.tasks import explain
from turnout.bootstrap.waiting import until_ready
from turnout.interfaces.cli.demo import Addresses, Demo

PORT, CONTROL_PORT = 8080, 8081


async def run_demo(once: bool) -> int:
    """Run the tour; return the exit code."""
    from rich.console import Console

    return await Demo(_gateway, explain, Console(soft_wrap=True)).run(once)


@asynccontextmanager
async def _gateway(config: Path) -> AsyncIterator[Addresses]:
    port, control = _free(PORT), _free(CONTROL_PORT)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "turnout", "serve", "--config", str(config)),
        *("--port", str(port), "--control-port", str(control)),
        start_new_session=True,
    )
    try:
        await until_ready("127.0.0.1", port, process)
        await until_ready("127.0.0.1", control, process)
        yield Addresses(f"http://127.0.0.1:{port}/v1", f"http://127.0.0.1:{control}")
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def _free(wanted: int) -> int:
    """Return `wanted` if it is free, else any port that is."""
    try:
        with socket.create_server(("127.0.0.1", wanted)):
            return wanted
    except OSError:
        with socket.create_server(("127.0.0.1", 0)) as server:
            return int(server.getsockname()[1])
