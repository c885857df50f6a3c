"""The battery that every vendor must pass, on exchanges recorded with it.

A new folder under tests/contract/cassettes, named like a vendor, is tested without a new test.
"""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import pytest

from tests.support.clients import (
    MODEL,
    SECRET,
    client_factory,
    embedding_request,
    provider_at,
    told,
)
from tests.support.gateways import deployment
from tests.support.recordings import CASSETTES, Recording, recordings
from tests.support.upstream import Asked, Step, Upstream, streamed, upstream, whole
from turnout.application.ports.provider_client import ProviderClients
from turnout.domain.catalog.deployment import Deployment
from turnout.domain.inference.capability import Requirement
from turnout.domain.inference.content import Message, Role, TextPart
from turnout.domain.inference.conversation import Conversation
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.reply import (
    ChoiceFinished,
    NativeFrame,
    ReplyEvent,
    UsageReported,
    commits,
)
from turnout.domain.inference.request import ChatRequest, WireProtocol
from turnout.infrastructure.discovery import discover_vendors

VENDORS = discover_vendors()


@dataclass(frozen=True, slots=True)
class Cassette:
    """An exchange with a vendor; `path` is where it went, `expected_kind` how it failed."""

    vendor: str
    recording: Recording
    path: str
    expected_kind: str | None

    @property
    def model(self) -> Deployment:
        """The model that was asked, where the path names it."""
        parts = self.path.partition("?")[0].split("/")
        named = [parts[i + 1] for i, part in enumerate(parts) if part in ("models", "deployments")]
        return deployment("p", named[0].partition(":")[0] if named else "m")

    @property
    def options(self) -> dict[str, str]:
        """What the operator must have said for the call to go there."""
        parts = self.path.partition("?")[0].split("/")
        said = {}
        for option, mark in (("project", "projects"), ("location", "locations")):
            if mark in parts:
                said[option] = parts[parts.index(mark) + 1]
        if "api-version=" in self.path:
            said["api_version"] = self.path.partition("api-version=")[2]
        return said


def cassettes() -> list[Cassette]:
    return [
        Cassette(folder.name, recording, row["url_path"], row.get("expected_kind"))
        for folder in sorted(path for path in CASSETTES.iterdir() if path.is_dir())
        for recording, row in zip(
            recordings(folder / "exchanges.jsonl"),
            map(json.loads, (folder / "exchanges.jsonl").read_text("utf-8").splitlines()),
            strict=True,
        )
    ]


def each(chosen: Sequence[Cassette]) -> pytest.MarkDecorator:
    ids = [f"{cassette.vendor}-{cassette.recording.id}" for cassette in chosen]
    return pytest.mark.parametrize("cassette", chosen, ids=ids)


ALL = cassettes()
CHATS = [c for c in ALL if c.recording.endpoint != "embeddings"]
WHOLE = [c for c in CHATS if c.recording.status == 200 and not c.recording.stream]
STREAMS = [c for c in CHATS if c.recording.status == 200 and c.recording.stream]
ERRORS = [c for c in CHATS if c.recording.status >= 400]
EMBEDDINGS = [c for c in ALL if c.recording.endpoint == "embeddings"]


def request(stream: bool) -> ChatRequest:
    said = Message(Role.USER, (TextPart("Hello"),))
    return ChatRequest(
        model="m",
        stream=stream,
        protocol=WireProtocol.OPENAI_CHAT,
        needs=Requirement(frozenset()),
        body_for=lambda name: json.dumps({"model": name, "stream": stream}).encode(),
        decode=lambda: Conversation((said,)),
    )


@asynccontextmanager
async def served(
    cassette: Cassette, script: Sequence[Step]
) -> AsyncIterator[tuple[Upstream, ProviderClients]]:
    """A provider at the cassette's vendor, moved to loopback, that answers by `script`."""
    vendor = VENDORS[cassette.vendor]
    async with upstream(script) as server, client_factory() as factory:
        provider = provider_at(
            server.base_url + urlsplit(vendor.base_url).path,
            vendor=vendor.name,
            protocol=vendor.protocol,
            deployments=(cassette.model,),
            options=cassette.options,
        )
        yield server, factory.clients_for(provider, SECRET)


def check_target(asked: Asked, cassette: Cassette) -> None:
    """The call must have gone where the recorded one went."""
    local = cassette.vendor in ("llamacpp",)  # recorded at a server without the usual /v1
    expected = f"/v1{cassette.path}" if local else cassette.path
    assert unquote(asked.target) == expected


def spoken(events: Sequence[ReplyEvent]) -> tuple[int, int]:
    """Input and output tokens as last reported."""
    found = [
        event.usage
        for event in events
        if isinstance(event, NativeFrame | UsageReported) and event.usage
    ]
    return (found[-1].input_tokens, found[-1].output_tokens) if found else (0, 0)


def test_every_cassette_belongs_to_a_vendor() -> None:
    assert {cassette.vendor for cassette in ALL} <= set(VENDORS)
    assert min(len(WHOLE), len(STREAMS), len(ERRORS), len(EMBEDDINGS)) > 0


@each(WHOLE)
async def test_whole_answers_are_read(cassette: Cassette) -> None:
    async with served(cassette, whole(200, cassette.recording.body)) as (server, clients):
        answered = await clients.chat.complete(request(False), cassette.model)
    check_target(server.asked[0], cassette)
    assert answered.reply.usage is not None
    assert answered.reply.usage.total_tokens > 0


@each(STREAMS)
async def test_streams_are_read_to_their_end(cassette: Cassette) -> None:
    async with served(cassette, streamed(cassette.recording.body)) as (server, clients):
        events, failure = await told(clients, request(True), cassette.model)
    assert failure is None
    check_target(server.asked[0], cassette)
    assert any(commits(event) for event in events)
    assert any(
        event.finished if isinstance(event, NativeFrame) else isinstance(event, ChoiceFinished)
        for event in events
    )
    reports_usage = b"okens" in cassette.recording.body or b"TokenCount" in cassette.recording.body
    assert (spoken(events) != (0, 0)) is reports_usage


@each(STREAMS)
async def test_a_stream_cut_in_its_middle_is_never_a_normal_end(cassette: Cassette) -> None:
    body = cassette.recording.body
    content = body.find(b"finish" if b"finish" in body else b"stop_reason")
    steps: tuple[Step, ...] = streamed(body[: min(len(body) // 2, max(content, 1))])
    async with served(cassette, steps) as (_, clients):
        events, failure = await told(clients, request(True), cassette.model)
    assert failure is not None
    committed = any(commits(event) for event in events)
    expected = FailureKind.STREAM_BROKEN if committed else FailureKind.TRANSPORT
    assert failure.kind is expected


@each(ERRORS)
async def test_errors_have_their_kind(cassette: Cassette) -> None:
    recording = cassette.recording
    told_apart = [
        (n, v) for n, v in recording.headers.items() if n in ("content-type", "retry-after")
    ]
    script = whole(recording.status, recording.body, told_apart)
    async with served(cassette, script) as (_, clients):
        with pytest.raises(ProviderFailure) as caught:
            await clients.chat.complete(request(False), cassette.model)
    failure = caught.value
    assert (failure.kind, failure.status) == (cassette.expected_kind, recording.status)
    assert failure.message
    if "retry-after" in recording.headers:
        assert failure.retry_after_seconds is not None


@each(EMBEDDINGS)
async def test_embeddings_are_read(cassette: Cassette) -> None:
    async with served(cassette, whole(200, cassette.recording.body)) as (server, clients):
        assert clients.embeddings is not None
        embedded = await clients.embeddings.embed(embedding_request("x"), cassette.model)
    check_target(server.asked[0], cassette)
    assert embedded.reply.usage is not None
    assert embedded.reply.usage.output_tokens == 0


@pytest.mark.parametrize("name", sorted(VENDORS))
async def test_every_vendor_can_be_asked(name: str) -> None:
    """Also those with whom nothing is recorded: the key travels, and the models are asked for."""
    vendor = VENDORS[name]
    async with upstream(whole(401, b"{}")) as server, client_factory() as factory:
        base_url = server.base_url + urlsplit(vendor.base_url).path
        provider = provider_at(base_url, vendor=name, protocol=vendor.protocol)
        clients = factory.clients_for(provider, SECRET)
        for call in (clients.chat.complete(request(False), MODEL), clients.probe.models()):
            with pytest.raises(ProviderFailure) as caught:
                await call
            assert caught.value.kind is FailureKind.AUTH
    proof = vendor.authentication
    assert {asked.headers[proof.header] for asked in server.asked} == {proof.prefix + SECRET}
    assert [asked.method for asked in server.asked] == ["POST", "GET"]
    assert vendor.docs.startswith("https://") or name == "simulator"
