"""A started gateway whose provider fails now and then: who is called, how often, and until when."""

import asyncio
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from tests.support.hook import Receiver
from tests.support.turnout_process import RunningTurnout, free_port, started

from turnout.interfaces.simulator.profile import ErrorKind, Profile
from turnout.interfaces.simulator.server import Simulator

SECRET = "planted-webhook-secret"
PATIENCE_SECONDS = 60.0
QUESTION = {"model": "north/sim", "messages": [{"role": "user", "content": "hello"}]}
NEVER = {"strikes_to_open": 1000, "least_calls": 100_000}


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
