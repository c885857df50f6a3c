import pytest
from tests.fakes.keys import ring_of

from turnout.application.ports.access_keys import KeyChanges
from turnout.application.reactions.refresh_keys import RefreshKeys


class Source:
    def __init__(self) -> None:
        self.asked: list[int] = []
        self.broken = False

    async def changes(self, since: int) -> KeyChanges:
        self.asked.append(since)
        if self.broken:
            raise OSError("away")
        return KeyChanges(since + 5, ())


async def test_only_what_is_new_is_asked_for() -> None:
    source, (ring, _) = Source(), ring_of()
    refresh = RefreshKeys(source, ring)
    await refresh()
    await refresh()
    assert source.asked == [0, 5]
    source.broken = True
    with pytest.raises(OSError):
        await refresh()
    assert ring.version == 10
