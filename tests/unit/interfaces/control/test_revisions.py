from datetime import UTC, datetime

from tests.fakes.pages import page_handlers
from tests.support.control import FakeControl, problem

from turnout.application.ports.history import ChangedBy, PastChange, PastRevision

PAST = PastRevision(
    3,
    datetime(2026, 1, 2, tzinfo=UTC),
    ChangedBy.API,
    (PastChange("provider:a", "ProviderRevised", ("weight",)),),
)


async def test_past_revisions_are_listed() -> None:
    async with FakeControl(pages=page_handlers(past=[PAST])).client() as client:
        told = (await client.get("/api/configuration/history")).json()
    change = {"entry": "provider:a", "event": "ProviderRevised", "fields": ["weight"]}
    assert told == [
        {"revision": 3, "at": "2026-01-02T00:00:00Z", "changed_by": "api", "changes": [change]}
    ]


async def test_rolling_back_tells_what_became_of_each_entry() -> None:
    async with FakeControl(pages=page_handlers(past=[PAST])).client() as client:
        back = await client.post("/api/configuration/rollback", json={"revision": 3})
        unknown = await client.post("/api/configuration/rollback", json={"revision": 9})
        wrong = await client.post("/api/configuration/rollback", json={"revision": "3"})
    assert back.json() == {"entries": {"provider:a": "changed"}}
    assert problem(unknown)[:2] == (404, "history.unknown")
    assert problem(wrong) == (422, "request.invalid", "revision")
