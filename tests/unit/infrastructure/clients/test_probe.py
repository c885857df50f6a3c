import json

import pytest
from tests.support.clients import MODEL, SECRET, client_factory, provider_at, served
from tests.support.upstream import upstream, whole

from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.request import WireProtocol


async def test_models_are_listed_without_spending_tokens() -> None:
    body = b'{"data":[{"id":"a"},{"id":"b"}]}'
    async with served(whole(200, body), "/v1") as (server, p):
        assert await p.probe.models() == ("a", "b")
    (asked,) = server.asked
    assert (asked.method, asked.target, asked.body) == ("GET", "/v1/models", b"")
    assert asked.headers["authorization"] == f"Bearer {SECRET}"


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, b"{}", FailureKind.AUTH),
        (200, b"<html>", FailureKind.MALFORMED),
        (503, b"", FailureKind.OVERLOADED),
    ],
)
async def test_what_is_no_list_fails(status: int, body: bytes, kind: FailureKind) -> None:
    async with served(whole(status, body)) as (_, p):
        with pytest.raises(ProviderFailure) as caught:
            await p.probe.models()
    assert caught.value.kind is kind


async def test_connecting_asks_nothing() -> None:
    async with served(whole(200, b"{}")) as (server, p):
        await p.probe.connect()
        assert server.asked == []


async def test_a_completion_asks_for_one_token_of_the_model() -> None:
    reply = b'{"model":"m","choices":[{"message":{"role":"assistant","content":"h"}}]}'
    async with served(whole(200, reply), "/v1") as (server, p):
        await p.probe.complete(MODEL)
    (asked,) = server.asked
    assert (asked.method, asked.target) == ("POST", "/v1/chat/completions")
    body = json.loads(asked.body)
    assert (body["model"], body["max_tokens"]) == ("upstream/m", 1)


async def test_a_completion_speaks_the_protocol_of_the_provider() -> None:
    reply = (
        b'{"id":"x","type":"message","role":"assistant","model":"m","content":'
        b'[{"type":"text","text":"h"}],"stop_reason":"max_tokens",'
        b'"usage":{"input_tokens":1,"output_tokens":1}}'
    )
    protocol = WireProtocol.ANTHROPIC_MESSAGES
    async with upstream(whole(200, reply)) as server, client_factory() as factory:
        provider = provider_at(server.base_url, protocol=protocol)
        await factory.clients_for(provider, SECRET).probe.complete(MODEL)
    (asked,) = server.asked
    body = json.loads(asked.body)
    assert asked.target == "/v1/messages"
    assert (body["model"], body["max_tokens"]) == ("upstream/m", 1)
    assert asked.headers["x-api-key"] == SECRET
