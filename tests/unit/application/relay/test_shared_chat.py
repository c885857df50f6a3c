import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from tests.fakes.cache import FakeCache
from tests.fakes.clients import FakeChatClient, Silence, Step
from tests.fakes.continuation import FakeContinuation
from tests.support.sharing import (
    KEEPING,
    USAGE,
    FakeWording,
    GatedChatClient,
    SharedWorld,
    all_text,
    shared_request,
    text_of,
    word,
)

from turnout.application.ports.response_cache import CachedAnswer, CacheKey
from turnout.application.relay.answers import RelayedReply, RelayedStream, RelayFailed, UnknownModel
from turnout.domain.governance.grant import Grant
from turnout.domain.inference.content import TextPart
from turnout.domain.inference.failure import FailureKind, InvalidRequest, ProviderFailure
from turnout.domain.inference.reply import (
    Choice,
    Finish,
    FinishKind,
    NativeReply,
    Reply,
    ReplyEvent,
    ReplyStarted,
    TextDelta,
    UsageReported,
)
from turnout.domain.inference.request import ChatRequest
from turnout.domain.inference.sharing import CacheStatus, CacheWish
from turnout.domain.routing.cache_policy import CachePolicy, CacheRules

CALLER = Grant("tests")
ANSWER = NativeReply(b"hello", "m", USAGE)
REFUSED = ProviderFailure(FailureKind.BAD_REQUEST, "no")
CUT = ProviderFailure(FailureKind.STREAM_BROKEN, "cut")
OFF, ALONE = CachePolicy(single_flight=False), CachePolicy(enabled=True, single_flight=False)


async def ask(world: SharedWorld, request: ChatRequest | None = None) -> RelayedReply:
    return await world.shared.complete(request or shared_request(), CALLER)


async def open_stream(world: SharedWorld, request: ChatRequest | None = None) -> RelayedStream:
    return await world.shared.stream(request or shared_request(stream=True), CALLER)


async def read(world: SharedWorld, request: ChatRequest | None = None) -> str:
    return await all_text(await open_stream(world, request))


async def one_word(stream: RelayedStream) -> str:
    return text_of([await anext(stream.events)])


def statuses(answers: Sequence[RelayedReply | RelayedStream]) -> list[str]:
    return [answer.taken.cache.value for answer in answers]


async def test_a_hundred_at_once_are_one_call() -> None:
    chat = GatedChatClient(ANSWER)
    world = SharedWorld(chat)
    asking = [asyncio.create_task(ask(world)) for _ in range(100)]
    await chat.reached.wait()
    chat.gate.set()
    answers = await asyncio.gather(*asking)
    assert len(chat.asked) == 1
    assert statuses(answers) == ["miss"] + ["shared"] * 99
    assert {answer.reply for answer in answers} == {ANSWER}
    assert len({answer.taken.request_id for answer in answers[1:]}) == 99
    assert {(a.taken.provider, a.taken.model, a.taken.attempts) for a in answers} == {("a", "m", 1)}


async def test_a_hundred_streams_at_once_are_one_call() -> None:
    chat = FakeChatClient(script=[word("one "), word("two "), word("three")])
    world = SharedWorld(chat)
    assert await asyncio.gather(*(read(world) for _ in range(100))) == ["one two three"] * 100
    assert len(chat.asked) == chat.closed == 1


async def test_a_late_joiner_gets_the_beginning_and_then_the_live_tail() -> None:
    go_on = Silence()
    world = SharedWorld(chat := FakeChatClient(script=[word("one "), go_on, word("two")]))
    first = await open_stream(world)
    assert await one_word(first) == "one "
    late = await open_stream(world)
    assert await one_word(late) == "one "
    waiting = asyncio.create_task(one_word(late))
    await asyncio.sleep(0)
    assert not waiting.done()
    go_on.set()
    assert await waiting == await one_word(first) == "two"
    assert statuses([first, late]) == ["miss", "shared"]
    await first.events.aclose()
    await late.events.aclose()
    assert len(chat.asked) == 1


async def test_without_a_cache_the_next_call_asks_again() -> None:
    world = SharedWorld(chat := FakeChatClient(ANSWER, script=[word("one")]))
    assert statuses([await ask(world), await ask(world)]) == ["miss", "miss"]
    assert [await read(world), await read(world)] == ["one", "one"]
    assert len(chat.asked) == 4
    assert world.cache.answers == {}


@pytest.mark.parametrize("leaving", [0, 1, 2])
async def test_one_who_leaves_does_not_end_it_for_the_others(leaving: int) -> None:
    chat = GatedChatClient(ANSWER)
    world = SharedWorld(chat)
    asking = [asyncio.create_task(ask(world)) for _ in range(3)]
    await chat.reached.wait()
    asking[leaving].cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking.pop(leaving)
    assert chat.closed == 0
    chat.gate.set()
    assert [answer.reply for answer in await asyncio.gather(*asking)] == [ANSWER, ANSWER]
    assert len(chat.asked) == 1


async def test_when_all_have_left_the_call_is_over() -> None:
    chat = GatedChatClient(ANSWER)
    world = SharedWorld(chat)
    asking = [asyncio.create_task(ask(world)) for _ in range(3)]
    await chat.reached.wait()
    for task in asking:
        task.cancel()
    results = await asyncio.gather(*asking, return_exceptions=True)
    assert [type(result) for result in results] == [asyncio.CancelledError] * 3
    assert chat.closed == 1
    assert world.gateway.outcomes == [("a/m", "abandoned")]
    chat.gate.set()
    assert (await ask(world)).taken.cache is CacheStatus.MISS


async def test_who_leaves_before_the_call_has_begun_leaves_nothing_behind() -> None:
    world = SharedWorld(chat := GatedChatClient(ANSWER))
    asking = asyncio.create_task(ask(world))
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert len(chat.asked) == chat.closed
    chat.gate.set()
    assert (await ask(world)).reply == ANSWER


@pytest.mark.parametrize("leaving", [0, 1])
async def test_one_who_leaves_a_stream_does_not_end_it_for_the_other(leaving: int) -> None:
    go_on = Silence()
    chat = FakeChatClient(script=[word("one "), go_on, word("two")])
    world = SharedWorld(chat)
    streams = [await open_stream(world), await open_stream(world)]
    await streams.pop(leaving).events.aclose()
    assert chat.closed == 0
    go_on.set()
    assert await all_text(streams[0]) == "one two"
    assert (len(chat.asked), chat.closed) == (1, 1)


async def test_when_all_have_left_the_stream_the_provider_is_let_go() -> None:
    chat = FakeChatClient(script=[word("one "), Silence(), word("two")])
    world = SharedWorld(chat)
    streams = [await open_stream(world), await open_stream(world)]
    assert await one_word(streams[0]) == "one "
    for stream in streams:
        assert chat.closed == 0
        await stream.events.aclose()
    assert chat.closed == 1
    assert world.gateway.outcomes == [("a/m", "abandoned"), ("a/m", "shared")]
    assert world.allowance.held_bytes == 0
    with pytest.raises(StopAsyncIteration):
        await anext(streams[0].events)


async def test_who_is_cancelled_while_reading_leaves_by_closing() -> None:
    chat = FakeChatClient(script=[word("one "), Silence()])
    world = SharedWorld(chat)
    stream = await open_stream(world)
    reading = asyncio.create_task(all_text(stream))
    await asyncio.sleep(0)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert chat.closed == 1


async def test_closing_twice_is_leaving_once() -> None:
    go_on = Silence()
    chat = FakeChatClient(script=[word("one "), go_on])
    world = SharedWorld(chat)
    staying, leaving = await open_stream(world), await open_stream(world)
    await leaving.events.aclose()
    await leaving.events.aclose()
    assert chat.closed == 0
    go_on.set()
    assert await all_text(staying) == "one "


async def test_while_a_stream_has_not_begun_all_may_leave() -> None:
    chat = FakeChatClient(opening=Silence())
    world = SharedWorld(chat)
    asking = [asyncio.create_task(open_stream(world)) for _ in range(2)]
    await chat.reached.wait()
    for task in asking:
        task.cancel()
    await asyncio.gather(*asking, return_exceptions=True)
    assert world.gateway.outcomes == [("a/m", "abandoned")]
    chat.opening, chat.script = None, [word("one")]
    assert await read(world) == "one"


async def test_who_comes_while_the_last_one_leaves_asks_anew() -> None:
    chat = GatedChatClient(ANSWER)
    world = SharedWorld(chat)
    leaving = asyncio.create_task(ask(world))
    await chat.reached.wait()
    leaving.cancel()
    coming = asyncio.create_task(ask(world))
    chat.gate.set()
    assert (await coming).reply == ANSWER
    with pytest.raises(asyncio.CancelledError):
        await leaving
    assert len(chat.asked) == 2


@pytest.mark.parametrize("stream", [False, True])
async def test_an_error_before_the_answer_goes_to_all(stream: bool) -> None:
    chat = FakeChatClient(REFUSED, opening=REFUSED)
    world = SharedWorld(chat, KEEPING)
    answers = [open_stream(world) if stream else ask(world) for _ in range(3)]
    errors = await asyncio.gather(*answers, return_exceptions=True)
    assert [type(error) for error in errors] == [RelayFailed] * 3
    assert len(chat.asked) == 1
    assert world.gateway.outcomes == [("a/m", "bad_request")] * 3
    assert [record.number for record in world.gateway.ledger.records] == [1, 0, 0]
    assert world.cache.answers == {}
    with pytest.raises(RelayFailed):
        await (open_stream(world) if stream else ask(world))
    assert len(chat.asked) == 2


async def test_a_whole_answer_is_read_off_a_stream_under_way() -> None:
    go_on = Silence()
    chat = FakeChatClient(ANSWER, script=[word("one "), go_on, word("two")])
    world = SharedWorld(chat)
    stream = await open_stream(world)
    asking = asyncio.create_task(ask(world))
    assert await one_word(stream) == "one "
    go_on.set()
    relayed = await asking
    assert relayed.taken.cache is CacheStatus.SHARED
    assert relayed.reply == NativeReply(b"one two as whole", None, None)
    await all_text(stream)
    assert len(chat.asked) == 1
    assert world.gateway.outcomes == [("a/m", "completed"), ("a/m", "shared")]


async def test_a_stream_does_not_wait_for_a_whole_answer() -> None:
    chat = GatedChatClient(ANSWER, script=[word("one")])
    world = SharedWorld(chat)
    asking = asyncio.create_task(ask(world))
    await chat.reached.wait()
    assert await read(world) == "one"
    chat.gate.set()
    await asking
    assert len(chat.asked) == 2


@pytest.mark.parametrize("can_reword", [True, False])
async def test_a_whole_answer_that_cannot_be_read_off_a_stream_is_asked_for(
    can_reword: bool,
) -> None:
    go_on = Silence()
    script: list[Step] = [word("one "), go_on]
    chat = FakeChatClient(ANSWER, script=[*script, CUT] if can_reword else script)
    world = SharedWorld(chat)
    stream = await open_stream(world)
    wording = FakeWording("whole", can_reword=can_reword)
    asking = asyncio.create_task(ask(world, shared_request(wording=wording)))
    assert await one_word(stream) == "one "
    go_on.set()
    relayed = await asking
    assert (relayed.taken.cache, relayed.reply) == (CacheStatus.MISS, ANSWER)
    await stream.events.aclose()
    assert len(chat.asked) == 2


async def test_who_wants_a_newer_answer_does_not_read_it_off_an_older_stream() -> None:
    chat = FakeChatClient(ANSWER, script=[word("one "), Silence()])
    world = SharedWorld(chat)
    stream = await open_stream(world)
    request = shared_request(wish=CacheWish(max_age_seconds=0))
    assert (await ask(world, request)).taken.cache is CacheStatus.MISS
    await stream.events.aclose()


async def test_a_rescued_answer_is_not_kept() -> None:
    chats = {
        "a": FakeChatClient(script=[TextDelta("one "), CUT]),
        "b": FakeChatClient(script=[TextDelta("one "), TextDelta("two")]),
    }
    world = SharedWorld(chats["a"], KEEPING, others={"b": chats["b"]})
    request = shared_request(stream=True)
    request.continuation = FakeContinuation()
    assert await read(world, request) == "one two."
    assert world.cache.answers == {}


async def test_a_stream_that_breaks_breaks_for_all_and_is_not_kept() -> None:
    chat = FakeChatClient(script=[word("one "), CUT])
    world = SharedWorld(chat, KEEPING)
    streams = [await open_stream(world), await open_stream(world)]
    for stream in streams:
        assert await one_word(stream) == "one "
        with pytest.raises(ProviderFailure) as broken:
            await anext(stream.events)
        assert broken.value is CUT
        await stream.events.aclose()
    assert world.cache.answers == {}
    assert world.allowance.held_bytes == 0
    assert (await open_stream(world)).taken.cache is CacheStatus.MISS


async def test_an_unforeseen_error_reaches_the_caller() -> None:
    world = SharedWorld(FakeChatClient(ZeroDivisionError("bug")))
    with pytest.raises(ZeroDivisionError):
        await ask(world)


@pytest.mark.parametrize(
    "other",
    [
        shared_request(fingerprint=lambda: b"another"),
        shared_request(model="a/m"),
        shared_request(form="another"),
    ],
    ids=["what it asks", "whom it asks", "in what form"],
)
async def test_calls_that_differ_share_nothing(other: ChatRequest) -> None:
    world = SharedWorld(chat := FakeChatClient(ANSWER))
    answers = await asyncio.gather(ask(world), ask(world, other))
    assert statuses(answers) == ["miss", "miss"]
    assert len(chat.asked) == 2


async def test_tenants_share_nothing() -> None:
    world = SharedWorld(chat := FakeChatClient(ANSWER), KEEPING)
    mine, yours = Grant("static-1", "my digest"), Grant("static-1", "your digest")
    for grant in (mine, yours):
        answer = await world.shared.complete(shared_request(), grant)
        assert answer.taken.cache is CacheStatus.MISS
    await asyncio.gather(
        *(world.shared.stream(shared_request(stream=True), grant) for grant in (mine, yours)),
        return_exceptions=True,
    )
    assert len(chat.asked) == 2


@pytest.mark.parametrize(
    "call",
    [
        {"repeatable": False},
        {"acts": True},
        {"wish": CacheWish(opted=False)},
    ],
)
@pytest.mark.parametrize("stream", [False, True])
async def test_what_the_policy_does_not_admit_goes_alone(
    call: dict[str, Any], stream: bool
) -> None:
    chat = FakeChatClient(ANSWER, script=[word("one")])
    world = SharedWorld(chat, KEEPING)
    for _ in range(2):
        request = shared_request(stream=stream, **call)
        answer = await (open_stream(world, request) if stream else ask(world, request))
        assert answer.taken.cache is CacheStatus.BYPASS
    assert len(chat.asked) == 2
    assert world.cache.answers == {}


async def test_whoever_opts_in_shares_all_the_same() -> None:
    world = SharedWorld(chat := FakeChatClient(ANSWER), KEEPING)
    wish = CacheWish(opted=True)
    for status in ("miss", "hit"):
        request = shared_request(repeatable=False, acts=True, wish=wish)
        assert (await ask(world, request)).taken.cache.value == status
    assert len(chat.asked) == 1


async def test_with_all_off_nobody_looks_at_the_call() -> None:
    def look() -> None:
        raise AssertionError("nobody should ask")

    world = SharedWorld(chat := FakeChatClient(ANSWER, script=[word("one")]), OFF)
    request = shared_request()
    request.sharing = look  # type: ignore[assignment]
    assert (await ask(world, request)).taken.cache is CacheStatus.BYPASS
    assert await read(world, request) == "one"
    assert len(chat.asked) == 2


async def test_a_request_without_a_way_to_share_goes_alone() -> None:
    world = SharedWorld(FakeChatClient(ANSWER))
    request = shared_request()
    request.sharing = None
    assert (await ask(world, request)).taken.cache is CacheStatus.BYPASS


@pytest.mark.parametrize("stream", [False, True])
async def test_an_unknown_model_is_refused_as_ever(stream: bool) -> None:
    world = SharedWorld(FakeChatClient(ANSWER), KEEPING)
    request = shared_request(model="unknown", stream=stream)
    with pytest.raises(UnknownModel):
        await (open_stream(world, request) if stream else ask(world, request))


async def test_what_cannot_be_read_is_told() -> None:
    def look() -> None:
        raise InvalidRequest("no", field="x-turnout-cache")

    world = SharedWorld(FakeChatClient(ANSWER))
    request = shared_request()
    request.sharing = look  # type: ignore[assignment]
    with pytest.raises(InvalidRequest):
        await ask(world, request)


async def test_a_chain_may_have_rules_of_its_own() -> None:
    rules: dict[str, object] = {"cache": CacheRules(enabled=True, ttl_seconds=7)}
    world = SharedWorld(FakeChatClient(ANSWER), OFF, rules)
    assert statuses([await ask(world), await ask(world)]) == ["miss", "hit"]
    assert world.cache.ttl_seconds == [7]


async def test_a_kept_answer_comes_with_its_way_and_age() -> None:
    world = SharedWorld(FakeChatClient(ANSWER, dropped=("n",)), KEEPING)
    first = await ask(world)
    world.gateway.clock.move(12)
    kept = await ask(world)
    assert (kept.reply, kept.taken.cache) == (first.reply, CacheStatus.HIT)
    taken = kept.taken
    assert (taken.provider, taken.model, taken.route) == ("a", "m", "default")
    assert (taken.attempts, taken.waited_seconds, taken.dropped) == (0, 0, ("n",))
    assert taken.age_seconds == 12
    assert world.gateway.outcomes == [("a/m", "completed"), ("a/m", "cached")]
    record = world.gateway.ledger.records[1]
    assert (record.request, record.number, record.usage) == (taken.request_id, 0, USAGE)
    assert record.grant.key_name == "tests"


async def test_a_stream_is_kept_and_replayed_as_it_was() -> None:
    world = SharedWorld(chat := FakeChatClient(script=[word("one "), word("two")]), KEEPING)
    assert await read(world) == "one two"
    await world.shared.all_done()
    replayed = await open_stream(world)
    assert replayed.taken.cache is CacheStatus.HIT
    assert await all_text(replayed) == "one two"
    assert len(chat.asked) == 1


@pytest.mark.parametrize("stream", [False, True])
async def test_an_answer_is_kept_for_both_forms(stream: bool) -> None:
    world = SharedWorld(chat := FakeChatClient(ANSWER, script=[word("one")]), KEEPING)
    if stream:
        assert await read(world) == "one"
        await world.shared.all_done()
        reply = (await ask(world)).reply
        assert isinstance(reply, NativeReply) and reply.body == b"one as whole"
    else:
        await ask(world)
        assert await read(world) == "hello as stream"
    assert len(chat.asked) == 1


async def test_what_cannot_be_reworded_is_asked_again() -> None:
    world = SharedWorld(chat := FakeChatClient(ANSWER, script=[word("one")]), KEEPING)
    await ask(world)
    request = shared_request(stream=True, wording=FakeWording("stream", can_reword=False))
    assert await read(world, request) == "one"
    assert len(chat.asked) == 2


async def test_until_it_is_kept_a_complete_answer_can_be_joined() -> None:
    chat = FakeChatClient(script=[word("one")])
    keep, keeping = asyncio.Event(), asyncio.Event()

    class SlowCache(FakeCache):
        async def put(self, key: CacheKey, answer: CachedAnswer, ttl_seconds: float) -> None:
            keeping.set()
            await keep.wait()
            await super().put(key, answer, ttl_seconds)

    world = SharedWorld(chat, KEEPING, cache=SlowCache())
    assert await read(world) == "one"
    await keeping.wait()
    late = await open_stream(world)
    assert (late.taken.cache, await all_text(late)) == (CacheStatus.SHARED, "one")
    keep.set()
    await world.shared.all_done()
    assert (await open_stream(world)).taken.cache is CacheStatus.HIT


@pytest.mark.parametrize(("max_age", "status"), [(0, "miss"), (5, "miss"), (6, "hit")])
async def test_only_what_is_young_enough_answers(max_age: float, status: str) -> None:
    world = SharedWorld(FakeChatClient(ANSWER), KEEPING)
    await ask(world)
    world.gateway.clock.move(5)
    request = shared_request(wish=CacheWish(max_age_seconds=max_age))
    assert (await ask(world, request)).taken.cache.value == status
    assert (await ask(world)).taken.age_seconds == (0 if status == "miss" else 5)


async def test_who_wants_a_new_answer_joins_nobody_but_may_be_joined() -> None:
    chat = GatedChatClient(ANSWER)
    world = SharedWorld(chat)
    new = CacheWish(max_age_seconds=0)
    calls = [shared_request(), shared_request(wish=new), shared_request()]
    asking = [asyncio.create_task(ask(world, call)) for call in calls]
    await chat.reached.wait()
    chat.gate.set()
    assert statuses(await asyncio.gather(*asking)) == ["miss", "miss", "shared"]
    assert len(chat.asked) == 2


async def test_without_single_flight_nobody_is_joined() -> None:
    world = SharedWorld(chat := FakeChatClient(ANSWER), ALONE)
    assert statuses(await asyncio.gather(ask(world), ask(world))) == ["miss", "miss"]
    assert (await ask(world)).taken.cache is CacheStatus.HIT
    assert len(chat.asked) == 2


async def test_an_answer_of_a_deployment_that_is_gone_is_not_used() -> None:
    world = SharedWorld(chat := FakeChatClient(ANSWER), KEEPING)
    await ask(world)
    (key,) = world.cache.answers
    kept = world.cache.answers[key]
    object.__setattr__(kept, "model", "retired")
    assert (await ask(world)).taken.cache is CacheStatus.MISS
    assert len(chat.asked) == 2


async def test_a_canonical_answer_is_worded_once_for_all() -> None:
    stop = Finish(FinishKind.STOP, "stop")
    reply = Reply("r", "claude", (Choice((TextPart("hi"),), stop),), USAGE)
    world = SharedWorld(FakeChatClient(reply), KEEPING)
    wording = FakeWording("whole")
    answers = await asyncio.gather(*(ask(world, shared_request(wording=wording)) for _ in "abc"))
    assert [answer.reply for answer in answers] == [NativeReply(b"whole r", "claude", USAGE)] * 3
    assert wording.written == ["req_1"]


async def test_canonical_events_are_worded_once_for_all() -> None:
    script: list[ReplyEvent] = [
        ReplyStarted("r", "claude"),
        TextDelta("hi"),
        UsageReported(USAGE),
        TextDelta(" there"),
    ]
    world = SharedWorld(FakeChatClient(script=script), KEEPING)
    wording = FakeWording("stream")
    calls = [shared_request(stream=True, wording=wording) for _ in "abc"]
    texts = await asyncio.gather(*(read(world, call) for call in calls))
    assert texts == ["hi there."] * 3
    assert wording.written == ["req_1"]
    await world.shared.all_done()
    (kept,) = world.cache.answers.values()
    assert (kept.body, kept.usage) == (b"hi there.", USAGE)


async def test_each_sharer_has_a_record_that_costs_nothing() -> None:
    world = SharedWorld(FakeChatClient(ANSWER, script=[word("one")]))
    await asyncio.gather(*(ask(world) for _ in range(3)))
    await asyncio.gather(*(read(world) for _ in range(3)))
    outcomes = [outcome for _, outcome in world.gateway.outcomes]
    assert sorted(outcomes) == ["completed"] * 2 + ["shared"] * 4
    shared = [r for r in world.gateway.ledger.records if r.outcome.value == "shared"]
    assert {(r.number, r.failure, r.route) for r in shared} == {(0, None, "default")}
    assert [r.usage for r in shared] == [USAGE, USAGE, None, None]


async def test_a_slow_reader_is_not_waited_for() -> None:
    size = 10_000
    script = [word("x" * size) for _ in range(1000)]
    world = SharedWorld(FakeChatClient(script=script))
    slow, fast = await open_stream(world), await open_stream(world)
    assert len(await all_text(fast)) == size * 1000
    with pytest.raises(ProviderFailure, match="too slowly"):
        await all_text(slow)
    assert world.allowance.held_bytes == 0
    assert world.cache.answers == {}


async def test_a_long_answer_cannot_be_joined_late() -> None:
    go_on = Silence()
    script: list[Step] = [*(word("x" * 10_000) for _ in range(300)), go_on, word("end")]
    world = SharedWorld(chat := FakeChatClient(script=script), KEEPING)
    first = await open_stream(world)
    seen = 0
    while seen < 3_000_000:
        seen += len(await one_word(first))
    late = await open_stream(world)
    assert late.taken.cache is CacheStatus.MISS
    go_on.set()
    assert (await all_text(late)).endswith("xend")
    assert await all_text(first) == "end"
    assert len(chat.asked) == 2
    await world.shared.all_done()
    assert world.cache.answers == {}


async def test_a_lone_slow_reader_holds_the_provider_back() -> None:
    written = 0

    def counted() -> Sequence[ReplyEvent]:
        class Counted(list[ReplyEvent]):
            def __iter__(self):  # type: ignore[no-untyped-def]
                nonlocal written
                for _ in range(1000):
                    written += 10_000
                    yield word("x" * 10_000)

        return Counted()

    world = SharedWorld(FakeChatClient(script=counted()))
    stream = await open_stream(world)
    for _ in range(5):
        await asyncio.sleep(0)
    assert written < 200_000
    assert len(await all_text(stream)) == 10_000_000
