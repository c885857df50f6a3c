from datetime import timedelta

import pytest
from tests.fakes.usage import FakeUsage
from tests.support.attempts import attempt_row

from turnout.application.ports.usage_views import AttemptPlace
from turnout.application.queries import attempts
from turnout.application.queries.attempts import Attempts, WantedAttempts
from turnout.domain.shared.errors import DomainError

ROWS = [attempt_row(position) for position in (5, 4, 3, 2, 1)]


def attempts_of(fake: FakeUsage) -> Attempts:
    return Attempts(fake.attempts, fake.clock)


async def test_pages_follow_each_other_to_the_end() -> None:
    fake = FakeUsage()
    fake.attempts.rows = ROWS
    seen: list[int] = []
    before: AttemptPlace | None = None
    while True:
        page = await attempts_of(fake).page(WantedAttempts(), before, 2)
        seen += [row.place.position for row in page.attempts]
        before = page.next
        if before is None:
            break
    assert seen == [5, 4, 3, 2, 1]


async def test_the_span_is_counted_from_now() -> None:
    fake = FakeUsage()
    wanted = WantedAttempts(timedelta(minutes=10), timedelta(minutes=5))
    await attempts_of(fake).page(wanted, None, 2)
    now = fake.clock.epoch
    assert (fake.attempts.asked[0].since, fake.attempts.asked[0].until) == (now - 600, now - 300)


async def test_all_of_them_come_in_pieces() -> None:
    fake = FakeUsage()
    fake.attempts.rows = [attempt_row(place) for place in range(attempts.EXPORTED_AT_ONCE, -1, -1)]
    sizes = [len(piece) async for piece in attempts_of(fake).all(WantedAttempts())]
    assert sizes == [attempts.EXPORTED_AT_ONCE, 1]


async def test_a_request_lasts_from_its_first_attempt_to_its_last() -> None:
    fake = FakeUsage()
    fake.attempts.rows = [attempt_row(2, number=2, at=103.0), attempt_row(1, at=100.0)]
    found = await attempts_of(fake).of_request("req_1")
    assert (found.began_at, found.ended_at) == (98.5, 103.0)
    assert [row.number for row in found.attempts] == [1, 2]


async def test_a_request_that_left_nothing_is_unknown() -> None:
    with pytest.raises(DomainError) as refused:
        await attempts_of(FakeUsage()).of_request("req_1")
    assert refused.value.code == "request.unknown"
