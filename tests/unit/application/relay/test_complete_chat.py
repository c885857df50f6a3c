import asyncio
from contextlib import aclosing

import pytest
from tests.fakes.clients import FakeChatClient, Silence
from tests.support.gateways import FakeGateway, chat_request, deployment, provider

from turnout.application.ports.provider_client import Answered
from turnout.application.relay.answers import (
    NoTargetFits,
    RelayedStream,
    RelayFailed,
    UnknownModel,
)
from turnout.domain.catalog.deployment import Deployment
from turnout.domain.catalog.timeouts import Timeouts
from turnout.domain.governance.grant import Grant
from turnout.domain.inference.capability import Capability
from turnout.domain.inference.failure import (
    DISPOSITIONS,
    FailureKind,
    InvalidRequest,
    MovesOn,
    ProviderFailure,
)
from turnout.domain.inference.reply import (
    NativeFrame,
    NativeReply,
    ReplyEvent,
    ReplyStarted,
    TextDelta,
    UsageReported,
)
from turnout.domain.inference.request import ChatRequest
from turnout.domain.inference.usage import TokenUsage
from turnout.domain.routing.retry_budget import RetryBudget
from turnout.domain.shared.ids import DeploymentId

CALLER = Grant("tests")
DEPLOYMENT = DeploymentId("a/m")
RETRIED = {FailureKind.OVERLOADED, FailureKind.TRANSPORT, FailureKind.MALFORMED}
"""What is tried a second time at the first target."""
USAGE = TokenUsage(3, 4)
ROLE = NativeFrame(b"role", commits=False)
WORD = NativeFrame(b"word", commits=True)
OVERLOADED = ProviderFailure(FailureKind.OVERLOADED, "busy", status=503)


def failing(kind: FailureKind, **more: float) -> FakeChatClient:
    failure = ProviderFailure(kind, kind.value, retry_after_seconds=more.get("retry_after"))
    return FakeChatClient(answer=failure, opening=failure)


async def all_of(stream: RelayedStream) -> list[ReplyEvent]:
    async with aclosing(stream.events) as events:
        return [event async for event in events]


async def test_the_first_target_answers() -> None:
    gateway = FakeGateway({"a": FakeChatClient(NativeReply(b"hello", "m", USAGE), dropped=("n",))})
    relayed = await gateway.complete_chat.complete(chat_request(), CALLER)
    taken = relayed.taken
    assert relayed.reply == NativeReply(b"hello", "m", USAGE)
    assert (taken.request_id, taken.route, taken.provider, taken.model) == (
        "req_1",
        "default",
        "a",
        "m",
    )
    assert (taken.attempts, taken.dropped) == (1, ("n",))
    assert gateway.outcomes == [("a/m", "completed")]
    record = gateway.ledger.records[0]
    assert (record.grant.key_name, record.number, record.usage) == ("tests", 1, USAGE)


@pytest.mark.parametrize(
    "kind", [k for k, d in DISPOSITIONS.items() if d.moves_on is MovesOn.ALWAYS]
)
@pytest.mark.parametrize("stream", [False, True])
async def test_a_failure_that_moves_on_is_answered_by_the_next(
    kind: FailureKind, stream: bool
) -> None:
    second = FakeChatClient(script=[ROLE, WORD])
    gateway = FakeGateway({"a": failing(kind), "b": second})
    request = chat_request(stream=stream)
    if stream:
        relayed = await gateway.complete_chat.stream(request, CALLER)
        assert await all_of(relayed) == [ROLE, WORD]
        assert relayed.taken.attempts == (3 if kind in RETRIED else 2)
    else:
        assert (await gateway.complete_chat.complete(request, CALLER)).taken.provider == "b"
    tries = 2 if kind in RETRIED else 1
    assert gateway.outcomes == [("a/m", kind.value)] * tries + [("b/m", "completed")]


@pytest.mark.parametrize("kind", [FailureKind.BAD_REQUEST, FailureKind.CONTENT_REFUSED])
async def test_what_the_caller_did_wrong_is_not_asked_twice(kind: FailureKind) -> None:
    second = FakeChatClient()
    gateway = FakeGateway({"a": failing(kind), "b": second})
    with pytest.raises(RelayFailed) as failed:
        await gateway.complete_chat.complete(chat_request(), CALLER)
    assert [failure.kind for failure in failed.value.failures] == [kind]
    assert second.asked == []


async def test_a_chain_may_name_what_moves_on() -> None:
    rules: dict[str, object] = {"on": frozenset({FailureKind.CONTENT_REFUSED})}
    gateway = FakeGateway(
        {"a": failing(FailureKind.CONTENT_REFUSED), "b": FakeChatClient()}, rules=rules
    )
    assert (await gateway.complete_chat.complete(chat_request(), CALLER)).taken.provider == "b"


async def test_a_prompt_too_long_goes_to_a_larger_window_only() -> None:
    chats = {
        "small": failing(FailureKind.CONTEXT_TOO_LONG),
        "same": FakeChatClient(),
        "large": FakeChatClient(),
    }
    windows = {"small": 100, "same": 100, "large": 200}
    providers = [
        provider(name, deployment(name, window=window)) for name, window in windows.items()
    ]
    gateway = FakeGateway(chats, providers=providers)
    assert (await gateway.complete_chat.complete(chat_request(), CALLER)).taken.provider == "large"
    assert chats["same"].asked == []


async def test_when_all_fail_every_failure_rides_along() -> None:
    gateway = FakeGateway(
        {
            "a": failing(FailureKind.AUTH),
            "b": failing(FailureKind.RATE_LIMITED, retry_after=700),
        }
    )
    with pytest.raises(RelayFailed) as failed:
        await gateway.complete_chat.complete(chat_request(), CALLER)
    assert [failure.kind for failure in failed.value.failures] == [
        FailureKind.AUTH,
        FailureKind.RATE_LIMITED,
    ]
    assert failed.value.attempted == ("a/m", "b/m")
    assert gateway.health.of(gateway.ledger.records[1].deployment).cooldown_until_seconds == 1700


async def test_no_more_attempts_than_allowed() -> None:
    chats = {name: failing(FailureKind.AUTH) for name in "abcd"}
    gateway = FakeGateway(chats, rules={"max_attempts": 2})
    with pytest.raises(RelayFailed):
        await gateway.complete_chat.complete(chat_request(), CALLER)
    assert [name for name, chat in chats.items() if chat.asked] == ["a", "b"]


async def test_the_deadline_bounds_all_attempts_together() -> None:
    gateway = FakeGateway(
        {"a": FakeChatClient(Silence()), "b": FakeChatClient(Silence()), "c": FakeChatClient()},
        timeouts=Timeouts(total_seconds=0.05),
        rules={"deadline_seconds": 0.08},
    )
    gateway.clock.monotonic_seconds = asyncio.get_running_loop().time  # type: ignore[method-assign]
    with pytest.raises(RelayFailed) as failed:
        await gateway.complete_chat.complete(chat_request(), CALLER)
    assert [failure.kind for failure in failed.value.failures] == [FailureKind.TIMEOUT] * 2


async def test_no_attempt_begins_just_before_the_deadline() -> None:
    class Late(FakeChatClient):
        async def complete(self, request: ChatRequest, deployment: Deployment) -> Answered:
            gateway.clock.move(9.999)
            return await super().complete(request, deployment)

    auth = ProviderFailure(FailureKind.AUTH, "no")
    gateway = FakeGateway(
        {"a": Late(answer=auth), "b": FakeChatClient()}, rules={"deadline_seconds": 10.0}
    )
    with pytest.raises(RelayFailed) as failed:
        await gateway.complete_chat.complete(chat_request(), CALLER)
    assert failed.value.failures == (auth,)


async def test_an_unknown_model_is_told_with_names_like_it() -> None:
    gateway = FakeGateway({"a": FakeChatClient()})
    with pytest.raises(UnknownModel) as unknown:
        await gateway.complete_chat.complete(chat_request("defualt"), CALLER)
    assert unknown.value.near == ("default",)
    assert "Did you mean default?" in unknown.value.message


async def test_when_nothing_fits_the_reasons_are_told() -> None:
    gateway = FakeGateway({"a": FakeChatClient()})
    with pytest.raises(NoTargetFits, match="a/m does not offer vision"):
        await gateway.complete_chat.complete(chat_request(needs=[Capability.VISION]), CALLER)
    assert gateway.ledger.records == []


async def test_a_request_that_cannot_be_decoded_is_the_callers_affair() -> None:
    fault = InvalidRequest("wrong", field="messages")
    gateway = FakeGateway({"a": FakeChatClient(answer=fault), "b": FakeChatClient()})
    with pytest.raises(InvalidRequest):
        await gateway.complete_chat.complete(chat_request(), CALLER)


async def test_a_stream_that_ends_before_it_began_moves_on() -> None:
    gateway = FakeGateway({"a": FakeChatClient(script=[ROLE]), "b": FakeChatClient(script=[WORD])})
    relayed = await gateway.complete_chat.stream(chat_request(stream=True), CALLER)
    assert await all_of(relayed) == [WORD]
    assert gateway.outcomes == [("a/m", "malformed")] * 2 + [("b/m", "completed")]


async def test_nothing_of_a_failed_stream_reaches_the_caller() -> None:
    first = FakeChatClient(script=[ReplyStarted("id", "m"), OVERLOADED])
    gateway = FakeGateway({"a": first, "b": FakeChatClient(script=[WORD])})
    relayed = await gateway.complete_chat.stream(chat_request(stream=True), CALLER)
    assert await all_of(relayed) == [WORD]
    assert first.closed == len(first.asked) == 2


async def test_after_the_commit_point_a_failure_is_the_callers_to_see() -> None:
    broken = ProviderFailure(FailureKind.STREAM_BROKEN, "cut")
    second = FakeChatClient(script=[WORD])
    gateway = FakeGateway({"a": FakeChatClient(script=[WORD, broken]), "b": second})
    relayed = await gateway.complete_chat.stream(chat_request(stream=True), CALLER)
    events = relayed.events
    assert await anext(events) == WORD
    with pytest.raises(ProviderFailure, match="cut"):
        await anext(events)
    assert second.asked == []
    assert gateway.outcomes == [("a/m", "stream_broken")]


async def test_the_last_usage_counts() -> None:
    script = (TextDelta("a"), UsageReported(TokenUsage(1, 1)), UsageReported(USAGE))
    gateway = FakeGateway({"a": FakeChatClient(script=script)})
    await all_of(await gateway.complete_chat.stream(chat_request(stream=True), CALLER))
    assert gateway.ledger.records[0].usage == USAGE


async def test_leaving_a_stream_closes_it_and_settles_it_as_abandoned() -> None:
    client = FakeChatClient(script=[WORD, WORD, WORD])
    gateway = FakeGateway({"a": client})
    relayed = await gateway.complete_chat.stream(chat_request(stream=True), CALLER)
    async with aclosing(relayed.events) as events:
        await anext(events)
    assert client.closed == 1
    assert gateway.outcomes == [("a/m", "abandoned")]


async def test_hanging_up_before_the_answer_settles_as_abandoned() -> None:
    client = FakeChatClient(Silence(), opening=Silence())
    gateway = FakeGateway({"a": client, "b": FakeChatClient()})
    for call in (gateway.complete_chat.complete, gateway.complete_chat.stream):
        waiting = asyncio.ensure_future(call(chat_request(), CALLER))
        await client.reached.wait()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        client.reached.clear()
    assert gateway.outcomes == [("a/m", "abandoned")] * 2


async def test_a_silent_stream_moves_on_after_the_first_token_limit() -> None:
    limits = Timeouts(first_token_seconds=0.02)
    chats = {
        "unopened": FakeChatClient(opening=Silence()),
        "silent": FakeChatClient(script=[ROLE, Silence()]),
        "good": FakeChatClient(script=[WORD]),
    }
    gateway = FakeGateway(chats, timeouts=limits)
    relayed = await gateway.complete_chat.stream(chat_request(stream=True), CALLER)
    assert await all_of(relayed) == [WORD]
    assert gateway.outcomes == [
        ("unopened/m", "timeout"),
        ("silent/m", "timeout"),
        ("good/m", "completed"),
    ]
    assert chats["silent"].closed == 1


async def test_a_stall_between_tokens_is_a_time_out() -> None:
    limits = Timeouts(between_tokens_seconds=0.02)
    gateway = FakeGateway({"a": FakeChatClient(script=[WORD, Silence()])}, timeouts=limits)
    relayed = await gateway.complete_chat.stream(chat_request(stream=True), CALLER)
    with pytest.raises(ProviderFailure, match=r"no token for 0\.02 s"):
        await all_of(relayed)
    assert gateway.outcomes == [("a/m", "timeout")]


async def test_a_request_keeps_the_snapshot_it_began_with() -> None:
    gateway = FakeGateway({"a": FakeChatClient(script=[WORD, WORD])})
    relayed = await gateway.complete_chat.stream(chat_request(stream=True), CALLER)
    gateway.holder.current = FakeGateway({"b": FakeChatClient()}).holder.current
    assert await all_of(relayed) == [WORD, WORD]


async def test_a_retry_waits_and_one_success_is_enough() -> None:
    client = FakeChatClient(script=[WORD], openings=[OVERLOADED])
    gateway = FakeGateway({"a": client, "b": FakeChatClient(script=[WORD])})
    relayed = await gateway.complete_chat.stream(chat_request(stream=True), CALLER)
    assert (relayed.taken.provider, relayed.taken.attempts) == ("a", 2)
    assert gateway.waits == [0.05]
    await relayed.events.aclose()


async def test_with_nowhere_else_a_rate_limit_is_waited_for() -> None:
    limited = ProviderFailure(FailureKind.RATE_LIMITED, "slow down", retry_after_seconds=7)
    client = FakeChatClient(script=[WORD], openings=[limited])
    gateway = FakeGateway({"a": client})
    relayed = await gateway.complete_chat.stream(chat_request(stream=True), CALLER)
    assert relayed.taken.attempts == 2
    assert gateway.waits == [7]
    await relayed.events.aclose()


async def test_after_the_last_attempt_nothing_is_waited_for() -> None:
    limited = failing(FailureKind.RATE_LIMITED, retry_after=7)
    gateway = FakeGateway({"a": limited}, rules={"max_attempts": 1})
    with pytest.raises(RelayFailed) as failed:
        await gateway.complete_chat.complete(chat_request(), CALLER)
    assert failed.value.failures[-1].retry_after_seconds == 7
    assert gateway.waits == []


async def test_without_a_budget_nothing_is_tried_twice() -> None:
    chats = {name: failing(FailureKind.OVERLOADED) for name in "ab"}
    gateway = FakeGateway(chats, budget=RetryBudget(share=0, reserve=0))
    with pytest.raises(RelayFailed) as failed:
        await gateway.complete_chat.complete(chat_request(), CALLER)
    assert failed.value.attempted == ("a/m", "b/m")


async def test_retries_end_when_the_circuit_opens() -> None:
    gateway = FakeGateway({"a": failing(FailureKind.OVERLOADED)}, rules={"max_attempts": 50})
    with pytest.raises(RelayFailed) as failed:
        await gateway.complete_chat.complete(chat_request(), CALLER)
    limits = gateway.health.of(DEPLOYMENT).limits
    assert len(failed.value.failures) == limits.strikes_to_open
    assert failed.value.unavailable_seconds == limits.wait_seconds(1)
    assert not failed.value.last_resort


async def test_an_open_circuit_is_passed_over_until_its_wait_is_over() -> None:
    first = failing(FailureKind.OVERLOADED)
    gateway = FakeGateway({"a": first, "b": FakeChatClient()})
    for _ in range(5):
        await gateway.complete_chat.complete(chat_request(), CALLER)
    asked = len(first.asked)
    assert (await gateway.complete_chat.complete(chat_request(), CALLER)).taken.attempts == 1
    assert len(first.asked) == asked
    gateway.clock.move(60)
    first.answer = NativeReply(b"{}", None, None)
    assert (await gateway.complete_chat.complete(chat_request(), CALLER)).taken.provider == "a"


async def test_when_no_target_is_admitted_one_is_asked_as_a_last_resort() -> None:
    first = failing(FailureKind.RATE_LIMITED, retry_after=700)
    second = failing(FailureKind.RATE_LIMITED, retry_after=300)
    gateway = FakeGateway({"a": first, "b": second})
    with pytest.raises(RelayFailed):
        await gateway.complete_chat.complete(chat_request(), CALLER)
    with pytest.raises(RelayFailed) as failed:
        await gateway.complete_chat.complete(chat_request(), CALLER)
    assert failed.value.attempted == ("b/m",)
    assert failed.value.last_resort
    assert failed.value.unavailable_seconds == 300


async def test_only_one_request_probes_a_half_open_circuit() -> None:
    probe = FakeChatClient(Silence())
    gateway = FakeGateway({"a": failing(FailureKind.OVERLOADED), "b": FakeChatClient()})
    for _ in range(5):
        await gateway.complete_chat.complete(chat_request(), CALLER)
    gateway.clock.move(60)
    gateway.holder.current = FakeGateway({"a": probe, "b": FakeChatClient()}).holder.current
    probing = asyncio.ensure_future(gateway.complete_chat.complete(chat_request(), CALLER))
    await probe.reached.wait()
    others = [await gateway.complete_chat.complete(chat_request(), CALLER) for _ in range(3)]
    assert {other.taken.provider for other in others} == {"b"}
    probing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await probing
    assert gateway.health.of(gateway.ledger.records[0].deployment).admits(gateway.clock.monotonic)
