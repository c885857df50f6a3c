from collections.abc import Sequence

import pytest
from tests.support.clients import served, told
from tests.support.gateways import chat_request
from tests.support.upstream import HANG_UP, Step, streamed

from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.reply import NativeFrame, ReplyEvent

HELLO = b'data: {"choices":[{"index":0,"delta":{"content":"Hi"}}]}\n\n'
STOP = b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
DONE = b"data: [DONE]\n\n"
BUSY = b'data: {"error":{"message":"busy","code":429}}\n\n'
DEEP = b'data: {"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}\n\n"


async def heard(script: Sequence[Step]) -> tuple[list[ReplyEvent], ProviderFailure | None]:
    async with served(script) as (_, clients):
        return await told(clients, chat_request(stream=True))


def frames(events: list[ReplyEvent]) -> list[bytes]:
    return [event.data for event in events if isinstance(event, NativeFrame)]


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
async def test_events_are_whole_however_the_bytes_come(size: int) -> None:
    stream = HELLO + STOP + DONE
    pieces = [stream[i : i + size] for i in range(0, len(stream), size)]
    events, failure = await heard(streamed(*pieces))
    assert (frames(events), failure) == ([HELLO, STOP, DONE], None)


@pytest.mark.parametrize(
    ("pieces", "kind"),
    [
        ([BUSY], FailureKind.RATE_LIMITED),
        ([DONE], FailureKind.MALFORMED),
        ([], FailureKind.TRANSPORT),
        ([HANG_UP], FailureKind.TRANSPORT),
        ([b": ping\n\n", HANG_UP], FailureKind.TRANSPORT),
        ([DEEP], FailureKind.MALFORMED),
    ],
)
async def test_a_fault_before_content_keeps_its_kind(
    pieces: list[bytes], kind: FailureKind
) -> None:
    events, failure = await heard(streamed(*pieces))
    assert frames(events) == []
    assert failure is not None
    assert failure.kind is kind


@pytest.mark.parametrize("cut", [[BUSY], [], [HANG_UP], [DEEP], [STOP[:30], HANG_UP]])
async def test_a_fault_after_content_is_a_broken_stream(cut: list[bytes]) -> None:
    events, failure = await heard(streamed(HELLO, *cut))
    assert frames(events) == [HELLO]
    assert failure is not None
    assert failure.kind is FailureKind.STREAM_BROKEN
    assert isinstance(failure.__cause__, ProviderFailure)


async def test_a_broken_stream_tells_the_providers_words() -> None:
    _, failure = await heard(streamed(HELLO, BUSY))
    assert failure is not None
    assert (failure.message, failure.status) == ("busy", 429)


async def test_what_came_with_a_fault_is_told_first() -> None:
    events, failure = await heard(streamed(HELLO + HELLO + BUSY + HELLO))
    assert frames(events) == [HELLO, HELLO]
    assert failure is not None
    assert failure.kind is FailureKind.STREAM_BROKEN


@pytest.mark.parametrize("end", [[STOP], [STOP, DONE]])
async def test_hanging_up_after_the_whole_answer_is_no_fault(end: list[bytes]) -> None:
    events, failure = await heard(streamed(HELLO, *end, HANG_UP))
    assert (frames(events), failure) == ([HELLO, STOP, DONE], None)


@pytest.mark.parametrize("cut", [1, 2])
async def test_a_last_event_without_its_blank_line_is_read_and_closed(cut: int) -> None:
    events, failure = await heard(streamed(HELLO, STOP[:-cut]))
    assert (frames(events), failure) == ([HELLO, STOP, DONE], None)
