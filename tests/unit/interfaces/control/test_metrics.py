"""Who may read metrics."""

import pytest
from tests.support.control import FakeControl

from turnout.interfaces.control.access import Door

TOKEN = "scrape-scrape-scrape"
ADMIN = "admin-token-admin-token"
BEARER = {"authorization": f"Bearer {TOKEN}"}


async def test_this_machine_may_where_no_token_is_set() -> None:
    async with FakeControl().client(ADMIN) as client:
        answer = await client.get("/metrics", headers={"accept": "text/plain"})
    assert (answer.status_code, answer.text) == (200, "# for text/plain\n")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")


@pytest.mark.parametrize(
    "door", [Door(False, metrics_token=TOKEN), Door(True, metrics_token=TOKEN)]
)
async def test_the_token_reads_metrics_and_nothing_else(door: Door) -> None:
    async with FakeControl().client(ADMIN, door) as client:
        assert (await client.get("/metrics")).status_code == 401
        assert (await client.get("/metrics", headers=BEARER)).status_code == 200
        assert (await client.get("/api/providers", headers=BEARER)).status_code == 401
        known = {"authorization": f"Bearer {ADMIN}"}
        assert (await client.get("/metrics", headers=known)).status_code == 200


async def test_elsewhere_nobody_may_without_being_known() -> None:
    async with FakeControl().client(ADMIN, Door(False)) as client:
        assert (await client.get("/metrics")).status_code == 401
        assert (await client.get("/metrics", headers=BEARER)).status_code == 401


async def test_another_site_s_name_for_this_machine_is_no_way_in() -> None:
    async with FakeControl().client(ADMIN, base_url="http://rebound.example") as client:
        assert (await client.get("/metrics")).status_code == 401
