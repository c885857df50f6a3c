"""Reloads under load lose no request, and leave nothing behind."""

import asyncio
import gc
import weakref
from dataclasses import replace
from pathlib import Path
from typing import Any

import openai
import psutil
from tests.e2e.test_hot_reload import Reloading, provider, reloading
from tests.fakes.clients import FakeChatClient, FakeSecrets
from tests.support import gateways
from tests.support.clients import engine
from tests.support.worlds import QUESTION

from turnout.application.ports.catalog_source import StoredCatalog
from turnout.application.reactions.refresh_snapshot import RefreshSnapshot
from turnout.domain.catalog.connecting import Connecting
from turnout.domain.catalog.timeouts import Timeouts
from turnout.domain.governance.grant import ANONYMOUS
from turnout.domain.inference.request import ChatRequest
from turnout.domain.shared.ids import ProviderId
from turnout.infrastructure.clients.access import Access
from turnout.infrastructure.clients.chat import VendorChat
from turnout.infrastructure.clients.factory import VendorClientFactory
from turnout.infrastructure.transport.engine import HttpEngine
from turnout.interfaces.simulator.profile import Profile
from turnout.interfaces.simulator.server import Simulator

RELOADS = 1000
WARM = 100


class Revisions:
    """A catalog that is another one at each look: weights, order, pools, and who is there."""

    def __init__(self, north: Simulator, south: Simulator) -> None:
        self._addresses = {"north": f"{north.base_url}/v1", "south": f"{south.base_url}/v1"}
        self.number = 0

    async def revision(self) -> int:
        self.number += 1
        return self.number

    async def load(self) -> StoredCatalog:
        number = self.number
        names = ["north", "south"] if number % 3 else ["south"]
        names = names[:: 1 if number % 2 else -1]
        timeouts = Timeouts(connect_seconds=10.0 + number // 10)
        providers = tuple(
            gateways.provider(
                name,
                base_url=self._addresses[name],
                weight=number % 7 + 1,
                timeouts=timeouts,
            )
            for name in names
        )
        return StoredCatalog(number, providers, (gateways.chain("default", *names),))


class Load:
    """Callers that ask without a pause, whole answers and streams; none may fail."""

    def __init__(self, gateway: gateways.FakeGateway) -> None:
        self._gateway = gateway
        self.answers = 0
        self.going = True

    async def ask(self, *, stream: bool) -> None:
        relay = self._gateway.complete_chat
        while self.going:
            if stream:
                relayed = await relay.stream(_request(stream=True), ANONYMOUS)
                async for _ in relayed.events:
                    pass
            else:
                await relay.complete(_request(stream=False), ANONYMOUS)
            self.answers += 1


def _request(*, stream: bool) -> ChatRequest:
    ending = b',"stream":true}' if stream else b"}"
    body = b'{"model":"m","messages":[{"role":"user","content":"hello"}]' + ending
    return replace(gateways.chat_request(stream=stream), body_for=lambda name: body)


async def test_a_thousand_reloads_lose_no_request_and_leak_nothing() -> None:
    engines: list[weakref.ref[HttpEngine]] = []
    accesses: list[weakref.ref[Access]] = []

    def making(connect_timeout_seconds: float, connecting: Connecting) -> HttpEngine:
        made = engine(connect_timeout_seconds, connecting)
        engines.append(weakref.ref(made))
        return made

    async with Simulator(_brief("north")) as north, Simulator(_brief("south")) as south:
        factory = VendorClientFactory({}, making)
        gateway = gateways.FakeGateway({"m": FakeChatClient()})
        refresh = RefreshSnapshot(Revisions(north, south), factory, FakeSecrets(), gateway.holder)
        await refresh()
        load = Load(gateway)
        async with asyncio.TaskGroup() as callers:
            for number in range(6):
                callers.create_task(load.ask(stream=number % 2 == 0))
            before = None
            for number in range(RELOADS):
                assert await refresh()
                chat = gateway.holder.current.clients[ProviderId("south")][1].chat
                assert isinstance(chat, VendorChat)
                accesses.append(weakref.ref(chat.access))
                await factory.close_unused()
                await asyncio.sleep(0)
                if number == WARM:
                    before = _held()
            load.going = False
        assert before is not None
        after = _held()
        await factory.close_unused()
        del chat
        assert load.answers > 100
        assert len(gateway.ledger.records) == load.answers
        assert {outcome for _, outcome in gateway.outcomes} == {"completed"}
        assert len(engines) == RELOADS // 10 + 1
        assert sum(made() is not None for made in engines) <= 2
        assert sum(each() is not None for each in accesses) <= 2
        assert after[0] <= before[0] + 10, "file descriptors"
        records = 3 * load.answers  # what the fake ledger remembers of each
        assert after[1] - before[1] < records + 5_000, "objects"
        await factory.close()


def _brief(name: str) -> Profile:
    return Profile(name=name, answer_tokens=3)


def _held() -> tuple[int, int]:
    """How many file descriptors and objects this process holds."""
    gc.collect()
    return psutil.Process().num_fds(), len(gc.get_objects())


async def test_a_started_gateway_keeps_answering_while_its_file_changes(tmp_path: Path) -> None:
    async with reloading(tmp_path, "--workers", "2") as running:
        outcomes: list[str] = []
        stopped = asyncio.Event()
        async with asyncio.TaskGroup() as callers:
            for number in range(4):
                callers.create_task(_keep_asking(running, outcomes, stopped, stream=number < 2))
            for number in range(30):  # in bursts, with time to settle between
                _change(running, number)
                await asyncio.sleep(0.5 if number % 3 == 2 else 0.02)
            _change(running, 30)
            await _once_known(running, "sim-30")
            stopped.set()
        assert len(outcomes) > 30
        assert set(outcomes) == {"stop"}
        log = running.gateway.log.read_text()
        assert log.count("the configuration was read again") >= 2
        assert "last good one stays" not in log


def _change(running: Reloading, number: int) -> None:
    models = ["sim-a", f"sim-{number}"]
    limits = {"connect_seconds": 5 + number % 4}
    north = provider(running.north, *models, weight=number % 5 + 1, timeouts=limits)
    south = provider(running.south, "sim-b", timeouts=limits)
    providers = {"south": south} if number % 3 == 1 else {"north": north, "south": south}
    # As an editor does: a new file in the old one's place.
    running.content.update(ai_providers=providers, fallback_chains={"main": list(providers)})
    running.replace()


async def _keep_asking(
    running: Reloading, outcomes: list[str], stopped: asyncio.Event, *, stream: bool
) -> None:
    while not stopped.is_set():
        async with running.gateway.openai() as client:
            for _ in range(5):
                asked: Any = client.chat.completions.create(
                    model="main", messages=QUESTION, stream=stream
                )
                reply = await asked
                if stream:
                    ends = [choice.finish_reason async for c in reply for choice in c.choices]
                    outcomes.append(str(ends[-1]))
                else:
                    outcomes.append(str(reply.choices[0].finish_reason))


async def _once_known(running: Reloading, model: str) -> None:
    async with asyncio.timeout(30), running.gateway.openai() as client:
        while True:
            try:
                await client.chat.completions.create(model=model, messages=QUESTION)
            except openai.NotFoundError:
                await asyncio.sleep(0.05)
            else:
                return
