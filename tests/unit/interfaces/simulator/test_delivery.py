import asyncio
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, cast

import pytest
from tests.support.simulators import NotedSleep, NotedWriter

from turnout.interfaces.simulator.billing import Price, Tokens
from turnout.interfaces.simulator.counts import Counts
from turnout.interfaces.simulator.delivery import Delivery
from turnout.interfaces.simulator.dialect import Frame, Job
from turnout.interfaces.simulator.http import ResponseWriter
from turnout.interfaces.simulator.profile import ErrorKind, Fault, Profile

FRAMES = [
    Frame(b"data: open\n\n"),
    Frame(b"data: one\n\n", 1),
    Frame(b"data: two\n\n", 2),
    Frame(b"data: close\n\n"),
    Frame(b"data: [DONE]\n\n", end_mark=True),
]
TOKENS = Tokens(prompt=7, completion=5, reasoning=2)
PACE: dict[str, Any] = {"first_token_delay_seconds": 3.0, "token_delay_seconds": 0.5}


class Scene:
    """A delivery with all that it touches at hand."""

    def __init__(self, fault: Fault | None = None, **profile: Any) -> None:
        self.writer, self.sleep = NotedWriter(), NotedSleep()
        self.counts = Counts(lambda: 0)
        self.delivery = Delivery(
            job=Job(model="m", body=b"0123456789", tokens=TOKENS),
            headers=(),
            profile=Profile(**profile),
            writer=cast("ResponseWriter", self.writer),
            counts=self.counts,
            sleep=self.sleep,
            fault=fault,
        )

    async def stream(self, frames: list[Frame] = FRAMES) -> bytes:
        await self.delivery.stream(iter(frames))
        return self.writer.body

    @property
    def billed(self) -> tuple[int, int]:
        tokens = self.counts.tokens["m"]
        return tokens.prompt, tokens.completion


async def test_a_stream_without_delay_is_one_write() -> None:
    scene = Scene()
    assert await scene.stream() == b"".join(frame.data for frame in FRAMES)
    assert scene.writer.notes == ["begin", "pieces", "end"]
    assert (scene.sleep.seconds, scene.billed) == ([], (7, 3))


async def test_a_paced_stream_waits_before_each_token() -> None:
    scene = Scene(**PACE)
    await scene.stream()
    assert scene.sleep.seconds == [3.0, 0.5]
    assert scene.writer.notes == ["begin", "pieces", "pieces", "pieces", "end"]


async def test_long_streams_are_written_in_batches() -> None:
    scene = Scene()
    await scene.stream([Frame(b"x" * 10_000, 1)] * 4)
    assert scene.writer.notes == ["begin", "pieces", "pieces", "end"]


@pytest.mark.parametrize(("tokens", "sent"), [(0, 1), (1, 2), (2, 3), (3, 3), (4, 5)])
async def test_a_cut_stream_never_ends(tokens: int, sent: int) -> None:
    scene = Scene(Fault(ErrorKind.CUT_AFTER_TOKENS, tokens))
    assert await scene.stream() == b"".join(frame.data for frame in FRAMES[:sent])
    assert scene.writer.notes[-1] == ("end" if sent == len(FRAMES) else "cut")


async def test_a_broken_event_comes_on_top() -> None:
    events = [Frame(b'data: {"text":"one"}\n\n', 1), Frame(b'data: {"text":"two"}\n\n', 1)]
    body = await Scene(Fault(ErrorKind.MALFORMED_EVENT)).stream(events)
    assert body == b'data: {"text":"one"}\n\ndata: {"text":\n\ndata: {"text":"two"}\n\n'


async def test_the_end_mark_is_left_out() -> None:
    scene = Scene(Fault(ErrorKind.NO_DONE))
    assert (await scene.stream()).endswith(b"close\n\n")
    assert scene.writer.notes[-1] == "end"


async def test_a_whole_answer_takes_as_long_as_its_tokens() -> None:
    scene = Scene(**PACE)
    assert scene.delivery.whole_delay_seconds == 3.0 + 4 * 0.5
    assert scene.delivery.takes_time
    await scene.delivery.whole_in_time()
    assert scene.sleep.seconds == [5.0]
    assert (scene.writer.body, scene.billed) == (b"0123456789", (7, 5))


@pytest.mark.parametrize(
    ("fault", "notes", "body"),
    [
        (None, ["whole"], b"0123456789"),
        (Fault(ErrorKind.NO_DONE), ["whole"], b"0123456789"),
        (Fault(ErrorKind.MALFORMED_EVENT), ["whole"], b"01234"),
        (Fault(ErrorKind.TRUNCATED_JSON), ["whole"], b"01234"),
        (Fault(ErrorKind.CUT_AFTER_TOKENS, 1), ["whole", "cut"], b"01234"),
    ],
)
def test_what_strikes_a_whole_answer(fault: Fault | None, notes: list[str], body: bytes) -> None:
    scene = Scene(fault)
    scene.delivery.whole()
    assert (scene.writer.notes, scene.writer.body) == (notes, body)


async def test_a_stalled_stream_neither_goes_on_nor_ends() -> None:
    scene = Scene(Fault(ErrorKind.STALL, 1))
    task = asyncio.ensure_future(scene.stream())
    await asyncio.sleep(0)
    assert scene.writer.notes == ["begin", "pieces"]
    assert scene.writer.body == b"".join(frame.data for frame in FRAMES[:2])
    task.cancel()
    await asyncio.wait([task])
    assert (scene.billed, scene.writer.finished) == ((7, 1), False)


async def test_a_stalled_answer_stops_in_the_middle() -> None:
    scene = Scene(Fault(ErrorKind.STALL, 1))
    assert scene.delivery.takes_time
    task = asyncio.ensure_future(scene.delivery.whole_in_time())
    await asyncio.sleep(0)
    assert (scene.writer.notes, scene.writer.body) == (["announce 10", "pieces"], b"01234")
    task.cancel()
    await asyncio.wait([task])
    assert not scene.writer.finished


async def test_the_last_event_is_cut_within_its_json() -> None:
    events = [Frame(b'data: {"role":1}\n\n'), Frame(b'data: {"text":"one"}\n\n', 1)]
    scene = Scene(Fault(ErrorKind.TRUNCATED_JSON))
    assert await scene.stream([*events, FRAMES[-1]]) == b'data: {"role":1}\n\ndata: {"text":'
    assert scene.writer.notes[-1] == "end"


async def test_drops_come_slowly_one_by_one() -> None:
    scene = Scene(Fault(ErrorKind.SLOW_DRIP), drip_delay_seconds=0.25)
    await scene.delivery.whole_in_time()
    assert (scene.writer.body, scene.sleep.seconds) == (b"0123456789", [0.25])
    assert scene.writer.notes == ["announce 10", "pieces", "end"]
    scene = Scene(Fault(ErrorKind.SLOW_DRIP), drip_delay_seconds=0.25)
    assert await scene.stream([Frame(b"x" * 40, 1)]) == b"x" * 40
    assert scene.sleep.seconds == [0.25] * 3


async def test_an_overlong_line_comes_before_the_first_token() -> None:
    scene = Scene(Fault(ErrorKind.OVERLONG_LINE), overlong_bytes=20)
    body = await scene.stream()
    assert body == b"".join(
        [FRAMES[0].data, b"data: " + b"x" * 12 + b"\n\n", *(f.data for f in FRAMES[1:])]
    )


def test_an_overlong_line_stands_in_the_head_of_a_whole_answer() -> None:
    scene = Scene(Fault(ErrorKind.OVERLONG_LINE), overlong_bytes=20)
    scene.delivery.whole()
    assert scene.writer.headers == (("x-padding", "x" * 20),)


async def test_reasoning_is_billed_as_far_as_it_was_sent() -> None:
    price = Price(input=Decimal(0), output=Decimal(1_000_000))
    scene = Scene(Fault(ErrorKind.CUT_AFTER_TOKENS, 1), price=price)
    await scene.stream()
    assert scene.counts.tokens["m"] == Tokens(prompt=7, completion=1, reasoning=1)
    assert scene.counts.dollars["m"] == 1


async def test_frames_are_made_as_they_are_sent() -> None:
    scene, made = Scene(**PACE), 0

    def frames() -> Iterator[Frame]:
        nonlocal made
        for frame in FRAMES:
            made += 1
            yield frame

    class Impatient(Exception):
        pass

    async def leave(seconds: float) -> None:
        raise Impatient

    scene.delivery.sleep = leave
    with pytest.raises(Impatient):
        await scene.delivery.stream(frames())
    assert (made, scene.billed) == (2, (7, 0))
