"""Headers in, headers out."""

from dataclasses import replace

import pytest
from tests.fakes.relay import TAKEN
from tests.fakes.rsgi import FakeProtocol, FakeScope
from tests.fakes.system import FrozenClock

from turnout.application.relay.answers import RelayFailed
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.sharing import CacheStatus
from turnout.domain.shared.ids import RequestId
from turnout.interfaces.relay.exchange import Exchange, printable
from turnout.interfaces.relay.openai.refusal import Refusal
from turnout.interfaces.relay.rsgi.in_flight import Ticket


def exchange_of(protocol: FakeProtocol, clock: FrozenClock, **headers: str) -> Exchange:
    scope = FakeScope("POST", "/x", headers)
    ticket = Ticket(None, protocol)
    return Exchange(scope, protocol, path="/x", clock=clock, ticket=ticket)


@pytest.mark.parametrize(
    ("authorization", "key"),
    [
        ("Bearer secret", "secret"),
        ("bearer  secret ", "secret"),
        ("Basic c2VjcmV0", None),
        ("secret", None),
        ("Bearer", ""),
    ],
)
def test_the_key_is_what_follows_bearer(authorization: str, key: str | None) -> None:
    exchange = exchange_of(FakeProtocol(), FrozenClock(), authorization=authorization)
    assert exchange.presented_key() == key


def test_no_authorization_is_no_key() -> None:
    assert exchange_of(FakeProtocol(), FrozenClock()).presented_key() is None


@pytest.mark.parametrize(
    ("client", "address"), [("10.1.2.3:4711", "10.1.2.3"), ("[2001:db8::1]:4711", "2001:db8::1")]
)
def test_the_source_is_the_address_of_the_connection(client: str, address: str) -> None:
    protocol = FakeProtocol()
    scope = FakeScope("POST", "/x", {}, client)
    ticket = Ticket(None, protocol)
    exchange = Exchange(scope, protocol, path="/x", clock=FrozenClock(), ticket=ticket)
    assert exchange.source() == address


async def test_reading_the_body_ends_the_wait_for_it() -> None:
    exchange = exchange_of(FakeProtocol(b"body"), FrozenClock())
    assert await exchange.body(10) == b"body"
    assert exchange.ticket.has_body


def test_an_answer_tells_the_way_that_it_took() -> None:
    protocol, clock = FakeProtocol(), FrozenClock()
    exchange = exchange_of(protocol, clock)
    clock.move(0.5)
    exchange.answer(replace(TAKEN, waited_seconds=0.4875, attempts=2), b"{}")
    assert (protocol.status, protocol.body) == (200, b"{}")
    assert protocol.headers == {
        "content-type": "application/json",
        "x-turnout-request-id": "req_relay",
        "x-turnout-provider": "openai",
        "x-turnout-model": "gpt-4",
        "x-turnout-route": "default",
        "x-turnout-attempts": "2",
        "x-turnout-overhead-ms": "12.50",
        "x-turnout-cache": "bypass",
    }


def test_an_answer_from_the_cache_tells_its_age() -> None:
    protocol = FakeProtocol()
    taken = replace(TAKEN, attempts=0, cache=CacheStatus.HIT, age_seconds=12.9)
    exchange_of(protocol, FrozenClock()).answer(taken, b"{}")
    assert protocol.headers["x-turnout-cache"] == "hit"
    assert protocol.headers["age"] == "12"


def test_what_was_dropped_is_told() -> None:
    protocol = FakeProtocol()
    exchange = exchange_of(protocol, FrozenClock())
    exchange.answer(replace(TAKEN, dropped=("logit_bias", "messages[0].name")), b"{}")
    assert protocol.headers["x-turnout-dropped"] == "logit_bias, messages[0].name"


def test_a_header_of_the_callers_own_names_is_bounded() -> None:
    protocol = FakeProtocol()
    exchange = exchange_of(protocol, FrozenClock())
    exchange.answer(replace(TAKEN, dropped=("x" * 1_000_000,)), b"{}")
    assert len(protocol.headers["x-turnout-dropped"]) < 2100


def test_overhead_is_never_negative() -> None:
    protocol = FakeProtocol()
    exchange_of(protocol, FrozenClock()).answer(replace(TAKEN, waited_seconds=3.0), b"")
    assert protocol.headers["x-turnout-overhead-ms"] == "0.00"


def test_a_stream_begins_with_the_same_headers() -> None:
    protocol = FakeProtocol()
    exchange = exchange_of(protocol, FrozenClock())
    exchange.relays("chat", RequestId("req_before"))
    outflow = exchange.expect_stream(beat_ticks=0)
    assert (exchange.request_id, exchange.has_begun) == ("req_before", False)
    outflow.begin(exchange.stream_head(TAKEN))
    assert (exchange.request_id, exchange.has_begun) == ("req_relay", True)
    assert protocol.headers["content-type"].startswith("text/event-stream")
    assert protocol.headers["cache-control"] == "no-cache"
    assert protocol.headers["x-turnout-provider"] == "openai"


async def test_a_stream_that_began_early_keeps_the_name_it_was_told() -> None:
    protocol = FakeProtocol()
    exchange = exchange_of(protocol, FrozenClock())
    exchange.relays("chat", RequestId("req_before"))
    outflow = exchange.expect_stream(beat_ticks=1)
    outflow.tick()
    outflow.begin(exchange.stream_head(TAKEN))
    await exchange.send_last(b"data: {}\n\n")
    assert exchange.request_id == protocol.headers["x-turnout-request-id"] == "req_before"
    assert "x-turnout-provider" not in protocol.headers
    assert protocol.transport is not None
    assert protocol.transport.sent == [b": ping\n\n", b"data: {}\n\n"]


def test_an_error_tells_of_the_last_attempt() -> None:
    protocol = FakeProtocol()
    late = ProviderFailure(FailureKind.TIMEOUT, "late")
    error = RelayFailed(RequestId("req_9"), "default", (late, late), ("a/m", "b/org/m"))
    exchange_of(protocol, FrozenClock()).refuse(Refusal(504, "late"), error, error.request_id)
    assert protocol.status == 504
    assert protocol.headers == {
        "content-type": "application/json",
        "x-turnout-request-id": "req_9",
        "x-turnout-route": "default",
        "x-turnout-provider": "b",
        "x-turnout-model": "org/m",
        "x-turnout-attempts": "2",
    }


def test_an_error_without_an_attempt_has_a_name_all_the_same() -> None:
    protocol = FakeProtocol()
    refusal = Refusal(401, "no", headers=(("www-authenticate", "Bearer"),))
    exchange_of(protocol, FrozenClock()).refuse(refusal, None, RequestId("req_1"))
    assert protocol.headers["x-turnout-request-id"] == "req_1"
    assert protocol.headers["www-authenticate"] == "Bearer"
    assert "x-turnout-provider" not in protocol.headers


@pytest.mark.parametrize(
    ("value", "header"),
    [
        ("openai/gpt-4", "openai/gpt-4"),
        ("modèle", "mod%C3%A8le"),
        ("a\r\nset-cookie: x", "a%0D%0Aset-cookie: x"),
        ("tab\t", "tab%09"),
    ],
)
def test_only_printable_ascii_goes_into_headers(value: str, header: str) -> None:
    assert printable(value) == header
