import pytest
from tests.fakes.relay import FakeChatRelay
from tests.support.in_process import FakeInProcess

from turnout.domain.inference.reply import NativeFrame, NativeReply
from turnout.interfaces.python.runtime_provider import EnhancedAIRuntimeProvider

REPLY = NativeReply(b'{"choices":[{"message":{"content":"hi"}}]}', None, None)
FRAME = NativeFrame(b'data: {"choices":[{"delta":{"content":"a"}}]}\n\n', commits=True)


async def test_calls_go_to_the_chosen_model_or_the_first() -> None:
    chat = FakeChatRelay(answer=REPLY, script=[FRAME])
    provider = EnhancedAIRuntimeProvider(await FakeInProcess(chat=chat).gateway(), "north")
    assert provider.current == "north/large"
    await provider.complete("hello", seed=1)
    provider.switch_to("north", "small")
    assert [chunk.text async for chunk in provider.stream("hello")] == ["a"]
    provider.switch_to("south")
    await provider.complete("hello")
    assert [request.model for request in chat.requests] == [
        "north/large",
        "north/small",
        "south/other",
    ]


@pytest.mark.parametrize(
    "choice, told",
    [
        (("west",), "provider: found 'west', expected one of north, south"),
        (("north", "huge"), "model: found 'huge', north has large, small"),
    ],
)
async def test_a_choice_that_is_not_there_changes_nothing(
    choice: tuple[str, ...], told: str
) -> None:
    provider = EnhancedAIRuntimeProvider(await FakeInProcess().gateway(), "south")
    with pytest.raises(LookupError, match=told):
        provider.switch_to(*choice)
    assert provider.current == "south/other"
