import pytest
from tests.support.gateways import deployment

from turnout.domain.inference.capability import Requirement
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.request import EmbeddingRequest, WireProtocol
from turnout.domain.inference.usage import TokenUsage
from turnout.infrastructure.protocols.openai_chat.embeddings import OpenAiEmbeddings

REQUEST = EmbeddingRequest(
    model="m",
    protocol=WireProtocol.OPENAI_CHAT,
    needs=Requirement(frozenset()),
    inputs=("a",),
    encoding="float",
    dimensions=None,
    leftovers=(),
    body_for=lambda name: f'{{"model":"{name}"}}'.encode(),
)


def test_the_callers_body_goes_out_with_the_upstream_model() -> None:
    wire = OpenAiEmbeddings().request(REQUEST, deployment("p", "m"), {})
    assert wire.body == b'{"model":"m"}'


def test_the_answer_passes_through() -> None:
    body = b'{"model":"e","data":[{"embedding":"AAAA"}],"usage":{"prompt_tokens":3}}'
    reply = OpenAiEmbeddings().reply(body, REQUEST)
    assert (reply.body, reply.model, reply.usage) == (body, "e", TokenUsage(3, 0))


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", FailureKind.MALFORMED),
        (b"<html>", FailureKind.MALFORMED),
        (b"{}", FailureKind.MALFORMED),
        (b'{"data":[]}', FailureKind.MALFORMED),
        (b'{"error":{"message":"busy","code":429}}', FailureKind.RATE_LIMITED),
    ],
)
def test_what_is_no_answer_fails(body: bytes, kind: FailureKind) -> None:
    with pytest.raises(ProviderFailure) as caught:
        OpenAiEmbeddings().reply(body, REQUEST)
    assert caught.value.kind is kind
