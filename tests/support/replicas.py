"""Replicas of one gateway on their own PostgreSQL and Valkey, and callers that never stop."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import psutil
import yaml

from tests.support.services import KillableServer, killable_postgres, killable_valkey
from tests.support.turnout_process import RunningTurnout, started
from tests.support.worlds import QUESTION, configuration
from turnout.interfaces.simulator.profile import Profile
from turnout.interfaces.simulator.server import Simulator

PATIENCE_SECONDS = 60.0
PAUSE_SECONDS = 0.01
LEADS = "this control plane leads"
LEADS_NO_LONGER = "this control plane leads no longer"


@dataclass(frozen=True, slots=True)
class Called:
    """What one call came to; `status` is 0 where there was no answer. `at` is of time.time()."""

    replica: RunningTurnout
    status: int
    code: str | None
    request: str
    at: float


async def call(replica: RunningTurnout, client: httpx.AsyncClient, token: str) -> Called:
    """Ask a replica once."""
    try:
        answer = await client.post(
            f"{replica.base_url}/chat/completions",
            json={"model": "default", "messages": QUESTION},
            headers={"authorization": f"Bearer {token}"},
        )
    except httpx.TransportError:
        return Called(replica, 0, None, "", time.time())
    request = answer.headers.get("x-turnout-request-id", "")
    code = answer.json()["error"]["code"] if answer.status_code >= 400 else None
    return Called(replica, answer.status_code, code, request, time.time())


@dataclass
class Site:
    """The whole; `stack` ends what is started on the way."""

    folder: Path
    postgres: KillableServer
    valkey: KillableServer
    configuration: str
    stack: AsyncExitStack
    data: list[RunningTurnout] = field(default_factory=list)
    control: list[RunningTurnout] = field(default_factory=list)

    async def add(self, role: str) -> None:
        """Start one more replica of the data or the control plane."""
        replicas = self.data if role == "data" else self.control
        folder = self.folder / f"{role}-{time.monotonic_ns()}"
        folder.mkdir()
        environ = {"SIMULATED_KEY": "simulated", "TURNOUT_MASTER_KEY": "ab" * 32}
        started_one = started(folder, self.configuration, environ=environ, role=role)
        replicas.append(await self.stack.enter_async_context(started_one))

    async def issue(self, name: str, team: str | None = None) -> str:
        """Return the token of a new key, once every data plane takes it."""
        async with self.control[0].control() as control, http() as client:
            issued = await control.post("/api/keys", json={"name": name, "team": team})
            token = str(issued.raise_for_status().json()["token"])
            for replica in self.data:
                await until(partial(self._takes, replica, client, token))
        return token

    async def requests_of(self, key_name: str) -> list[str]:
        """Return the ids of all attempts that the ledger has of a key."""
        rows = await self.sql("SELECT request FROM ledger_attempt WHERE key_name = $1", key_name)
        return [str(row[0]) for row in rows]

    async def sql(self, query: str, *values: object) -> list[Any]:
        """Ask the database itself."""
        connection = await asyncpg.connect(self.postgres.url, timeout=10)
        try:
            return list(await connection.fetch(query, *values))
        finally:
            await connection.close()

    def leaders(self) -> list[RunningTurnout]:
        """Return the control planes that said last that they lead."""
        return [each for each in self.control if _leads(each.log.read_text())]

    async def crash(self, replica: RunningTurnout) -> None:
        """Kill every process of a replica at once, and have none of them left."""
        root = psutil.Process(replica.process.pid)
        family = [root, *root.children(recursive=True)]
        for process in family:
            process.kill()
        await replica.process.wait()
        await asyncio.to_thread(psutil.wait_procs, family, PATIENCE_SECONDS)
        for replicas in (self.data, self.control):
            if replica in replicas:
                replicas.remove(replica)

    async def _takes(self, replica: RunningTurnout, client: httpx.AsyncClient, token: str) -> bool:
        answer = await client.get(
            f"{replica.base_url}/models", headers={"authorization": f"Bearer {token}"}
        )
        return answer.status_code == 200


def _leads(log: str) -> bool:
    said = [line for line in log.splitlines() if LEADS in line]
    return bool(said) and LEADS_NO_LONGER not in said[-1]


def http() -> httpx.AsyncClient:
    """Return a plain client with patience."""
    return httpx.AsyncClient(trust_env=False, timeout=PATIENCE_SECONDS)


async def until(true: Callable[[], Any]) -> None:
    """Wait until `true`, or what it awaits, is so. AssertionError if it never is."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        found = true()
        if await found if asyncio.iscoroutine(found) else found:
            return
        await asyncio.sleep(0.05)  # other processes cannot tell us
    raise AssertionError("it never came to that")


@dataclass
class Callers:
    """Several callers that ask the replicas in turn, and write down what they get."""

    calls: list[Called] = field(default_factory=list)

    async def more(self, count: int) -> None:
        """Wait until so many more calls have come to something."""
        wanted = len(self.calls) + count
        await until(lambda: len(self.calls) >= wanted)

    def statuses(self, since: int = 0) -> set[int]:
        """Return what came back."""
        return {called.status for called in self.calls[since:]}

    def answered(self) -> list[Called]:
        """Return the calls that were answered."""
        return [called for called in self.calls if called.status == 200]


@asynccontextmanager
async def calling(replicas: Iterable[RunningTurnout], token: str) -> AsyncIterator[Callers]:
    """Have two callers at each of the replicas for as long as this lasts."""
    callers, stopped = Callers(), asyncio.Event()

    async def caller(replica: RunningTurnout) -> None:
        async with http() as client:
            while not stopped.is_set():
                callers.calls.append(await call(replica, client, token))
                await asyncio.sleep(PAUSE_SECONDS)

    tasks = [asyncio.create_task(caller(replica)) for replica in replicas for _ in range(2)]
    try:
        yield callers
    finally:
        stopped.set()
        await asyncio.gather(*tasks)


@contextmanager
def stores() -> Any:
    """A PostgreSQL and a Valkey of one's own."""
    with killable_postgres() as postgres, killable_valkey() as valkey:
        yield postgres, valkey


@asynccontextmanager
async def site(folder: Path, **sections: Any) -> AsyncIterator[Site]:
    """Two data planes and two control planes over one provider; `sections` go into the file."""
    with stores() as (postgres, valkey):
        async with AsyncExitStack() as stack:
            simulator = await stack.enter_async_context(Simulator(Profile(name="north")))
            file = {
                "server": {"drain_seconds": 2.0},
                "database": {"url": postgres.url},
                # A busy machine must not look like a dead server to those who count.
                "shared_state": {"url": valkey.url, "timeout_milliseconds": 5000},
                **sections,
                **configuration({"north": simulator}),
            }
            whole = Site(folder, postgres, valkey, yaml.safe_dump(file), stack)
            await whole.add("control")  # it makes the store for all of them
            await asyncio.gather(*(whole.add(role) for role in ("control", "data", "data")))
            yield whole


def codes(calls: Iterable[Called]) -> str:
    """Return what calls came to, for a message."""
    counted: dict[str, int] = {}
    for called in calls:
        what = f"{called.status} {called.code}"
        counted[what] = counted.get(what, 0) + 1
    return json.dumps(counted)
