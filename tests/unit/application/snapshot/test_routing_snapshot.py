from tests.fakes.clients import FakeChatClient
from tests.support.gateways import FakeGateway

from turnout.application.snapshot.routing_snapshot import EMPTY, SnapshotHolder


def test_a_holder_begins_with_nothing() -> None:
    assert SnapshotHolder().current is EMPTY
    assert EMPTY.revision < 0


def test_near_names_look_alike() -> None:
    snapshot = FakeGateway({"openai": FakeChatClient()}).holder.current
    assert snapshot.near("openai/mm") == ("openai/m",)
    assert snapshot.near("nothing like it") == ()
