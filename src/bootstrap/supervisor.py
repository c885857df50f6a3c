"""Starts the planes as processes, restarts those that die, and ends them all together."""

import asyncio
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from turnout.bootstrap.live_settings import LiveSettings
from turnout.bootstrap.plane_settings import PlaneSettings

RESTART_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0)
"""How long to wait before each restart in a row; the last one goes on for ever."""
STEADY_SECONDS = 30.0
"""A plane that has lived this long has started well: its restarts count anew."""
GRACE_SECONDS = 5.0
"""What a plane may take to stop beyond its drain limit before it is killed."""


@dataclass(slots=True)
class Plane:
    """One child process; it is started early, and given its settings when they are known."""

    name: str
    module: str
    settings: PlaneSettings | None = None
    process: asyncio.subprocess.Process | None = field(default=None, init=False)
    _live: LiveSettings | None = field(default=None, init=False)
    _configured: asyncio.subprocess.Process | None = field(default=None, init=False)

    async def launch(self) -> asyncio.subprocess.Process:
        """Start the process; it waits for its settings."""
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", self.module, stdin=asyncio.subprocess.PIPE, start_new_session=True
        )
        return self.process

    async def configure(self, settings: PlaneSettings) -> None:
        """Give the process its settings: it begins to serve."""
        self.settings = settings
        process = self.process or await self.launch()
        text = settings.to_json() + b"\n"
        if self._live is not None:
            text += self._live.to_json() + b"\n"
        self._configured = process
        await _write(process, text)

    async def tell(self, live: LiveSettings) -> None:
        """Hand settings to the running process, and to those that come after it."""
        self._live = live
        process = self.process
        if process is not None and process is self._configured:
            with suppress(ConnectionError):  # it has just died: the next one hears of it
                await _write(process, live.to_json() + b"\n")

    async def end(self) -> None:
        """Have the process drain and stop; kill it when it takes too long."""
        process = self.process
        if process is None:
            return
        if process.returncode is None:
            process.terminate()
        drain_seconds = self.settings.drain_seconds if self.settings else 0.0
        try:
            await asyncio.wait_for(process.wait(), drain_seconds + GRACE_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()


async def _write(process: asyncio.subprocess.Process, text: bytes) -> None:
    if process.stdin is not None:
        process.stdin.write(text)
        await process.stdin.drain()


class Supervisor:
    """Keeps planes alive until told to stop."""

    def __init__(self, planes: Sequence[Plane]) -> None:
        self._planes = planes
        self._stopping = asyncio.Event()

    def heed_signals(self) -> None:
        """Stop on SIGTERM and SIGINT from now on, also while the planes are still being started."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)

    async def run(self) -> None:
        """Restart planes that die until told to stop; then drain them and return."""
        keepers = [asyncio.create_task(self._keep(plane)) for plane in self._planes]
        await self._stopping.wait()
        await asyncio.gather(*(plane.end() for plane in self._planes))
        for keeper in keepers:
            keeper.cancel()
        await asyncio.gather(*keepers, return_exceptions=True)

    def stop(self) -> None:
        """Begin to stop."""
        self._stopping.set()

    async def _keep(self, plane: Plane) -> None:
        loop = asyncio.get_running_loop()
        deaths = 0
        while plane.process is not None and plane.settings is not None:
            born = loop.time()
            code = await plane.process.wait()
            if self._stopping.is_set():
                return
            deaths = 1 if loop.time() - born > STEADY_SECONDS else deaths + 1
            wait = RESTART_SECONDS[min(deaths, len(RESTART_SECONDS)) - 1]
            print(
                f"turnout: the {plane.name} plane ended with code {code}; "
                f"starting it again in {wait:g} s",
                file=sys.stderr,
            )
            await asyncio.sleep(wait)
            await plane.launch()
            await plane.configure(plane.settings)
