import pytest
from tests.support.gateways import chat_request, deployment

from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.reply import NativeReply
from turnout.domain.inference.usage import TokenUsage
from turnout.infrastructure.protocols.openai_chat import CODEC
from turnout.infrastructure.protocols.openai_chat.frames import StreamTap

CHAT = CODEC.chat
REQUEST = chat_request()


def test_the_callers_body_goes_out_with_the_upstream_model() -> None:
    assert CHAT.request(REQUEST, deployment("p", "large"), {}).body == b'{"model":"large"}'


def test_an_answer_passes_through_and_is_read_in_passing() -> None:
    body = (
        b'\n\n{"model":"gpt-x","choices":[{"finish_reason":"stop","message":{"content":"Hi"}}],'
        b'"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5},"error":null}'
    )
    reply = CHAT.reply(body, REQUEST)
    assert reply == NativeReply(body, "gpt-x", TokenUsage(3, 2))


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        pytest.param(b"", FailureKind.MALFORMED, id="empty"),
        pytest.param(b"<html></html>", FailureKind.MALFORMED, id="HTML"),
        pytest.param(b'{"choices":[{"mess', FailureKind.MALFORMED, id="cut"),
        pytest.param(b'{"id":"x"}', FailureKind.MALFORMED, id="no choices"),
        pytest.param(b'{"choices":[]}', FailureKind.MALFORMED, id="empty choices"),
        pytest.param(b'{"choices":"none"}', FailureKind.MALFORMED, id="another shape"),
        pytest.param(
            b'{"error":{"message":"Rate limit","code":429}}', FailureKind.RATE_LIMITED, id="error"
        ),
        pytest.param(
            b'{"choices":[{"finish_reason":"error"}],"error":{"message":"gone","code":502}}',
            FailureKind.OVERLOADED,
            id="error beside choices",
        ),
        pytest.param(
            b'{"choices":[{"finish_reason":"insufficient_system_resource"}]}',
            FailureKind.OVERLOADED,
            id="gave up",
        ),
    ],
)
def test_a_success_that_is_no_answer_fails(body: bytes, kind: FailureKind) -> None:
    with pytest.raises(ProviderFailure) as caught:
        CHAT.reply(body, REQUEST)
    assert caught.value.kind is kind


def test_each_answer_has_a_decoder_of_its_own() -> None:
    first, second = CHAT.stream_decoder(REQUEST), CHAT.stream_decoder(REQUEST)
    assert isinstance(first, StreamTap)
    assert first is not second


def test_failures_are_classified() -> None:
    assert CHAT.failure(401, {}, b"").kind is FailureKind.AUTH


@pytest.mark.parametrize(
    ("body", "names"),
    [
        (b'{"object":"list","data":[{"id":"a"},{"id":"b"}]}', ("a", "b")),
        (b'{"data":[]}', ()),
        (b'[{"id":"a"}]', ("a",)),
        (b'{"models":[{"name":"command"}]}', ("command",)),
    ],
)
def test_model_lists_are_read(body: bytes, names: tuple[str, ...]) -> None:
    assert CHAT.model_names(body) == names


@pytest.mark.parametrize("body", [b"", b"{}", b'{"data":17}', b"<html>"])
def test_a_model_list_that_is_none_is_malformed(body: bytes) -> None:
    with pytest.raises(ProviderFailure) as caught:
        CHAT.model_names(body)
    assert caught.value.kind is FailureKind.MALFORMED
