import pytest

from turnout.interfaces.simulator import anthropic_messages, gemini, openai_chat
from turnout.interfaces.simulator.dialect import ErrorReply, Operation
from turnout.interfaces.simulator.http_request import Request
from turnout.interfaces.simulator.profile import PROTOCOLS
from turnout.interfaces.simulator.routes import Route, route


def routed(
    target: str, headers: dict[bytes, bytes] | None = None, protocols: tuple[str, ...] = PROTOCOLS
) -> Route | ErrorReply:
    method, _, path = target.partition(" ")
    return route(Request(method, path, "", headers or {}, b""), protocols)


@pytest.mark.parametrize(
    ("target", "operation", "model"),
    [
        ("POST /v1/chat/completions", openai_chat.CHAT_COMPLETIONS, ""),
        ("POST /v1/embeddings", openai_chat.EMBEDDINGS, ""),
        ("GET /v1/models", openai_chat.MODELS, ""),
        ("GET /v1/models/org/m%20x", openai_chat.MODEL, "org/m x"),
        ("POST /v1/messages", anthropic_messages.MESSAGES, ""),
        ("POST /v1/messages/count_tokens", anthropic_messages.COUNT_TOKENS, ""),
        ("POST /v1beta/models/m:generateContent", gemini.GENERATE_CONTENT, "m"),
        ("POST /v1/models/m:streamGenerateContent", gemini.STREAM_GENERATE_CONTENT, "m"),
        ("POST /v1beta/models/m%3A1:embedContent", gemini.EMBED_CONTENT, "m:1"),
        ("POST /v1beta/models/m:batchEmbedContents", gemini.BATCH_EMBED_CONTENTS, "m"),
        ("POST /v1beta/models/m:countTokens", gemini.COUNT_TOKENS, "m"),
        ("GET /v1beta/models", gemini.MODELS, ""),
        ("GET /v1beta/models/m", gemini.MODEL, "m"),
    ],
)
def test_routes(target: str, operation: Operation, model: str) -> None:
    assert routed(target) == Route(operation, model)


@pytest.mark.parametrize(
    ("header", "operation"),
    [(b"anthropic-version", anthropic_messages.MODELS), (b"x-goog-api-key", gemini.MODELS)],
)
def test_clients_that_share_a_path_are_told_apart(header: bytes, operation: Operation) -> None:
    assert routed("GET /v1/models", {header: b"x"}) == Route(operation)


def test_only_the_protocols_of_the_profile_are_spoken() -> None:
    only = ("anthropic_messages",)
    assert routed("GET /v1/models", protocols=only) == Route(anthropic_messages.MODELS)
    refused = routed("POST /v1/chat/completions", protocols=only)
    assert isinstance(refused, ErrorReply)
    assert refused.status == 404


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("GET /", 404),
        ("POST /v1/responses", 404),
        ("POST /v1beta/tunedModels/m:generateContent", 404),
        ("GET /v1/chat/completions", 405),
        ("POST /v1/models", 405),
    ],
)
def test_what_is_not_routed(target: str, status: int) -> None:
    refused = routed(target)
    assert isinstance(refused, ErrorReply)
    assert refused.status == status
