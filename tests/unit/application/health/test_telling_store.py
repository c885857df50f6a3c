from dataclasses import dataclass, field

from tests.fakes.health import FakeHealthStore

from turnout.application.health.telling_store import TellingHealthStore
from turnout.application.ports.health_store import Moved, Transition
from turnout.application.ports.signals import Topic
from turnout.domain.health.circuit import Reason
from turnout.domain.shared.ids import DeploymentId


@dataclass
class Sent:
    """Signals that are written down."""

    topics: list[Topic] = field(default_factory=list)

    def send(self, topic: Topic) -> None:
        self.topics.append(topic)


async def test_what_is_announced_is_called_out_and_what_is_read_is_not() -> None:
    inner, sent = FakeHealthStore(), Sent()
    store = TellingHealthStore(inner, sent)
    moved = Transition(5.0, "w", DeploymentId("a/m"), Moved.CLOSED, Reason.TRIAL)
    assert (await store.news(0)).states == ()
    assert sent.topics == []
    await store.announce([moved])
    assert sent.topics == [Topic.HEALTH]
    assert await store.transitions(10) == await inner.transitions(10) == [moved]
