"""A program that serves a data plane on fakes by Granian, to be ended by SIGTERM.

`python -m tests.support.drained_server PORT DRAIN_SECONDS`. A stream of the model `until-released`
says `waiting` and then nothing until somebody asks for the model `release`; one of the model
`for-ever` goes on being silent.
"""

import asyncio
import sys
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field, replace
from functools import partial

from granian.constants import Interfaces, Loops
from granian.server import Server

from tests.fakes.relay import NATIVE, TAKEN, FakeAdmission, FakeEmbeddingRelay, KeptRequests
from tests.fakes.system import CountingIds, FrozenClock
from turnout.application.relay.answers import RelayedReply, RelayedStream
from turnout.domain.governance.grant import Grant
from turnout.domain.inference.reply import (
    ChoiceFinished,
    Finish,
    FinishKind,
    ReplyEvent,
    TextDelta,
)
from turnout.domain.inference.request import ChatRequest
from turnout.interfaces.relay.app import DataPlane

STOP = ChoiceFinished(Finish(FinishKind.STOP, "stop"))


@dataclass
class _ReleasedRelay:
    released: asyncio.Event = field(default_factory=asyncio.Event)

    async def complete(self, request: ChatRequest, grant: Grant) -> RelayedReply:
        if request.model == "release":
            self.released.set()
        elif request.model == "for-ever":
            await asyncio.Event().wait()
        return RelayedReply(TAKEN, NATIVE)

    async def stream(self, request: ChatRequest, grant: Grant) -> RelayedStream:
        silence = self.released if request.model == "until-released" else asyncio.Event()
        return RelayedStream(replace(TAKEN), self._events(silence))

    async def _events(self, silence: asyncio.Event) -> AsyncGenerator[ReplyEvent, None]:
        yield TextDelta("waiting")
        await silence.wait()
        yield TextDelta("released")
        yield STOP


def plane(drain_seconds: float) -> DataPlane:
    """Return the worker's application; its beginning and end are told on standard output."""
    return DataPlane(
        complete_chat=_ReleasedRelay(),
        embed=FakeEmbeddingRelay(),
        admission=FakeAdmission(),
        list_models=lambda scope: (),
        ready=lambda: True,
        clock=FrozenClock(),
        ids=CountingIds(),
        request_log=KeptRequests(),
        start=partial(_tell, "started"),
        stop=partial(_tell, "stopped"),
        drain_seconds=drain_seconds,
    )


async def _tell(word: str) -> None:
    print(word, flush=True)


if __name__ == "__main__":
    Server(
        "turnout",
        address="127.0.0.1",
        port=int(sys.argv[1]),
        interface=Interfaces.RSGI,
        loop=Loops.uvloop,
        websockets=False,
        log_enabled=False,
        workers_kill_timeout=30,
    ).serve(target_loader=partial(plane, float(sys.argv[2])), wrap_loader=False)  # type: ignore[arg-type]
