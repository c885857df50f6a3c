from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from tests.support.chaos import scenario

from turnout.interfaces.chaos.arena import StartedGateway, opened_arena

LOAD = {"requests": 6, "at_once": 2, "words": 3}


@asynccontextmanager
async def no_gateway_at_all(configuration: Mapping[str, Any]) -> AsyncIterator[StartedGateway]:
    """Callers reach the first scenario's first provider itself."""
    first = next(iter(configuration["ai_providers"].values()))
    yield StartedGateway("127.0.0.1", int(first["base_url"].split(":")[2].removesuffix("/v1")))


async def test_a_run_ends_in_a_report_of_everything() -> None:
    plan = scenario({"metric": "success_share", "equals": 1}, load=LOAD)
    async with opened_arena([plan], no_gateway_at_all) as arena:
        report = await arena.run(plan)
        again = await arena.run(plan)
    assert report.endings == again.endings == {"answered": 6}
    assert report.requests == report.upstream["primary"].requests == 6
    assert report.upstream["backup"].requests == 0
    (success,) = [check for check in report.checks if check.what == "success_share"]
    assert success.held is True


async def test_a_gateway_that_tells_nothing_of_its_attempts_is_found_out() -> None:
    plan = scenario(load=LOAD)
    async with opened_arena([plan], no_gateway_at_all) as arena:
        report = await arena.run(plan)
    missed = {check.what: check.found for check in report.misses}
    assert missed == {"attempts not accounted for": 6, "requests without an id of their own": 6}


async def test_an_answer_cut_without_a_word_is_found_out() -> None:
    script = {"phases": [{"faults": ["cut_after_tokens=6", "no_done"]}]}
    providers = {"primary": {"script": script}, "backup": {}}
    plan = scenario(load={**LOAD, "stream": "always"}, providers=providers)
    async with opened_arena([plan], no_gateway_at_all) as arena:
        report = await arena.run(plan)
    assert report.endings == {"cut": 6}
    assert len(report.examples) == 3
    assert not report.is_good


async def test_what_the_gateway_does_not_offer_is_not_run() -> None:
    plan = scenario(load=LOAD, needs=["rescue"])
    async with opened_arena([plan], no_gateway_at_all) as arena:
        assert (await arena.run(plan)).missing == ["rescue"]
    async with opened_arena([plan], no_gateway_at_all, offered=frozenset({"rescue"})) as arena:
        assert (await arena.run(plan)).requests == 6
