import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.sharing import USAGE, text_of, word

from turnout.application.relay.shared_stream import (
    AHEAD_BYTES,
    FRAME_OVERHEAD_BYTES,
    LONGEST_BYTES,
    WINDOW_BYTES,
    Allowance,
    Reader,
    SharedStream,
)
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.reply import NativeFrame

BROKEN = ProviderFailure(FailureKind.STREAM_BROKEN, "cut")


def a_stream(limit_bytes: int = 1_000_000_000) -> SharedStream:
    return SharedStream(Allowance(limit_bytes))


def block(size: int, letter: bytes = b"x") -> NativeFrame:
    return NativeFrame(letter * size, commits=True)


async def rest(reader: Reader) -> AsyncIterator[NativeFrame]:
    while True:
        try:
            yield await reader.next()
        except StopAsyncIteration:
            return


async def read_all(reader: Reader) -> str:
    return text_of([frame async for frame in rest(reader)])


async def test_every_reader_gets_everything() -> None:
    stream = a_stream()
    readers = [stream.reader() for _ in range(3)]
    reading = [asyncio.create_task(read_all(reader)) for reader in readers]
    for text in ("one ", "two ", "three"):
        stream.add(word(text))
        await asyncio.sleep(0)
    stream.end()
    assert await asyncio.gather(*reading) == ["one two three"] * 3


async def test_a_late_reader_gets_the_beginning_at_once_and_then_the_rest() -> None:
    stream = a_stream()
    stream.add(word("one "))
    stream.add(NativeFrame(b"two ", commits=False, usage=USAGE, model="m"))
    reader = stream.reader()
    first = await reader.next()
    assert first == NativeFrame(b"one two ", commits=True, usage=USAGE, model="m")
    following = asyncio.create_task(reader.next())
    await asyncio.sleep(0)
    assert not following.done()
    stream.add(word("three"))
    assert (await following).data == b"three"


async def test_what_broke_the_answer_comes_after_what_came_before_it() -> None:
    stream = a_stream()
    early, late = stream.reader(), stream.reader()
    stream.add(word("one"))
    assert (await early.next()).data == b"one"
    waiting = asyncio.create_task(early.next())
    await asyncio.sleep(0)
    stream.end(BROKEN)
    with pytest.raises(ProviderFailure) as broken:
        await waiting
    assert broken.value is BROKEN
    assert (await late.next()).data == b"one"
    with pytest.raises(ProviderFailure):
        await late.next()
    assert stream.body() is None


async def test_the_end_comes_once() -> None:
    allowance = Allowance(1000)
    stream = SharedStream(allowance)
    stream.add(word("one"))
    stream.end()
    stream.end(BROKEN)
    assert stream.body() == b"one"
    assert allowance.held_bytes == 0


async def test_the_whole_answer_its_usage_and_its_model_are_known_in_the_end() -> None:
    stream = a_stream()
    stream.add(NativeFrame(b"one ", commits=True, model="first"))
    assert stream.body() is None
    stream.add(NativeFrame(b"two", commits=True, usage=USAGE, model="second"))
    stream.end()
    assert (stream.body(), stream.usage, stream.model) == (b"one two", USAGE, "first")


async def test_a_reader_who_is_cancelled_wakes_nobody_else() -> None:
    stream = a_stream()
    leaving, staying = stream.reader(), stream.reader()
    gone = asyncio.create_task(leaving.next())
    there = asyncio.create_task(staying.next())
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    leaving.leave()
    stream.add(word("one"))
    assert (await there).data == b"one"


async def test_the_writer_waits_for_the_fastest_reader_only() -> None:
    stream = a_stream()
    fast, _slow = stream.reader(), stream.reader()
    stream.add(block(AHEAD_BYTES + 1))
    assert stream.is_far_ahead
    room = asyncio.create_task(stream.room())
    await asyncio.sleep(0)
    assert not room.done()
    await fast.next()
    await room
    assert not stream.is_far_ahead


async def test_when_the_fastest_leaves_the_writer_waits_for_the_next() -> None:
    stream = a_stream()
    fast, slow = stream.reader(), stream.reader()
    stream.add(block(AHEAD_BYTES + 1))
    await fast.next()
    far_ahead = [stream.is_far_ahead]
    fast.leave()
    far_ahead.append(stream.is_far_ahead)
    assert far_ahead == [False, True]
    room = asyncio.create_task(stream.room())
    await slow.next()
    await room


async def test_a_long_answer_forgets_what_everybody_has_read() -> None:
    allowance = Allowance(1_000_000_000)
    stream = SharedStream(allowance)
    reader = stream.reader()
    size = WINDOW_BYTES // 4
    seen = 0
    for _ in range(3 * LONGEST_BYTES // size):
        stream.add(block(size))
        seen += len((await reader.next()).data)
        assert allowance.held_bytes <= LONGEST_BYTES + size + FRAME_OVERHEAD_BYTES
    assert not stream.is_whole
    assert allowance.held_bytes <= WINDOW_BYTES + size + FRAME_OVERHEAD_BYTES
    stream.end()
    assert stream.body() is None
    assert seen == 3 * LONGEST_BYTES // size * size
    with pytest.raises(StopAsyncIteration):
        await reader.next()


async def test_who_is_too_slow_is_cut_off_and_holds_nobody_back() -> None:
    allowance = Allowance(1_000_000_000)
    stream = SharedStream(allowance)
    fast, slow = stream.reader(), stream.reader()
    size = WINDOW_BYTES // 4
    for _ in range(LONGEST_BYTES // size + 8):
        stream.add(block(size))
        await fast.next()
    assert allowance.held_bytes <= WINDOW_BYTES + size
    with pytest.raises(ProviderFailure, match="too slowly"):
        await slow.next()
    stream.add(word("last"))
    assert (await fast.next()).data == b"last"


async def test_one_piece_larger_than_the_window_reaches_the_fastest() -> None:
    stream = a_stream()
    reader = stream.reader()
    stream.add(block(LONGEST_BYTES + WINDOW_BYTES))
    assert len((await reader.next()).data) == LONGEST_BYTES + WINDOW_BYTES


async def test_all_streams_together_hold_no_more_than_is_allowed() -> None:
    allowance = Allowance(100_000)
    streams = [SharedStream(allowance) for _ in range(10)]
    readers = [stream.reader() for stream in streams]
    for _ in range(50):
        for stream, reader in zip(streams, readers, strict=True):
            stream.add(block(1000))
            await reader.next()
        assert allowance.held_bytes <= 100_000 + 10 * 1200
    assert not all(stream.is_whole for stream in streams)
    for stream in streams:
        stream.end()
    assert allowance.held_bytes == 0


@given(
    moves=st.lists(
        st.one_of(
            st.tuples(st.just("add"), st.integers(0, 5)),
            st.tuples(st.sampled_from(["join", "read", "leave"]), st.integers(0, 4)),
        ),
        max_size=60,
    )
)
async def test_in_whatever_order_nothing_is_lost_or_told_twice(
    moves: list[tuple[str, int]],
) -> None:
    stream, written, seen = a_stream(), "", dict[Reader, str]()
    for move, number in moves:
        readers = list(seen)
        if move == "add":
            text = "".join(chr(97 + (len(written) + i) % 26) for i in range(number)) or "-"
            stream.add(word(text))
            written += text
        elif move == "join":
            seen[stream.reader()] = ""
        elif readers:
            reader = readers[number % len(readers)]
            if move == "leave":
                reader.leave()
                del seen[reader]
            elif len(seen[reader]) < len(written):
                seen[reader] += (await reader.next()).data.decode()
                assert seen[reader] == written
    stream.end()
    for reader, text in seen.items():
        assert text + await read_all(reader) == written
