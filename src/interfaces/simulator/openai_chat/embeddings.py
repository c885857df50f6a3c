"""OpenAI's embeddings: https://platform.openai.com/docs/api-reference/embeddings."""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct
from msgspec.json import encode

from turnout.interfaces.simulator.billing import Tokens
from turnout.interfaces.simulator.bodies import bad_request
from turnout.interfaces.simulator.dialect import Call, Job
from turnout.interfaces.simulator.openai_chat.request import read_body
from turnout.interfaces.simulator.tokens import estimated_tokens
from turnout.interfaces.simulator.vectors import packed, vector_of

_DIMENSIONS = 1536
_LARGE_DIMENSIONS = 3072


class EmbeddingsRequest(Struct):
    """Texts or token numbers to be turned into vectors."""

    model: str
    input: str | list[Any]
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: Annotated[int, Meta(ge=1, le=_LARGE_DIMENSIONS)] | None = None


def embed(call: Call) -> Job:
    """One vector per input; raises Refused."""
    request = read_body(call.request.body, EmbeddingsRequest)
    call.require_model(request.model)
    inputs = _inputs(request.input)
    dimensions = request.dimensions or (
        _LARGE_DIMENSIONS if "large" in request.model else _DIMENSIONS
    )
    vectors = [vector_of(str(one), dimensions) for one in inputs]
    tokens = sum(_tokens(one) for one in inputs)
    as_text = request.encoding_format == "base64"
    body = {
        "object": "list",
        "data": [
            {
                "object": "embedding",
                "index": index,
                "embedding": packed(vector) if as_text else vector,
            }
            for index, vector in enumerate(vectors)
        ],
        "model": request.model,
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
    }
    return Job(model=request.model, body=encode(body), tokens=Tokens(prompt=tokens))


def _inputs(given: str | list[Any]) -> list[Any]:
    inputs = given if isinstance(given, list) else [given]
    if inputs and all(type(one) is int for one in inputs):
        return [inputs]
    if not inputs or not all(_is_input(one) for one in inputs):
        raise bad_request("'$.input' is invalid. Please check the API reference.", "input")
    return inputs


def _is_input(one: Any) -> bool:
    if isinstance(one, list):
        return bool(one) and all(type(token) is int for token in one)
    return isinstance(one, str) and one != ""


def _tokens(one: Any) -> int:
    return len(one) if isinstance(one, list) else estimated_tokens(len(one))
