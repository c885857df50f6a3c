"""Rate limits from the outside: told to the official client, shared by two gateways on Valkey."""

from collections import Counter
from pathlib import Path
from uuid import uuid4

import openai
from tests.support.turnout_process import RunningTurnout, free_port, started
from tests.support.worlds import QUESTION, configuration, three_simulators

ENVIRON = {"SIMULATED_KEY": "simulated"}
FIVE = {"limits": {"keys": {"*": {"requests_per_minute": 5}}}}


async def ask(gateway: RunningTurnout, times: int) -> Counter[str]:
    """Ask again and again; count answers by the requests that are left, and refusals by code."""
    told: Counter[str] = Counter()
    async with gateway.openai() as client:
        for _ in range(times):
            try:
                answer = await client.chat.completions.with_raw_response.create(
                    model="default", messages=QUESTION
                )
            except openai.RateLimitError as error:
                assert int(error.response.headers["retry-after"]) >= 1
                told[str(error.code)] += 1
            else:
                told[answer.headers.get("x-ratelimit-remaining-requests") or "unlimited"] += 1
    return told


async def test_a_limit_is_told_and_holds(tmp_path: Path) -> None:
    async with three_simulators() as simulators:
        file = {**configuration(simulators), **FIVE}
        async with started(tmp_path, file, environ=ENVIRON) as gateway:
            told = await ask(gateway, 8)
    assert told == {"4": 1, "3": 1, "2": 1, "1": 1, "0": 1, "rate_limit_exceeded": 3}


async def test_two_gateways_count_together_and_a_dead_server_stops_nobody(
    tmp_path: Path, redis_url: str
) -> None:
    async with three_simulators() as simulators:
        file = {**configuration(simulators), **FIVE}
        shared = {
            "shared_state": {
                "url": redis_url,
                "key_prefix": f"t{uuid4().hex}",
                "timeout_milliseconds": 2000,
            }
        }
        dead = {"shared_state": {"url": f"redis://127.0.0.1:{free_port()}/0"}}
        for name in ("a", "b", "c"):
            (tmp_path / name).mkdir()
        async with (
            started(tmp_path / "a", {**file, **shared}, environ=ENVIRON) as one,
            started(tmp_path / "b", {**file, **shared}, environ=ENVIRON) as other,
        ):
            first, second = await ask(one, 3), await ask(other, 5)
        async with started(tmp_path / "c", {**file, **dead}, environ=ENVIRON) as alone:
            assert await ask(alone, 7) == {"unlimited": 7}
    assert first == {"4": 1, "3": 1, "2": 1}
    assert second == {"1": 1, "0": 1, "rate_limit_exceeded": 3}
