"""How late the loop is."""

import asyncio
import time

from turnout.infrastructure.telemetry.loop_lag import LOOK_SECONDS, LoopLag


async def test_who_holds_the_loop_is_noticed() -> None:
    lag = LoopLag()
    await lag.start()
    await asyncio.sleep(0)
    time.sleep(3 * LOOK_SECONDS)  # noqa: ASYNC251 - that is what is to be noticed
    await asyncio.sleep(0.01)
    assert lag.take_worst() > LOOK_SECONDS
    await lag.stop()
    assert lag.take_worst() == 0.0
