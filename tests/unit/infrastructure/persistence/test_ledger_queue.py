"""Attempts reach the store once each, whatever the store does meanwhile."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes.system import FrozenClock
from tests.support.attempts import attempt_record
from tests.support.requests import request_record

from turnout.infrastructure.persistence.dead_letters import DeadLetters
from turnout.infrastructure.persistence.ledger_queue import BATCH, LedgerQueue
from turnout.infrastructure.persistence.store_link import (
    Row,
    Statement,
    StoreLink,
    Value,
    ValuesRefused,
    store_link,
)

NUMBERS = "SELECT number FROM ledger_attempt ORDER BY number"
POISON = "\ud800"


@pytest.fixture
async def link(database_url: str) -> AsyncIterator[StoreLink]:
    link = store_link(database_url)
    yield link
    await link.close()


def queue_on(link: StoreLink, folder: Path, capacity: int = 10_000) -> LedgerQueue:
    return LedgerQueue(link, FrozenClock(), DeadLetters(folder / "dead.jsonl"), capacity=capacity)


async def test_records_are_stored_in_order_and_leave_the_queue(
    link: StoreLink, tmp_path: Path
) -> None:
    queue = queue_on(link, tmp_path)
    for number in range(BATCH + 3):
        queue.put(attempt_record(number))
    await queue.flush()
    assert len(queue) == 0
    assert [number for (number,) in await link.rows(NUMBERS)] == list(range(BATCH + 3))
    assert await link.rows("SELECT count(*), max(rolled) FROM ledger_batch") == [(2, 0)]


async def test_two_workers_write_beside_each_other(link: StoreLink, tmp_path: Path) -> None:
    queues = [queue_on(link, tmp_path) for _ in range(4)]
    for queue in queues:
        queue.put(attempt_record())
    await asyncio.gather(*(queue.flush() for queue in queues))
    assert len(await link.rows(NUMBERS)) == 4


@pytest.mark.parametrize("place", [0, 7, 12])
async def test_a_poisoned_record_alone_becomes_a_dead_letter(
    link: StoreLink, tmp_path: Path, place: int
) -> None:
    queue = queue_on(link, tmp_path)
    for number in range(13):
        request = POISON if number == place else f"req_{number}"
        queue.put(attempt_record(number, request=request))
    await queue.flush()
    assert len(queue) == 0
    stored = [number for (number,) in await link.rows(NUMBERS)]
    assert stored == [number for number in range(13) if number != place]
    (letter,) = (tmp_path / "dead.jsonl").read_text().splitlines()
    assert json.loads(letter)["record"]["number"] == place


def test_a_full_queue_counts_what_it_cannot_take(tmp_path: Path) -> None:
    queue = queue_on(FailingLink([]), tmp_path, capacity=2)
    for number in range(5):
        queue.put(attempt_record(number))
    assert (len(queue), queue.lost) == (2, 3)


class FailingLink:
    """Keeps what is written, by batch and position; each write goes as `outcomes` say.

    "late" writes and then fails, as when a connection breaks at the commit.
    """

    def __init__(self, outcomes: list[str]) -> None:
        self._outcomes = outcomes
        self.stored: dict[tuple[Value, Value], Value] = {}

    async def rows(self, query: str, *values: Value) -> list[Row]:
        raise AssertionError("the queue only writes")

    async def write(self, *statements: Statement) -> None:
        outcome = self._outcomes.pop(0) if self._outcomes else "good"
        if outcome == "away":
            raise OSError("the store is away")
        rows = statements[1].rows
        if any(POISON in row for row in rows):
            raise ValuesRefused("not a text")
        for row in rows:
            self.stored.setdefault((row[0], row[1]), row[4])
        if outcome == "late":
            raise OSError("the connection broke")

    async def close(self) -> None:
        pass


@given(
    outcomes=st.lists(st.sampled_from(["good", "away", "late"]), max_size=12),
    puts=st.lists(st.tuples(st.integers(0, 7), st.booleans()), max_size=8),
)
def test_every_record_ends_in_one_place_once(
    outcomes: list[str], puts: list[tuple[int, bool]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("letters")
    link = FailingLink(outcomes)
    queue = queue_on(link, folder)
    good: list[int] = []
    poisoned: list[int] = []

    async def go() -> None:
        number = 0
        for count, poison in puts:
            for place in range(count):
                bad = poison and place == count // 2
                (poisoned if bad else good).append(number)
                queue.put(attempt_record(number, request=POISON if bad else "r"))
                number += 1
            try:
                await queue.flush()
            except OSError:
                continue
        while len(queue):
            try:
                await queue.flush()
            except OSError:
                continue

    asyncio.run(go())
    assert sorted(link.stored.values()) == good  # type: ignore[type-var]
    letters = folder / "dead.jsonl"
    lines = letters.read_text().splitlines() if letters.exists() else []
    assert [json.loads(line)["record"]["number"] for line in lines] == poisoned


async def test_requests_are_stored_beside_attempts_in_the_same_batch(
    link: StoreLink, tmp_path: Path
) -> None:
    queue = queue_on(link, tmp_path)
    for number in range(3):
        queue.put(attempt_record(number, request=f"req_{number}"))
        queue.put(request_record(f"req_{number}", status=200 + number))
    await queue.flush()
    stored = await link.rows("SELECT request, status, batch FROM ledger_request ORDER BY position")
    batches = {batch for (batch,) in await link.rows("SELECT id FROM ledger_batch")}
    assert [row[:2] for row in stored] == [("req_0", 200), ("req_1", 201), ("req_2", 202)]
    assert {row[2] for row in stored} == batches
    assert len(await link.rows(NUMBERS)) == 3


async def test_who_was_not_let_in_leaves_no_row(link: StoreLink, tmp_path: Path) -> None:
    queue = queue_on(link, tmp_path)
    queue.put(request_record(status=401, grant=None))
    assert len(queue) == 0


async def test_a_caller_s_own_words_poison_nothing(link: StoreLink, tmp_path: Path) -> None:
    queue = queue_on(link, tmp_path)
    queue.put(request_record(asked_model="\0\ud800" + "m" * 10_000))
    await queue.flush()
    ((model,),) = await link.rows("SELECT asked_model FROM ledger_request")
    assert model == "??" + "m" * 198


async def test_a_poisoned_request_becomes_a_dead_letter(link: StoreLink, tmp_path: Path) -> None:
    queue = queue_on(link, tmp_path)
    queue.put(attempt_record())
    queue.put(request_record(POISON))
    await queue.flush()
    (letter,) = (tmp_path / "dead.jsonl").read_text().splitlines()
    assert json.loads(letter)["record"]["operation"] == "chat"
    assert len(await link.rows(NUMBERS)) == 1
