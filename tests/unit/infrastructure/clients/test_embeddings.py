import pytest
from tests.support.clients import MODEL, embedding_request, served
from tests.support.upstream import whole

from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.reply import NativeReply
from turnout.domain.inference.usage import TokenUsage

BODY = b'{"model":"e","data":[{"embedding":[0.5]}],"usage":{"prompt_tokens":3,"total_tokens":3}}'


async def test_vectors() -> None:
    async with served(whole(200, BODY), "/v1") as (server, p):
        assert p.embeddings is not None
        embedded = await p.embeddings.embed(embedding_request("x"), MODEL)
    assert embedded.reply == NativeReply(BODY, "e", TokenUsage(3, 0))
    assert embedded.waited_seconds > 0
    assert server.asked[0].target == "/v1/embeddings"
    assert server.asked[0].json == {"model": "upstream/m", "input": "x"}


async def test_an_error_answer_is_classified() -> None:
    body = b'{"error":{"message":"The model `e` does not exist","code":"model_not_found"}}'
    async with served(whole(404, body)) as (_, p):
        assert p.embeddings is not None
        with pytest.raises(ProviderFailure) as caught:
            await p.embeddings.embed(embedding_request("x"), MODEL)
    assert (caught.value.kind, caught.value.status) == (FailureKind.MODEL_MISSING, 404)
