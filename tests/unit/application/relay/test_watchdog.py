import asyncio

import pytest

from turnout.application.relay.watchdog import Patience, Watchdog
from turnout.domain.inference.failure import FailureKind, ProviderFailure


def watchdog(first: float = 9.0, between: float = 9.0, total: float = 9.0) -> Watchdog:
    now = asyncio.get_running_loop().time()
    return Watchdog(Patience(now + first, between, now + total))


async def never() -> None:
    await asyncio.Event().wait()


async def value() -> int:
    return 1


async def test_what_comes_in_time_is_given() -> None:
    dog = watchdog()
    assert await dog.wait(value()) == 1
    dog.stop()


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"first": 0.01}, "no first token in time"),
        ({"total": 0.01}, "longer than allowed"),
    ],
)
async def test_what_does_not_come_is_a_time_out(limits: dict[str, float], words: str) -> None:
    with pytest.raises(ProviderFailure, match=words) as late:
        await watchdog(**limits).wait(never())
    assert late.value.kind is FailureKind.TIMEOUT


async def test_after_the_first_token_the_time_between_counts() -> None:
    dog = watchdog(first=0.02, between=0.05)
    dog.committed()
    with pytest.raises(ProviderFailure, match=r"no token for 0\.05 s"):
        await dog.wait(never())


async def test_between_tokens_less_patience_may_be_due_than_with_the_first() -> None:
    dog = watchdog(first=600.0, between=0.02, total=600.0)
    dog.committed()
    with pytest.raises(ProviderFailure, match=r"no token for 0\.02 s"):
        await dog.wait(never())


async def test_a_bitten_task_is_not_left_cancelled() -> None:
    with pytest.raises(ProviderFailure):
        await watchdog(first=0.01).wait(never())
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
    await asyncio.sleep(0)


async def test_somebody_elses_cancellation_stays_one() -> None:
    waiting = asyncio.ensure_future(watchdog().wait(never()))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_the_receivers_own_time_does_not_count() -> None:
    dog = watchdog(between=0.03)
    dog.committed()
    for _ in range(3):
        await asyncio.sleep(0.04)
        assert await dog.wait(value()) == 1
    dog.stop()
