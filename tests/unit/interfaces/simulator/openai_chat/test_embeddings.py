from typing import Any

import pytest
from tests.support.simulators import body_of, call, refusal

from turnout.interfaces.simulator.openai_chat.embeddings import embed
from turnout.interfaces.simulator.profile import Profile
from turnout.interfaces.simulator.vectors import packed, vector_of


def body(given: Any, **fields: Any) -> dict[str, Any]:
    return {"model": "embed-1", "input": given, **fields}


@pytest.mark.parametrize(
    ("given", "count", "tokens"),
    [("four", 1, 1), (["four", "fives"], 2, 3), ([1, 2, 3], 1, 3), ([[1], [2, 3]], 2, 3)],
)
def test_one_vector_per_input(given: Any, count: int, tokens: int) -> None:
    job = embed(call(body(given)))
    reply = body_of(job)
    assert [len(one["embedding"]) for one in reply["data"]] == [1536] * count
    assert [one["index"] for one in reply["data"]] == list(range(count))
    assert reply["usage"] == {"prompt_tokens": tokens, "total_tokens": tokens}
    assert job.tokens.prompt == tokens


def test_dimensions_and_encoding() -> None:
    job = embed(call(body("a", dimensions=8, encoding_format="base64")))
    assert body_of(job)["data"][0]["embedding"] == packed(vector_of("a", 8))
    assert (
        len(body_of(embed(call({"model": "x-large", "input": "a"})))["data"][0]["embedding"])
        == 3072
    )


@pytest.mark.parametrize("given", [[], "", [""], [1, "a"], [[]], [["a"]]])
def test_what_is_no_input(given: Any) -> None:
    if given == "":
        given = [given]
    assert refusal(embed, call(body(given))).failure.field == "input"


def test_an_unknown_model() -> None:
    one = call(body("a"), profile=Profile(models=("m",)))
    assert refusal(embed, one).failure.model == "embed-1"
