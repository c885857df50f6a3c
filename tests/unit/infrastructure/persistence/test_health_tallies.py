from turnout.application.ports.health_store import Tally
from turnout.domain.shared.ids import DeploymentId
from turnout.infrastructure.persistence.health_tallies import (
    FORGOTTEN_AFTER_SECONDS,
    SqlHealthTallies,
)
from turnout.infrastructure.persistence.store_link import store_link

A = DeploymentId("a/m")
NOW = 1_700_000_000.0


async def test_tallies_of_workers_that_are_gone_are_forgotten(database_url: str) -> None:
    link = store_link(database_url)
    tallies = SqlHealthTallies(link)
    await tallies.put("gone", [Tally(A, NOW, 1, 0, 0)])
    late = Tally(A, NOW + FORGOTTEN_AFTER_SECONDS + 1, 2, 1, 0)
    await tallies.put("new", [late])
    assert await tallies.since(0) == [late]
    await link.close()
