"""Alerts, silences and the outbox, on both databases."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from turnout.application.ports.alerting import Outgoing
from turnout.domain.alerting.alert import Alert, AlertState
from turnout.domain.alerting.book import Notice, NoticeKind
from turnout.domain.alerting.rule import RuleName, Severity
from turnout.domain.alerting.silence import Silence
from turnout.infrastructure.persistence.alert_store import NOTICES_KEPT_SECONDS, SqlAlertStore
from turnout.infrastructure.persistence.store_link import store_link

NOW = 1_700_000_000.0
PENDING = Alert(
    rule=RuleName.LATENCY,
    subject="a/m",
    group="a",
    severity=Severity.WARNING,
    summary="slow: 100 %, ?",
    state=AlertState.PENDING,
    since=NOW,
    seen_at=NOW,
)
FIRING = replace(PENDING, state=AlertState.FIRING, fired_at=NOW + 1, told_at=NOW + 2)


def outgoing(id: str, at: float = NOW) -> Outgoing:
    return Outgoing(id, "hook", Notice(NoticeKind.FIRING, "a", Severity.PAGE, at, (FIRING,)))


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[SqlAlertStore]:
    link = store_link(database_url)
    yield SqlAlertStore(link)
    await link.close()


async def test_alerts_come_back_as_they_were_and_change(store: SqlAlertStore) -> None:
    await store.keep([PENDING], [], [])
    assert await store.alerts() == {PENDING.fingerprint: PENDING}
    await store.keep([FIRING], [], [])
    assert await store.alerts() == {FIRING.fingerprint: FIRING}
    await store.keep([], [FIRING.fingerprint], [])
    assert await store.alerts() == {}


async def test_a_notice_is_due_until_it_is_delivered(store: SqlAlertStore) -> None:
    first = outgoing("1")
    await store.keep([FIRING], [], [first])
    assert await store.due(NOW) == [first]
    await store.postpone(first, NOW + 10, "refused")
    assert await store.due(NOW + 9) == []
    (again,) = await store.due(NOW + 10)
    assert again == replace(first, tries=1)
    await store.delivered(again, NOW + 11)
    assert await store.due(NOW + 1000) == []
    (told,) = await store.latest(5)
    assert (told.tries, told.delivered_at, told.gave_up, told.problem) == (2, NOW + 11, False, "")


async def test_what_is_given_up_is_due_no_more_and_tells_why(store: SqlAlertStore) -> None:
    await store.keep([], [], [outgoing("1")])
    await store.postpone(outgoing("1"), None, "no such channel")
    assert await store.due(NOW + 1000) == []
    (told,) = await store.latest(5)
    assert (told.gave_up, told.delivered_at, told.problem) == (True, None, "no such channel")


async def test_a_notice_is_put_into_the_outbox_once(store: SqlAlertStore) -> None:
    await store.keep([], [], [outgoing("1")])
    await store.delivered(outgoing("1"), NOW)
    await store.keep([], [], [outgoing("1")])
    assert await store.due(NOW) == []


async def test_old_notices_are_forgotten_once_they_are_done_with(store: SqlAlertStore) -> None:
    await store.keep([], [], [outgoing("old"), outgoing("waiting")])
    await store.delivered(outgoing("old"), NOW)
    await store.keep([], [], [outgoing("new", NOW + NOTICES_KEPT_SECONDS + 1)])
    assert [each.id for each in await store.latest(5)] == ["new", "waiting"]


async def test_silences_last_until_they_end(store: SqlAlertStore) -> None:
    long = Silence("s1", RuleName.LATENCY, None, NOW + 20, "ada", "known")
    short = Silence("s2", None, "a", NOW + 10, "ada")
    for silence in (long, short):
        await store.add(silence)
    assert await store.silences(NOW) == [short, long]
    assert await store.silences(NOW + 10) == [long]
    await store.end("s1")
    assert await store.silences(NOW + 10) == []
