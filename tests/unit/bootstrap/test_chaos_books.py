from collections.abc import AsyncIterator
from pathlib import Path
from shutil import copyfile

import pytest
from tests.fakes.system import FrozenClock
from tests.support.attempts import attempt_record

from turnout.application.ports.usage_ledger import AttemptOutcome
from turnout.bootstrap.chaos_books import books_in
from turnout.infrastructure.persistence.dead_letters import DeadLetters
from turnout.infrastructure.persistence.ledger_queue import LedgerQueue
from turnout.infrastructure.persistence.store_link import StoreLink, store_link
from turnout.interfaces.chaos.evidence import Booked


@pytest.fixture
def file(tmp_path: Path, sqlite_template: Path) -> Path:
    return Path(copyfile(sqlite_template, tmp_path / "turnout.db"))


@pytest.fixture
async def link(file: Path) -> AsyncIterator[StoreLink]:
    link = store_link(f"sqlite:///{file}")
    yield link
    await link.close()


async def test_books_are_of_one_route_and_tell_what_was_not_reported(
    link: StoreLink, tmp_path: Path
) -> None:
    queue = LedgerQueue(link, FrozenClock(), DeadLetters(tmp_path / "dead.jsonl"))
    queue.put(attempt_record())
    queue.put(attempt_record(2, outcome=AttemptOutcome.ABANDONED, usage=None))
    queue.put(attempt_record(0, outcome=AttemptOutcome.CACHED))
    await queue.flush()
    assert await books_in(link, "default", 2) == {"a": Booked(2, 1, 1100, 0.0035)}
    assert await books_in(link, "another", 0) == {}
