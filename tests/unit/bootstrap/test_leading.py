from dataclasses import dataclass

from tests.fakes.system import FrozenClock

from turnout.bootstrap.leading import Alone, if_leading, leadership
from turnout.infrastructure.persistence.leadership import PostgresLeadership


@dataclass
class Told(Alone):
    """Leads when it is told to."""

    is_leading: bool

    def leads(self) -> bool:
        return self.is_leading


async def test_the_control_plane_of_a_file_leads() -> None:
    alone = leadership("sqlite:///some.db", FrozenClock())
    assert alone.leads()
    await alone()
    await alone.resign()
    assert alone.leads()


def test_those_of_a_server_ask_it() -> None:
    asks = leadership("postgresql+asyncpg://me@127.0.0.1/none", FrozenClock())
    assert isinstance(asks, PostgresLeadership)
    assert not asks.leads()


async def test_work_is_done_by_the_leader_alone() -> None:
    done: list[int] = []

    async def work() -> None:
        done.append(1)

    told = Told(False)
    only = if_leading(told, work)
    await only()
    assert done == []
    told.is_leading = True
    await only()
    assert done == [1]
