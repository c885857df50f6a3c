import asyncio
from contextlib import aclosing
from dataclasses import dataclass, field

import pytest
from tests.fakes.clients import FakeChatClient, Silence, Step
from tests.fakes.continuation import CALL, STOP, FakeContinuation, frame
from tests.support.gateways import FakeGateway, chat_request, deployment, provider

from turnout.application.relay.answers import RescueDiverged
from turnout.domain.catalog.timeouts import Timeouts
from turnout.domain.governance.grant import Grant
from turnout.domain.inference.capability import Capability
from turnout.domain.inference.failure import FailureKind, InvalidRequest, ProviderFailure
from turnout.domain.inference.reply import (
    NativeFrame,
    ReasoningDelta,
    RefusalDelta,
    ReplyEvent,
    ReplyStarted,
    Rescued,
    TextDelta,
    UsageReported,
)
from turnout.domain.inference.usage import TokenUsage
from turnout.domain.routing.hedge_rules import HedgeRules
from turnout.domain.routing.retry_budget import RetryBudget

CALLER = Grant("tests")
CUT = ProviderFailure(FailureKind.STREAM_BROKEN, "cut")
REFUSED = ProviderFailure(FailureKind.BAD_REQUEST, "no prefill here")
ONCE_UPON, A_TIME, THERE_WAS = "Once upon ", "a time ", "there was."
WHOLE = ONCE_UPON + A_TIME + THERE_WAS


def texts(*pieces: str) -> list[Step]:
    return [TextDelta(piece) for piece in pieces]


def frames(*pieces: str) -> list[Step]:
    return [frame(f"text:{piece}") for piece in pieces]


def cut(*steps: Step, failure: Exception = CUT) -> FakeChatClient:
    return FakeChatClient(script=[*steps, failure])


def whole(*steps: Step) -> FakeChatClient:
    return FakeChatClient(script=[*steps, STOP])


@dataclass
class Told:
    """What a caller has got, in whatever form."""

    events: list[ReplyEvent] = field(default_factory=list)
    error: ProviderFailure | None = None

    @property
    def text(self) -> str:
        return "".join(map(self._text_of, self.events))

    @property
    def rescued(self) -> tuple[str, ...]:
        found = [event.providers for event in self.events if isinstance(event, Rescued)]
        return found[-1] if found else ()

    @property
    def usage(self) -> TokenUsage | None:
        found = [event.usage for event in self.events if isinstance(event, UsageReported)]
        return found[-1] if found else None

    @staticmethod
    def _text_of(event: ReplyEvent) -> str:
        if isinstance(event, NativeFrame):
            return event.data.decode().partition("text:")[2]
        return event.text if isinstance(event, TextDelta) else ""


async def told_by(
    gateway: FakeGateway,
    continuation: FakeContinuation | None = None,
    needs: tuple[Capability, ...] = (),
) -> Told:
    request = chat_request(stream=True, needs=needs)
    request.continuation = continuation or FakeContinuation()
    relayed = await gateway.complete_chat.stream(request, CALLER)
    told = Told()
    async with aclosing(relayed.events) as events:
        try:
            async for event in events:
                told.events.append(event)
        except ProviderFailure as failure:
            told.error = failure
    return told


def prefilling(chats: dict[str, FakeChatClient], **more: object) -> FakeGateway:
    """A gateway all of whose models can go on with a begun answer."""
    able = Capability.ASSISTANT_PREFILL, Capability.REASONING
    providers = [provider(name, deployment(name, "m", *able)) for name in chats]
    return FakeGateway(chats, providers=providers, **more)  # type: ignore[arg-type]


async def test_a_cut_text_is_said_again_and_only_what_is_new_is_told() -> None:
    second = whole(ReplyStarted("other", "m2"), *texts("Once  upon a", " time there was."))
    gateway = FakeGateway({"a": cut(*texts(ONCE_UPON, A_TIME)), "b": second})
    told = await told_by(gateway)
    assert (told.text, told.error) == (WHOLE, None)
    assert told.events[2:] == [Rescued(("a", "b")), TextDelta("there was."), STOP]
    assert gateway.outcomes == [("a/m", "stream_broken"), ("b/m", "completed")]
    assert [record.number for record in gateway.ledger.records] == [1, 2]


async def test_who_won_a_race_and_breaks_off_is_told_as_the_first() -> None:
    began = Silence()
    chats = {
        "a": cut(began, *texts(ONCE_UPON, A_TIME)),
        "b": FakeChatClient(script=[Silence()]),
        "c": whole(*texts(WHOLE)),
    }
    gateway = FakeGateway(chats, rules={"hedge": HedgeRules(after_seconds=0.001, most_share=1.0)})
    telling = asyncio.create_task(told_by(gateway))
    await chats["b"].reached.wait()
    began.set()
    told = await telling
    assert (told.text, told.rescued) == (WHOLE, ("a", "c"))
    assert gateway.outcomes == [("b/m", "hedged"), ("a/m", "stream_broken"), ("c/m", "completed")]
    assert sorted(record.number for record in gateway.ledger.records) == [1, 2, 3]


async def test_a_model_that_can_goes_on_with_the_text_so_far() -> None:
    second = whole(*texts(" there", " was."))
    continuation = FakeContinuation()
    gateway = prefilling({"a": cut(*texts(ONCE_UPON, A_TIME)), "b": second})
    told = await told_by(gateway, continuation)
    assert told.text == WHOLE
    assert continuation.begun == ["Once upon a time"]
    assert second.requests[0].body_for("m") == b"m begins with 'Once upon a time'"


async def test_an_echo_of_the_text_so_far_is_not_told() -> None:
    gateway = prefilling({"a": cut(*texts(ONCE_UPON, A_TIME)), "b": whole(*texts(*WHOLE))})
    assert (await told_by(gateway)).text == WHOLE


async def test_frames_of_another_provider_are_told_as_events_where_events_were() -> None:
    second = FakeChatClient(script=[*frames(WHOLE), frame("stop:", TokenUsage(5, 6))])
    gateway = FakeGateway(
        {"a": cut(UsageReported(TokenUsage(1, 2)), *texts(ONCE_UPON)), "b": second}
    )
    told = await told_by(gateway)
    assert told.text == WHOLE
    assert told.usage == TokenUsage(6, 8)
    assert not any(isinstance(event, NativeFrame) for event in told.events)


@pytest.mark.parametrize("native", [False, True])
async def test_frames_go_on_as_frames_of_the_first_answer(native: bool) -> None:
    usage = TokenUsage(3, 4)
    second: list[Step] = [*frames(WHOLE), frame("stop:", usage)]
    if not native:
        second = [*texts(WHOLE), STOP, UsageReported(usage)]
    continuation = FakeContinuation()
    first = [frame("text:" + ONCE_UPON, TokenUsage(1, 1)), frame("think:hm")]
    gateway = FakeGateway({"a": cut(*first), "b": FakeChatClient(script=second)})
    told = await told_by(gateway, continuation)
    assert [event.data for event in told.events if isinstance(event, NativeFrame)] == [
        b"text:Once upon ",
        b"think:hm",
        b"text:a time there was.",
        b"stop:",
        b"end#9#a,b",
    ]
    assert continuation.resumed == [[b"text:Once upon ", b"think:hm"]]
    last = told.events[-1]
    assert isinstance(last, NativeFrame)
    assert (last.usage, last.finished) == (TokenUsage(4, 5), True)


async def test_each_attempt_is_settled_with_its_own_usage() -> None:
    first = cut(UsageReported(TokenUsage(1, 2)), *texts(ONCE_UPON))
    second = whole(UsageReported(TokenUsage(3, 4)), *texts(WHOLE))
    gateway = FakeGateway({"a": first, "b": second})
    await told_by(gateway)
    used = [record.usage for record in gateway.ledger.records]
    assert used == [TokenUsage(1, 2), TokenUsage(3, 4)]


async def test_thinking_of_the_rescuer_is_not_told() -> None:
    first = cut(ReasoningDelta("let me see"))
    second = whole(ReasoningDelta("well"), *texts(WHOLE))
    told = await told_by(prefilling({"a": first, "b": second}))
    assert [event for event in told.events if isinstance(event, ReasoningDelta)] == [
        ReasoningDelta("let me see")
    ]
    assert told.text == WHOLE


async def test_a_model_that_is_to_think_first_says_it_again() -> None:
    continuation = FakeContinuation()
    gateway = prefilling({"a": cut(*texts(ONCE_UPON)), "b": whole(*texts(WHOLE))})
    told = await told_by(gateway, continuation, (Capability.REASONING,))
    assert (told.text, continuation.begun) == (WHOLE, [])


async def test_a_call_that_begins_the_answer_itself_is_said_again() -> None:
    gateway = prefilling({"a": cut(*texts(ONCE_UPON)), "b": whole(*texts(WHOLE))})
    assert (await told_by(gateway, FakeContinuation(refuses=True))).text == WHOLE


async def test_a_model_that_refuses_to_go_on_says_it_again() -> None:
    second = FakeChatClient(script=[*texts(WHOLE), STOP], openings=[REFUSED])
    gateway = prefilling({"a": cut(*texts(ONCE_UPON)), "b": second})
    assert (await told_by(gateway)).text == WHOLE
    assert gateway.outcomes == [
        ("a/m", "stream_broken"),
        ("b/m", "bad_request"),
        ("b/m", "completed"),
    ]


async def test_what_comes_out_differently_ends_with_an_error_of_its_own() -> None:
    second = whole(*texts("Twice upon a time"))
    gateway = FakeGateway({"a": cut(*texts(ONCE_UPON)), "b": second})
    told = await told_by(gateway)
    assert isinstance(told.error, RescueDiverged)
    assert told.text == ONCE_UPON
    assert second.closed == 1
    assert gateway.outcomes == [("a/m", "stream_broken"), ("b/m", "abandoned")]


@pytest.mark.parametrize("steps", [texts("Once"), [CALL], [RefusalDelta("No.")]])
async def test_an_answer_that_ends_or_turns_before_it_got_there_differs(steps: list[Step]) -> None:
    told = await told_by(
        FakeGateway({"a": cut(*texts(ONCE_UPON)), "b": FakeChatClient(script=steps)})
    )
    assert isinstance(told.error, RescueDiverged)


@pytest.mark.parametrize(
    "steps",
    [
        [*texts(ONCE_UPON), CALL],
        [RefusalDelta("No.")],
        [TextDelta("a", choice=1)],
        [TextDelta("a", logprobs={"content": []})],
        [*texts(WHOLE), STOP],
        [frame("text:a"), frame("picture:b")],
        [frame("text:a"), frame("call:")],
    ],
)
async def test_what_is_no_plain_text_is_left_broken(steps: list[Step]) -> None:
    second = whole(*texts(WHOLE))
    told = await told_by(FakeGateway({"a": cut(*steps), "b": second}))
    assert told.error is CUT
    assert second.asked == []


@pytest.mark.parametrize("kind", [FailureKind.TRANSPORT, FailureKind.TIMEOUT])
async def test_other_faults_of_the_connection_are_rescued_too(kind: FailureKind) -> None:
    fault = ProviderFailure(kind, "gone")
    gateway = FakeGateway({"a": cut(*texts(ONCE_UPON), failure=fault), "b": whole(*texts(WHOLE))})
    assert (await told_by(gateway)).text == WHOLE


async def test_a_refusal_in_the_middle_is_not_routed_around() -> None:
    refusal = ProviderFailure(FailureKind.STREAM_BROKEN, "flagged")
    refusal.__cause__ = ProviderFailure(FailureKind.CONTENT_REFUSED, "flagged")
    second = whole(*texts(WHOLE))
    gateway = FakeGateway({"a": cut(*texts(ONCE_UPON), failure=refusal), "b": second})
    assert (await told_by(gateway)).error is refusal
    assert second.asked == []


async def test_a_stall_is_rescued() -> None:
    first = FakeChatClient(script=[*texts(ONCE_UPON), Silence()])
    gateway = FakeGateway(
        {"a": first, "b": whole(*texts(WHOLE))}, timeouts=Timeouts(between_tokens_seconds=0.02)
    )
    assert (await told_by(gateway)).text == WHOLE
    assert first.closed == 1
    assert gateway.outcomes == [("a/m", "timeout"), ("b/m", "completed")]


async def test_a_chain_may_want_no_rescue() -> None:
    second = whole(*texts(WHOLE))
    chats = {"a": cut(*texts(ONCE_UPON)), "b": second}
    assert (await told_by(FakeGateway(chats, rules={"rescue": False}))).error is CUT
    assert second.asked == []


async def test_a_rescue_that_is_cut_is_rescued_again() -> None:
    chats = {
        "a": cut(*texts(ONCE_UPON)),
        "b": cut(*texts(ONCE_UPON + "a ti")),
        "c": whole(*texts(WHOLE)),
    }
    gateway = FakeGateway(chats)
    told = await told_by(gateway)
    assert (told.text, told.rescued) == (WHOLE, ("a", "b", "c"))
    assert [outcome for _, outcome in gateway.outcomes] == [
        "stream_broken",
        "stream_broken",
        "completed",
    ]


async def test_a_rescue_that_has_called_a_tool_is_not_rescued_again() -> None:
    third = whole(*texts(WHOLE))
    chats = {"a": cut(*texts(ONCE_UPON)), "b": cut(*texts(ONCE_UPON), CALL), "c": third}
    told = await told_by(FakeGateway(chats))
    assert (told.error, told.events[-1]) == (CUT, CALL)
    assert third.asked == []


async def test_a_target_that_does_not_answer_is_passed_over() -> None:
    down = FakeChatClient(opening=ProviderFailure(FailureKind.TRANSPORT, "refused"))
    gateway = FakeGateway({"a": cut(*texts(ONCE_UPON)), "b": down, "c": whole(*texts(WHOLE))})
    told = await told_by(gateway)
    assert (told.text, told.rescued) == (WHOLE, ("a", "c"))


async def test_a_target_whose_protocol_cannot_say_it_is_passed_over() -> None:
    unable = FakeChatClient(opening=InvalidRequest("no", field="messages"))
    gateway = FakeGateway({"a": cut(*texts(ONCE_UPON)), "b": unable, "c": whole(*texts(WHOLE))})
    assert (await told_by(gateway)).text == WHOLE


async def test_a_target_that_refuses_the_content_ends_it() -> None:
    refusing = FakeChatClient(opening=ProviderFailure(FailureKind.CONTENT_REFUSED, "no"))
    third = whole(*texts(WHOLE))
    gateway = FakeGateway({"a": cut(*texts(ONCE_UPON)), "b": refusing, "c": third})
    assert (await told_by(gateway)).error is CUT
    assert third.asked == []


async def test_with_nowhere_else_the_same_target_is_asked_again() -> None:
    client = FakeChatClient(scripts=[[*texts(ONCE_UPON), CUT], [*texts(WHOLE), STOP]])
    gateway = FakeGateway({"a": client})
    told = await told_by(gateway)
    assert (told.text, told.rescued) == (WHOLE, ("a", "a"))


async def test_without_a_budget_it_is_not() -> None:
    client = FakeChatClient(scripts=[[*texts(ONCE_UPON), CUT], [*texts(WHOLE), STOP]])
    gateway = FakeGateway({"a": client}, budget=RetryBudget(share=0, reserve=0))
    assert (await told_by(gateway)).error is CUT


async def test_no_more_attempts_than_allowed() -> None:
    third = whole(*texts(WHOLE))
    chats = {"a": cut(*texts(ONCE_UPON)), "b": cut(*texts(ONCE_UPON)), "c": third}
    gateway = FakeGateway(chats, rules={"max_attempts": 2})
    assert (await told_by(gateway)).error is CUT
    assert third.asked == []


async def test_the_deadline_bounds_rescues_too() -> None:
    second = whole(*texts(WHOLE))
    gateway = FakeGateway({"a": cut(*texts(ONCE_UPON)), "b": second}, rules={"deadline_seconds": 5})
    request = chat_request(stream=True)
    request.continuation = FakeContinuation()
    relayed = await gateway.complete_chat.stream(request, CALLER)
    async with aclosing(relayed.events) as events:
        assert await anext(events) == TextDelta(ONCE_UPON)
        gateway.clock.move(5)
        with pytest.raises(ProviderFailure, match="cut"):
            await anext(events)
    assert second.asked == []


async def test_a_target_whose_circuit_is_open_is_not_asked() -> None:
    second = whole(*texts(WHOLE))
    gateway = FakeGateway({"a": cut(*texts(ONCE_UPON)), "b": second, "c": whole(*texts(WHOLE))})
    limited = ProviderFailure(FailureKind.RATE_LIMITED, "later", retry_after_seconds=60)
    gateway.health.of(deployment("b").id).failed(limited, gateway.clock.monotonic_seconds(), 0.1)
    assert (await told_by(gateway)).rescued == ("a", "c")
    assert second.asked == []


async def test_hanging_up_during_a_rescue_closes_and_settles_it() -> None:
    second = FakeChatClient(script=[*texts(WHOLE), Silence()])
    gateway = FakeGateway({"a": cut(*texts(ONCE_UPON)), "b": second})
    request = chat_request(stream=True)
    request.continuation = FakeContinuation()
    relayed = await gateway.complete_chat.stream(request, CALLER)
    rescued = asyncio.Event()

    async def read() -> None:
        async with aclosing(relayed.events) as events:
            async for event in events:
                if event == TextDelta(A_TIME + THERE_WAS):
                    rescued.set()

    reading = asyncio.ensure_future(read())
    await rescued.wait()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert second.closed == 1
    assert gateway.outcomes == [("a/m", "stream_broken"), ("b/m", "abandoned")]
