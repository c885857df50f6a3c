"""A gateway in processes of its own, for as long as something is shown with it."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from turnout.bootstrap.waiting import until_ready
from turnout.interfaces.cli.actions import Addresses

PORT, CONTROL_PORT = 8080, 8081


@asynccontextmanager
async def start_gateway(config: Path) -> AsyncIterator[Addresses]:
    """Serve `config` on the usual ports, or on free ones where those are taken.

    Raises PlaneDied when it cannot start; it has said why on standard error.
    """
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
