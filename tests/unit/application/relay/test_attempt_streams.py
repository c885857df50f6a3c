"""How streams are watched and settled is shown by test_complete_chat.py."""

from contextlib import aclosing

from tests.fakes.clients import FakeChatClient
from tests.support.gateways import FakeGateway, chat_request

from turnout.application.relay.attempt import Attempt
from turnout.application.relay.attempt_streams import AttemptStreams
from turnout.application.relay.walk import Journey
from turnout.domain.governance.grant import Grant
from turnout.domain.inference.reply import ReplyStarted, TextDelta
from turnout.domain.routing.asked import Asked


async def test_the_head_reaches_up_to_the_commit_point() -> None:
    started, first, second = ReplyStarted("id", "m"), TextDelta("a"), TextDelta("b")
    client = FakeChatClient(script=[started, first, second], dropped=("n",))
    gateway = FakeGateway({"a": client})
    streams = AttemptStreams(gateway.clock, gateway.settlement)
    request = chat_request(stream=True)
    asked = Asked(request.needs, streamed=True, tenant="tests")

    async def one(journey: Journey, attempt: Attempt) -> None:
        begun = await streams.begin(request, journey, attempt)
        assert (begun.head, begun.dropped) == ([started, first], ("n",))
        assert attempt.first_token_seconds == gateway.clock.monotonic_seconds()
        assert gateway.outcomes == []
        async with aclosing(begun.all()) as events:
            assert [event async for event in events] == [started, first, second]

    await gateway.walk(request.model, asked, Grant("tests"), one)
    assert gateway.outcomes == [("a/m", "completed")]
