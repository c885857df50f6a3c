"""Planes of their own, as small as can be, in real processes."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from turnout.bootstrap.live_settings import LiveSettings
from turnout.bootstrap.plane_settings import PlaneSettings
from turnout.bootstrap.supervisor import Plane, Supervisor

SMALL = "tests.support.small_plane"


@dataclass
class Started:
    """A plane, and the process ids that it has had, as they come."""

    plane: Plane = field(default_factory=lambda: Plane("small", SMALL))
    ids: asyncio.Queue[int] = field(default_factory=asyncio.Queue)

    async def hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.ids.put_nowait(int(await reader.readline()))
        writer.close()

    async def next_id(self) -> int:
        return await asyncio.wait_for(self.ids.get(), 30)


@pytest.fixture
async def started() -> AsyncIterator[Started]:
    started = Started()
    async with await asyncio.start_server(started.hear, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        await started.plane.launch()
        await started.plane.configure(PlaneSettings("sqlite://", port=port, drain_seconds=1))
        yield started
        await started.plane.end()


async def test_a_plane_that_dies_is_started_again_and_all_end_together(
    started: Started, capsys: pytest.CaptureFixture[str]
) -> None:
    supervisor = Supervisor([started.plane])
    supervisor.heed_signals()
    running = asyncio.create_task(supervisor.run())
    first = await started.next_id()
    os.kill(first, signal.SIGKILL)
    assert await started.next_id() != first
    told = "turnout: the small plane ended with code -9; starting it again in 0.2 s\n"
    assert capsys.readouterr().err == told
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(running, 30)
    assert started.plane.process is not None
    assert started.plane.process.returncode == 0


async def test_a_signal_before_it_runs_is_heeded(started: Started) -> None:
    supervisor = Supervisor([started.plane])
    supervisor.heed_signals()
    os.kill(os.getpid(), signal.SIGINT)
    await started.next_id()
    await asyncio.wait_for(supervisor.run(), 30)
    assert started.plane.process is not None
    assert started.plane.process.returncode == 0


async def test_a_plane_ends_by_itself_when_its_supervisor_is_gone(started: Started) -> None:
    await started.next_id()
    process = started.plane.process
    assert process is not None
    assert process.stdin is not None
    process.stdin.close()
    assert await asyncio.wait_for(process.wait(), 30) == 0


async def test_a_plane_without_settings_ends_at_once() -> None:
    plane = Plane("small", SMALL)
    process = await plane.launch()
    await asyncio.wait_for(plane.end(), 30)
    assert process.returncode is not None


async def test_a_plane_that_was_never_launched_has_nothing_to_end() -> None:
    plane = Plane("small", SMALL)
    await plane.end()
    assert plane.process is None


async def test_what_is_told_reaches_the_process_and_the_one_that_comes_after_it(
    started: Started,
) -> None:
    """The small plane reads nothing further: that its pipe takes it all is what is seen here."""
    plane = started.plane
    first = await started.next_id()
    await plane.tell(LiveSettings(("a",)))
    os.kill(first, signal.SIGKILL)
    assert plane.process is not None
    await plane.process.wait()
    await plane.tell(LiveSettings(("b",)))  # to nobody: it does not fail
    await plane.launch()
    await plane.tell(LiveSettings(("c",)))  # to one that must hear its settings first
    assert plane.settings is not None
    await plane.configure(plane.settings)
    assert await started.next_id() != first
