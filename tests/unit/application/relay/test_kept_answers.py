from dataclasses import replace

import pytest
from tests.fakes.cache import FakeCache
from tests.fakes.clients import FakeChatClient
from tests.fakes.system import FrozenClock
from tests.support.gateways import FakeGateway
from tests.support.sharing import USAGE, FakeWording, shared_request, sharing

from turnout.application.ports.response_cache import CacheKey
from turnout.application.relay.answers import RouteTaken
from turnout.application.relay.kept_answers import KeptAnswers
from turnout.application.relay.shared_call import SharedCall, Worded
from turnout.domain.governance.grant import Grant
from turnout.domain.inference.reply import NativeReply
from turnout.domain.inference.request import WireProtocol
from turnout.domain.inference.sharing import CacheWish
from turnout.domain.routing.cache_policy import CachePolicy
from turnout.domain.shared.ids import RequestId

TAKEN = RouteTaken(RequestId("req_1"), "default", "a", "m", 2, 0.5, ("n",))
WORDED = Worded(TAKEN, NativeReply(b"hello", "named", USAGE))


def a_call(**changes: object) -> SharedCall:
    gateway = FakeGateway({"a": FakeChatClient()})
    plain = SharedCall(
        request=shared_request(),
        grant=Grant("tests"),
        sharing=sharing(),
        policy=CachePolicy(enabled=True, ttl_seconds=60),
        route=gateway.holder.current.routes["default"],
        key=CacheKey("tests", WireProtocol.OPENAI_CHAT, "default", b"same"),
        began_seconds=1000.0,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def kept(clock: FrozenClock) -> KeptAnswers:
    return KeptAnswers(FakeCache(), clock)


async def test_what_is_kept_is_found(kept: KeptAnswers, clock: FrozenClock) -> None:
    clock.move(3)
    await kept.keep(a_call(), WORDED)
    answer = await kept.find(a_call())
    assert answer is not None
    assert (answer.body, answer.form, answer.named_model) == (b"hello", "whole", "named")
    assert (answer.provider, answer.model, answer.usage) == ("a", "m", USAGE)
    assert answer.dropped == ("n",)
    assert kept.age_seconds(answer) == 3


async def test_a_clock_that_was_set_back_makes_no_negative_age(
    kept: KeptAnswers, clock: FrozenClock
) -> None:
    await kept.keep(a_call(), WORDED)
    clock.epoch -= 100
    answer = await kept.find(a_call())
    assert answer is not None and kept.age_seconds(answer) == 0


async def test_where_the_cache_is_off_it_is_left_alone(kept: KeptAnswers) -> None:
    off = a_call(policy=CachePolicy())
    await kept.keep(off, WORDED)
    assert await kept.find(a_call()) is None
    await kept.keep(a_call(), WORDED)
    assert await kept.find(off) is None


async def test_what_is_too_old_for_the_caller_is_not_found(
    kept: KeptAnswers, clock: FrozenClock
) -> None:
    await kept.keep(a_call(), WORDED)
    clock.move(5)
    assert await kept.find(a_call(sharing=sharing(wish=CacheWish(max_age_seconds=5)))) is None


async def test_what_the_route_does_not_lead_to_is_not_found(kept: KeptAnswers) -> None:
    gone = Worded(replace(TAKEN, provider="retired"), WORDED.reply)
    await kept.keep(a_call(), gone)
    assert await kept.find(a_call()) is None


@pytest.mark.parametrize("can_reword", [True, False])
async def test_another_form_is_reworded_or_not_found(kept: KeptAnswers, can_reword: bool) -> None:
    await kept.keep(a_call(), WORDED)
    wording = FakeWording("stream", can_reword)
    answer = await kept.find(a_call(sharing=sharing(form="stream", wording=wording)))
    assert (answer.body if answer else None) == (b"hello as stream" if can_reword else None)
