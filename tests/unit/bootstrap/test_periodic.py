import asyncio
import logging

import pytest

from turnout.bootstrap.periodic import Periodic


class Work:
    """Does what `outcomes` say, one a time, and the last one for ever; `over` is set at that."""

    def __init__(self, *outcomes: Exception | None) -> None:
        self._outcomes = list(outcomes)
        self.times = 0
        self.over = asyncio.Event()

    async def __call__(self) -> None:
        self.times += 1
        if len(self._outcomes) == 1:
            self.over.set()
        outcome = self._outcomes[0] if len(self._outcomes) == 1 else self._outcomes.pop(0)
        if outcome is not None:
            raise outcome


async def test_the_work_is_done_at_the_start_and_again() -> None:
    work = Work(None, None, None)
    periodic = Periodic("some-work", 0.001, work)
    await periodic.start()
    assert work.times >= 1
    await work.over.wait()
    await periodic.stop()
    times = work.times
    await asyncio.sleep(0)
    assert work.times == times
    await periodic.stop()


async def test_a_failure_is_told_once_and_its_end_too(caplog: pytest.LogCaptureFixture) -> None:
    away = OSError("the store is away")
    work = Work(away, away, away, None)
    periodic = Periodic("some-work", 0.001, work)
    with caplog.at_level(logging.WARNING):
        await periodic.start()
        await work.over.wait()
        await asyncio.sleep(0)
        await periodic.stop()
    assert [record.getMessage() for record in caplog.records] == [
        "some-work fails: OSError: the store is away",
        "some-work works again",
    ]


async def test_a_nudge_does_not_wait_for_the_next_time() -> None:
    work = Work(None, None)
    periodic = Periodic("some-work", 3600.0, work)
    await periodic.start()
    assert work.times == 1
    for _ in range(10):
        periodic.nudge()
    await work.over.wait()
    await periodic.stop()
    assert work.times == 2
