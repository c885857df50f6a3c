"""Requests that no client sends, byte for byte, at both planes of a started gateway.

Sources of the cases: RFC 9112 (message syntax, sections 2.2, 5, 6.3, 11.2) and what is known of
request smuggling. What counts: an answer that fits, one at most, and nothing of it goes upstream.
"""

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from tests.support.turnout_process import KEY, RunningTurnout, started
from tests.support.upstream import Upstream, upstream, whole

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATIENCE_SECONDS = 20
BODY = b'{"model":"m","messages":[{"role":"user","content":"hi"}]}'
ANSWER = (
    b'{"id":"x","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,'
    b'"message":{"role":"assistant","content":"hello"},"finish_reason":"stop"}]}'
)
PROVIDERS_OWN = {
    "connection": "x-hop",
    "openai-organization": "planted-organization",
    "server": "planted-server",
    "set-cookie": "planted=cookie",
    "x-hop": "planted-hop",
    "x-request-id": "planted-request",
}
LENGTH = b"content-length: %d" % len(BODY)
CHUNKED = b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)
DEEP = b"[" * 100_000 + b"]" * 100_000


def head(*lines: bytes, method: bytes = b"POST", path: bytes = b"/v1/chat/completions") -> bytes:
    own = (
        b"host: x",
        b"authorization: Bearer " + KEY.encode(),
        b"content-type: application/json",
        b"connection: close",
    )
    return b"\r\n".join((method + b" " + path + b" HTTP/1.1", *own, *lines, b"", b""))


def get(path: bytes, *lines: bytes) -> bytes:
    return head(*lines, method=b"GET", path=path)


def posted(body: bytes) -> bytes:
    return head(b"content-length: %d" % len(body)) + body


TE = b"transfer-encoding: chunked"
REFUSED: dict[str, tuple[bytes, set[int]]] = {
    "two lengths": (head(LENGTH, b"content-length: 1") + BODY, {400}),
    "a list of lengths": (head(LENGTH + b", 57") + BODY, {400}),
    "a length with a sign": (head(b"content-length: +57") + BODY, {400}),
    "a negative length": (head(b"content-length: -1"), {400}),
    "a length beyond numbers": (head(b"content-length: " + b"9" * 30), {400}),
    "a length beyond memory": (head(b"content-length: 18446744073709551615"), {400, 413, 431}),
    "an encoding that nobody knows": (head(b"transfer-encoding: xchunked") + CHUNKED, {400, 501}),
    "an encoding after chunked": (head(TE + b", identity") + CHUNKED, {400, 501}),
    "a space before the colon": (head(b"transfer-encoding : chunked") + CHUNKED, {400}),
    "a header without a colon": (head(LENGTH, b"nonsense") + BODY, {400}),
    "a folded line": (head(LENGTH, b"x: a", b" b") + BODY, {400}),
    "a bare CR in a value": (head(LENGTH, b"x: a\rb") + BODY, {400}),
    "a NUL in a value": (head(LENGTH, b"x: a\0b") + BODY, {400}),
    "a NUL in a name": (head(LENGTH, b"x\0: a") + BODY, {400}),
    "a line of 500 kB": (head(LENGTH, b"x: " + b"a" * 500_000) + BODY, {400, 431}),
    "200 lines": (head(LENGTH, *(b"x-%d: 1" % n for n in range(200))) + BODY, {400, 431}),
    "a path of 100 kB": (get(b"/v1/models/" + b"a" * 100_000), {400, 414}),
    "a chunk of no size": (head(TE) + b"zz\r\n" + CHUNKED, {400}),
    "a chunk's size with a prefix": (head(TE) + b"0x" + CHUNKED, {400}),
    "a chunk's extension of 100 kB": (head(TE) + b"1;" + b"a" * 100_000 + b"\r\n{\r\n", {400}),
    "no version": (b"GET /v1/models\r\n\r\n", {400}),
    "a version to come": (get(b"/v1/models").replace(b"HTTP/1.1", b"HTTP/3.1"), {400, 505}),
    "a tunnel": (b"CONNECT evil:443 HTTP/1.1\r\nhost: evil\r\n\r\n", {400, 404, 405}),
    "JSON nested without end": (posted(b'{"model":"m","messages":' + DEEP + b"}"), {400, 413}),
    "JSON nested where unknown": (posted(BODY[:-1] + b',"x":' + DEEP + b"}"), {400, 413}),
}
ALLOWED = {200, 400, 401, 403, 404, 405, 408, 413, 414, 415, 422, 431, 501, 505}


@dataclass
class Place:
    gateway: RunningTurnout
    provider: Upstream

    async def send(self, raw: bytes, *, control: bool = False) -> bytes:
        """Send bytes over a connection of their own; return all that comes until it is closed."""
        port = self.gateway.control_port if control else self.gateway.port
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(raw)
            return await asyncio.wait_for(reader.read(), PATIENCE_SECONDS)
        except ConnectionError:  # it would not even hear us out
            return b""
        finally:
            writer.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    async with upstream(whole(200, ANSWER, list(PROVIDERS_OWN.items()))) as provider:
        entry = {"protocol": "openai_chat", "base_url": provider.base_url, "models": ["m"]}
        limits = {"access_keys": [KEY], "head_seconds": 1, "body_seconds": 1}
        configuration = {"server": limits, "ai_providers": {"p": entry}}
        folder = tmp_path_factory.mktemp("hostile")
        async with started(folder, configuration, role="all") as gateway:
            yield Place(gateway, provider)


def statuses(answer: bytes) -> list[int]:
    return [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]]


async def test_what_is_sound_goes_through(place: Place) -> None:
    before = len(place.provider.asked)
    for sound in (posted(BODY), head(TE) + CHUNKED, head(LENGTH, LENGTH) + BODY):
        assert statuses(await place.send(sound)) == [200]
    assert [asked.body for asked in place.provider.asked[before:]] == [BODY] * 3


@pytest.mark.parametrize("case", list(REFUSED))
async def test_what_is_not_is_refused_once_and_goes_nowhere(place: Place, case: str) -> None:
    raw, allowed = REFUSED[case]
    before = len(place.provider.asked)
    answer = await place.send(raw)
    assert set(statuses(answer)) <= allowed
    assert len(statuses(answer)) <= 1
    assert len(place.provider.asked) == before
    assert set(statuses(await place.send(raw, control=True))) <= ALLOWED - {200}


async def test_a_length_beside_chunks_hides_no_second_request(place: Place) -> None:
    hidden = get(b"/v1/models")
    before = len(place.provider.asked)
    for length in (4, len(CHUNKED), len(CHUNKED) + len(hidden)):
        raw = head(b"content-length: %d" % length, TE).replace(b"connection: close\r\n", b"")
        answer = await place.send(raw + CHUNKED + hidden)
        assert statuses(answer) in ([200], [400])
        assert b"context_window" not in answer
    assert all(asked.body == BODY for asked in place.provider.asked[before:])


async def test_nothing_that_a_caller_says_in_headers_reaches_a_provider(place: Place) -> None:
    lines = (
        b"x-forwarded-for: planted", b"cookie: planted", b"x-api-key: planted", b"te: trailers",
        b"accept: planted", b"user-agent: planted", b"keep-alive: planted", b"x-any: planted",
        b"proxy-authorization: planted", b"openai-organization: planted", b"expect: planted",
    )  # fmt: skip
    assert statuses(await place.send(head(LENGTH, *lines[:-1]) + BODY)) == [200]
    asked = place.provider.asked[-1]
    assert "planted" not in str(asked.headers) and KEY not in str(asked.headers)
    assert set(asked.headers) == {
        "accept", "accept-encoding", "content-length", "content-type", "host", "user-agent",
    }  # fmt: skip


async def test_nothing_that_a_provider_says_in_headers_reaches_a_caller(place: Place) -> None:
    answer = await place.send(posted(BODY))
    assert statuses(answer) == [200]
    assert b"planted" not in answer and b"x-hop" not in answer


async def test_dawdlers_are_not_waited_for(place: Place) -> None:
    for raw in (b"", b"GET /v1/models HTTP/1.1\r\nhost: x\r\n", head(LENGTH)):
        for port in (place.gateway.port, place.gateway.control_port):
            if raw == head(LENGTH) and port == place.gateway.control_port:
                continue  # its body limit is fixed, and too long for a test
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(raw)
            answer = await asyncio.wait_for(reader.read(), PATIENCE_SECONDS)
            assert set(statuses(answer)) <= {400, 408}
            writer.close()


@pytest.mark.parametrize("control", [False, True])
@pytest.mark.parametrize("seed", range(2))
async def test_no_garbled_request_gets_a_500_or_is_two_requests(
    place: Place, seed: int, control: bool
) -> None:
    dice = random.Random(seed)
    pieces = (b"\r\n", b"\n", b"\r", b"\0", b" ", b":", b",", b"\xff", LENGTH, TE, b"0", b"\t")
    for _ in range(15):
        raw = dice.choice((posted(BODY), head(TE) + CHUNKED, get(b"/v1/models")))
        for _ in range(dice.randint(1, 4)):
            at, cut = dice.randrange(len(raw)), dice.choice((0, 0, 1, 5))
            raw = raw[:at] + dice.choice(pieces) + raw[at + cut :]
        answer = await place.send(raw, control=control)
        assert set(statuses(answer)) <= ALLOWED, raw
        assert set(statuses(answer)[1:]) <= {400}, raw  # what is left over is no request
    assert statuses(await place.send(posted(BODY))) == [200]


async def test_a_provider_that_redirects_is_not_followed(tmp_path: Path) -> None:
    there = [("location", "/elsewhere")]
    async with upstream(whole(307, b"{}", there)) as provider:
        for engine in ("http1", "httpx", "pyreqwest"):
            entry = {"protocol": "openai_chat", "base_url": provider.base_url, "models": ["m"]}
            configuration = {"upstream": {"engine": engine}, "ai_providers": {"p": entry}}
            async with started(tmp_path, configuration) as gateway:
                before = len(provider.asked)
                answer = await Place(gateway, provider).send(posted(BODY))
                assert statuses(answer) in ([502], [503])
                assert {asked.target for asked in provider.asked[before:]} == {"/chat/completions"}
