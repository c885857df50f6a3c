"""Whatever becomes of a request, what was held for it is let go."""

from contextlib import aclosing

import pytest
from tests.support.gateways import chat_request
from tests.support.metered import MeteredGateway

from turnout.application.relay.answers import RelayFailed
from turnout.application.relay.overuse import LimitReached
from turnout.domain.governance.grant import Grant
from turnout.domain.governance.limit_rules import LimitRules
from turnout.domain.governance.rate_limit import RateLimits
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.reply import NativeFrame
from turnout.domain.inference.usage import TokenUsage

GRANT = Grant("ci")
ONE_AT_ONCE = LimitRules(keys={"*": RateLimits(concurrent_requests=1)})
FRAMES = (
    NativeFrame(b"data: x\n\n", True),
    NativeFrame(b"", True, TokenUsage(3, 4), finished=True),
)


async def test_a_place_is_free_again_after_an_answer() -> None:
    gateway = MeteredGateway(ONE_AT_ONCE)
    for _ in range(3):
        await gateway.chat.complete(chat_request(), GRANT)


async def test_a_place_is_free_again_after_a_failure() -> None:
    gateway = MeteredGateway(ONE_AT_ONCE)
    for chat in gateway.chats.values():
        chat.answer = chat.opening = ProviderFailure(FailureKind.BAD_REQUEST, "no")
    for _ in range(2):
        with pytest.raises(RelayFailed):
            await gateway.chat.complete(chat_request(), GRANT)
        with pytest.raises(RelayFailed):
            await gateway.chat.stream(chat_request(stream=True), GRANT)


async def test_a_stream_keeps_its_place_until_it_is_closed() -> None:
    gateway = MeteredGateway(ONE_AT_ONCE)
    gateway.chats["north"].script = FRAMES
    relayed = await gateway.chat.stream(chat_request(stream=True), GRANT)
    async with aclosing(relayed.events) as events:
        assert [event async for event in events] == list(FRAMES)
        with pytest.raises(LimitReached):
            await gateway.chat.stream(chat_request(stream=True), GRANT)
    relayed = await gateway.chat.stream(chat_request(stream=True), GRANT)
    assert await anext(relayed.events) == FRAMES[0]
    await relayed.events.aclose()
    await gateway.chat.complete(chat_request(), GRANT)


async def test_tokens_are_settled_by_what_was_used() -> None:
    gateway = MeteredGateway(LimitRules(keys={"*": RateLimits(tokens_per_minute=2000)}))
    for left in (2000 - 1024, 2000 - 12 - 1024, 2000 - 24 - 1024):
        request = chat_request()
        await gateway.chat.complete(request, GRANT)
        assert request.meter is not None
        assert request.meter.tokens is not None
        assert request.meter.tokens.left == left


async def test_who_is_not_limited_is_not_metered() -> None:
    gateway, request = MeteredGateway(), chat_request()
    await gateway.chat.complete(request, GRANT)
    assert request.meter is None
