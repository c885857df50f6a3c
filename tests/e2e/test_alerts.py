"""A started gateway whose provider fails now and then: who is called, how often, and until when."""

import asyncio
import hmac
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from tests.support.turnout_process import RunningTurnout, free_port, started

from turnout.interfaces.simulator.profile import ErrorKind, Profile
from turnout.interfaces.simulator.server import Simulator

SECRET = "planted-webhook-secret"
PATIENCE_SECONDS = 60.0
QUESTION = {"model": "north/sim", "messages": [{"role": "user", "content": "hello"}]}
NEVER = {"strikes_to_open": 1000, "least_calls": 100_000}


@dataclass
class Received:
    """A request of the webhook: its headers, lower case, and its body."""

    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.body)
        return told


@dataclass
class Receiver:
    """A plain HTTP server that notes what it is sent; it refuses the first `refusals`."""

    port: int = field(default_factory=free_port)
    refusals: int = 0
    received: list[Received] = field(default_factory=list)
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        server = await asyncio.start_server(self._answer, "127.0.0.1", self.port)
        async with server:
            yield

    async def until(self, wanted: Callable[[list[Received]], bool]) -> list[Received]:
        async with asyncio.timeout(PATIENCE_SECONDS), self.arrived:
            await self.arrived.wait_for(lambda: wanted(self.received))
        return list(self.received)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        lines = [line.partition(":") for line in head.splitlines()[1:] if line]
        headers = {name.lower(): value.strip() for name, _, value in lines}
        body = await reader.readexactly(int(headers["content-length"]))
        refuses = self.refusals > 0
        self.refusals -= refuses
        status = "503 Service Unavailable" if refuses else "204 No Content"
        writer.write(f"HTTP/1.1 {status}\r\nconnection: close\r\n".encode())
        writer.write(b"content-length: 0\r\n\r\n" if refuses else b"\r\n")
        writer.close()
        await writer.wait_closed()
        async with self.arrived:
            if not refuses:
                self.received.append(Received(headers, body))
            self.arrived.notify_all()


def configuration(folder: Path, north: Simulator, receiver: Receiver) -> dict[str, object]:
    others = ("circuit_open", "provider_down", "price_unknown", "latency")
    pair = {"short_seconds": 3, "long_seconds": 6, "factor": 10}
    return {
        "database": {"url": f"sqlite:///{folder}/alerts.db"},
        "ledger": {"flush_seconds": 0.2},
        "ai_providers": {
            "north": {
                "protocol": "openai_chat",
                "base_url": f"{north.base_url}/v1",
                "models": ["sim"],
                "probe": "off",
                "circuit": NEVER,
            }
        },
        "alerts": {
            "interval_seconds": 0.5,
            "group_seconds": 0,
            "rules": {
                **dict.fromkeys(others, False),
                "error_budget_burn": {"keep_seconds": 4, "objective": 0.999, "windows": [pair]},
            },
            "channels": {
                "hook": {"kind": "webhook", "url": receiver.url, "secret": "${HOOK_SECRET}"},
                "broken": {"kind": "webhook", "url": f"http://127.0.0.1:{free_port()}/"},
            },
        },
    }


@asynccontextmanager
async def load(gateway: RunningTurnout) -> AsyncIterator[None]:
    """Ask about a hundred times a second, whatever comes back."""

    async def ask_on() -> None:
        async with gateway.http() as client:
            while True:
                await client.post("/v1/chat/completions", json=QUESTION)
                await asyncio.sleep(0.02)

    tasks = [asyncio.create_task(ask_on()) for _ in range(3)]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver(refusals=1)
    async with receiver.serving():
        yield receiver


async def test_a_burn_of_two_percent_is_one_page_and_one_recovery(
    tmp_path: Path, receiver: Receiver
) -> None:
    failing = {"error_rate": 0.02, "error_kinds": (ErrorKind.SERVER_ERROR.value,)}
    async with Simulator(Profile(name="north")) as north:
        north.profile = replace(north.profile, **failing)  # type: ignore[arg-type]
        environ = {"HOOK_SECRET": SECRET}
        said = configuration(tmp_path, north, receiver)
        async with started(tmp_path, said, role="all", environ=environ) as gateway, load(gateway):
            await receiver.until(lambda received: len(received) >= 1)
            await _lasts_for_a_while(gateway)
            north.profile = replace(north.profile, error_rate=0.0)
            received = await receiver.until(lambda received: len(received) >= 2)
            assert [each.said["kind"] for each in received] == ["firing", "resolved"]
        assert SECRET not in gateway.log.read_text()
    page, recovery = received
    assert page.said["severity"] == "page"
    assert [each["subject"] for each in page.said["alerts"]] == ["north/sim"]
    assert recovery.said["alerts"][0]["fingerprint"] == page.said["alerts"][0]["fingerprint"]
    for each in received:
        signed = each.headers["x-turnout-timestamp"].encode() + b"." + each.body
        proof = hmac.new(SECRET.encode(), signed, sha256).hexdigest()
        assert each.headers["x-turnout-signature"] == f"v1={proof}"
        assert each.headers["idempotency-key"] == each.said["id"]


async def _lasts_for_a_while(gateway: RunningTurnout) -> None:
    """Wait until the alert has been found again for longer than it is kept without that."""
    async with gateway.control() as control, asyncio.timeout(PATIENCE_SECONDS):
        first = (await control.get("/api/alerts")).json()[0]["fired_at"]
        while True:
            (row,) = (await control.get("/api/alerts")).json()
            health = (await control.get("/api/alerts/deliveries")).json()
            assert row["state"] == "firing"
            waits = [each for each in health if each["channel"] == "broken"]
            if waits and waits[0]["tries"] >= 3 and row["fired_at"] == first:
                return
            await asyncio.sleep(0.2)
