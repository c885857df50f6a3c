"""Streams that break off at one simulated provider and go on at another, seen by the official
client: the text of an uncut answer, exactly once."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import httpx
import openai
import pytest
import pytest_asyncio
from openai.types.chat import ChatCompletionChunk
from tests.support.turnout_process import RunningTurnout, started
from tests.support.worlds import PROTOCOLS, QUESTION, break_down, three_simulators

from turnout.interfaces.simulator.profile import Profile
from turnout.interfaces.simulator.server import Simulator

pytestmark = pytest.mark.asyncio(loop_scope="module")

ANSWER = (
    "Once upon a time there was a railway line.\n\n"
    "It led to a junction, and there a signalman stood day and night:\n"
    "- left to the harbour,\n- right to the hills,  and  straight on\tto the sea.\n\n"
    "“No train is ever lost here”, he said — à demain !"
)
PAIRS = [(first, second) for first, second in product(PROTOCOLS, PROTOCOLS) if first != second]
TOKENS = (2, 17, 18)
OTHER = ("stall", "diverging", "tools", "output", "logprobs", "choices", "wire")
CHAINS = {
    **{
        f"{ability}-{first}-{second}-{tokens}": (first, second)
        for ability in ("able", "unable", "rejecting")
        for first, second in PAIRS
        for tokens in TOKENS
    },
    **{f"unable-{name}": ("north", "south") for name in OTHER},
}
"""Each with models of its own, called like the chain, since health is kept per model. Those of
`unable` chains do not offer assistant prefill."""
TOOL: Any = {"type": "function", "function": {"name": "get_weather", "parameters": {}}}


@dataclass(frozen=True, slots=True)
class Line:
    """A gateway before three simulators."""

    gateway: RunningTurnout
    simulators: dict[str, Simulator]

    def asked(self, name: str) -> int:
        """Return how many requests the provider has had."""
        return sum(self.simulators[name].counts.requests.values())


def _models(name: str) -> list[dict[str, Any]]:
    names = [chain for chain, ends in CHAINS.items() if name in ends]
    names += [f"able-{name}", f"unable-{name}", "able-unrescued"]
    return [
        {
            "name": each,
            "capabilities": [f"{'-' if each.startswith('unable') else ''}assistant_prefill"],
        }
        for each in names
    ]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Line]:
    async with three_simulators() as simulators:
        providers = {
            name: {
                "protocol": PROTOCOLS[name],
                "base_url": simulator.base_url + ("/v1" if name == "north" else ""),
                "api_key": "key",
                "models": _models(name),
                "timeouts": {"between_tokens_seconds": 0.5},
            }
            for name, simulator in simulators.items()
        }
        chains: dict[str, Any] = {
            chain: [f"{name}/{chain}" for name in ends] for chain, ends in CHAINS.items()
        }
        chains["unrescued"] = {
            "tiers": [["north/able-unrescued"], ["south/able-unrescued"]],
            "rescue": False,
        }
        content = {"ai_providers": providers, "fallback_chains": chains}
        folder = tmp_path_factory.mktemp("rescue")
        async with started(folder, content) as gateway:
            yield Line(gateway, simulators)


@pytest.fixture
def line(running: Line) -> Line:
    for name, simulator in running.simulators.items():
        simulator.profile = Profile(name=name, answer=ANSWER)
        simulator.reset()
    return running


async def chunks_of(line: Line, model: str, **fields: Any) -> list[ChatCompletionChunk]:
    async with line.gateway.openai() as client:
        stream = await client.chat.completions.create(
            model=model,
            messages=QUESTION,
            stream=True,
            stream_options={"include_usage": True},
            **fields,
        )
        return [chunk async for chunk in stream]


def text_of(chunks: list[ChatCompletionChunk]) -> str:
    return "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)


def coherent(chunks: list[ChatCompletionChunk], *providers: str) -> bool:
    """Whether it is one answer, whole, and says in its end who gave it."""
    told = {"x_turnout": {"rescued": len(providers) - 1, "providers": list(providers)}}
    finish, usage = chunks[-2:]
    assert finish.choices[0].finish_reason == "stop"
    assert (finish.model_extra, usage.model_extra) == (told, told)
    assert usage.usage is not None
    assert usage.usage.completion_tokens > 0
    assert [c.choices[0].delta.role for c in chunks if c.choices].count("assistant") == 1
    assert len({(chunk.id, chunk.model, chunk.created) for chunk in chunks}) == 1
    return text_of(chunks) == ANSWER


@pytest.mark.parametrize(("first", "second"), PAIRS)
@pytest.mark.parametrize("ability", ["able", "unable"])
async def test_a_cut_answer_is_seen_whole(
    line: Line, ability: str, first: str, second: str
) -> None:
    for tokens in TOKENS:
        break_down(line.simulators[first], f"cut_after_tokens={tokens}")
        chunks = await chunks_of(line, f"{ability}-{first}-{second}-{tokens}")
        assert coherent(chunks, first, second)
    assert (line.asked(first), line.asked(second)) == (3, 3)


@pytest.mark.parametrize(("first", "second"), PAIRS)
async def test_a_model_that_rejects_prefill_says_it_again(
    line: Line, first: str, second: str
) -> None:
    rejecting = line.simulators[second]
    rejecting.profile = replace(rejecting.profile, rejects_prefill=True)
    for tokens in TOKENS:
        break_down(line.simulators[first], f"cut_after_tokens={tokens}")
        model = f"rejecting-{first}-{second}-{tokens}"
        assert coherent(await chunks_of(line, model), first, second)
    assert line.asked(second) == 6


async def test_a_stalled_answer_is_seen_whole(line: Line) -> None:
    break_down(line.simulators["north"], "stall=9")
    assert coherent(await chunks_of(line, "unable-stall"), "north", "south")


@pytest.mark.parametrize("name", PROTOCOLS)
async def test_with_nowhere_else_the_same_model_goes_on(line: Line, name: str) -> None:
    simulator = line.simulators[name]
    break_down(simulator, "cut_after_tokens=30")
    assert coherent(await chunks_of(line, f"{name}/able-{name}"), *[name] * line.asked(name))
    assert line.asked(name) > 1


async def test_a_model_that_is_always_cut_in_one_place_is_given_up(line: Line) -> None:
    break_down(line.simulators["north"], "cut_after_tokens=30")
    with pytest.raises(openai.APIError):
        await chunks_of(line, "north/unable-north")
    assert 1 < line.asked("north") <= 6


async def test_an_answer_that_comes_out_differently_is_an_error_of_its_own(line: Line) -> None:
    break_down(line.simulators["north"], "cut_after_tokens=9")
    other = line.simulators["south"]
    other.profile = replace(other.profile, answer="Twice upon a time there were two.")
    with pytest.raises(openai.APIError) as failed:
        await chunks_of(line, "unable-diverging")
    assert failed.value.code == "rescue_diverged"


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("tools", {"tools": [TOOL], "tool_choice": "required"}),
        ("output", {"response_format": {"type": "json_object"}}),
        ("logprobs", {"logprobs": True}),
        ("choices", {"n": 2}),
    ],
)
async def test_what_is_no_plain_text_is_left_broken(
    line: Line, name: str, fields: dict[str, Any]
) -> None:
    break_down(line.simulators["north"], "cut_after_tokens=2")
    with pytest.raises(openai.APIError):
        await chunks_of(line, f"unable-{name}", **fields)
    assert line.asked("south") == 0


async def test_a_chain_may_want_no_rescue(line: Line) -> None:
    break_down(line.simulators["north"], "cut_after_tokens=2")
    with pytest.raises(openai.APIError):
        await chunks_of(line, "unrescued")
    assert line.asked("north") == 1


async def test_on_the_wire_the_broken_providers_done_is_not_seen(line: Line) -> None:
    break_down(line.simulators["north"], "cut_after_tokens=9")
    call = {"model": "unable-wire", "messages": QUESTION, "stream": True}
    async with line.gateway.http() as client:
        answer: httpx.Response = await client.post("/v1/chat/completions", json=call)
    assert answer.headers["x-turnout-provider"] == "north"
    assert answer.content.count(b"data: [DONE]") == 1
    assert answer.content.endswith(b"data: [DONE]\n\n")
    assert b"usage" not in answer.content
