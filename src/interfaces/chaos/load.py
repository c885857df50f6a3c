"""Drives a load: bounded in number, in callers at once, and in pace."""

import asyncio

from turnout.interfaces.chaos.caller import Caller
from turnout.interfaces.chaos.outcome import Outcome
from turnout.interfaces.chaos.scenario import Load


async def drive(load: Load, caller: Caller) -> list[Outcome]:
    """Ask all that the load asks, and return what became of it, in the order asked."""
    free = asyncio.Semaphore(load.at_once)
    began = asyncio.get_running_loop().time()

    async def one(number: int) -> Outcome:
        async with free:
            return await caller.ask(
                number,
                load.question(number),
                stream=load.streams(number),
                leave_after_words=load.leave_after_words,
            )

    async with asyncio.TaskGroup() as group:
        tasks = []
        for number in range(load.requests):
            if load.per_second is not None:
                await _until(began + number / load.per_second)
            tasks.append(group.create_task(one(number)))
    return [task.result() for task in tasks]


async def _until(moment: float) -> None:
    await asyncio.sleep(max(0.0, moment - asyncio.get_running_loop().time()))
