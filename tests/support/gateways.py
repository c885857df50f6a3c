"""A relay in one process, on fakes."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from tests.fakes.clients import (
    FakeChatClient,
    FakeClientFactory,
    FakeEmbeddingClient,
    FakeLedger,
    FakeSecrets,
    clients,
)
from tests.fakes.system import CountingIds, FrozenClock, LoadedDice
from turnout.application.ports.catalog_source import StoredCatalog
from turnout.application.relay.attempt_streams import AttemptStreams
from turnout.application.relay.balancer import Balancer
from turnout.application.relay.complete_chat import CompleteChat
from turnout.application.relay.course import Steering
from turnout.application.relay.embed import Embed
from turnout.application.relay.health_board import HealthBoard
from turnout.application.relay.hedging import Hedging
from turnout.application.relay.load_board import LoadBoard
from turnout.application.relay.place_queue import PlaceQueue
from turnout.application.relay.rescue import Rescue
from turnout.application.relay.settlement import Settlement
from turnout.application.relay.traffic import Traffic
from turnout.application.relay.walk import Walk
from turnout.application.snapshot.compiler import compile_snapshot
from turnout.application.snapshot.routing_snapshot import SnapshotHolder
from turnout.domain.catalog.deployment import Deployment
from turnout.domain.catalog.provider import Provider, ProviderSettings
from turnout.domain.catalog.timeouts import Timeouts
from turnout.domain.inference.capability import UNKNOWN_MODEL, Capability, Requirement
from turnout.domain.inference.conversation import Conversation
from turnout.domain.inference.request import ChatRequest, WireProtocol
from turnout.domain.routing.fallback_chain import ChainRules, FallbackChain, Target
from turnout.domain.routing.retry_budget import RetryBudget
from turnout.domain.shared.ids import ChainId, ProviderId


def deployment(
    provider: str, model: str = "m", *more: Capability, window: int | None = None
) -> Deployment:
    """Return a deployment that offers what an unknown model does, and `more`."""
    offers = UNKNOWN_MODEL | set(more)
    return Deployment(ProviderId(provider), model, model, offers, context_window=window)


def provider(name: str, *deployments: Deployment, **settings: object) -> Provider:
    """Return a provider on loopback; it offers the model `m` if no deployment is given."""
    plain = ProviderSettings(
        vendor="",
        protocol=WireProtocol.OPENAI_CHAT,
        base_url="http://127.0.0.1:9",
        deployments=deployments or (deployment(name),),
    )
    changed = replace(plain, **settings)  # type: ignore[arg-type]
    return Provider.register(ProviderId(name), changed)


def chain(name: str, *targets: str, **rules: object) -> FallbackChain:
    """Return a chain with one tier per target."""
    plain = ChainRules(tuple((Target.parse(target),) for target in targets))
    return FallbackChain.define(ChainId(name), replace(plain, **rules))  # type: ignore[arg-type]


def chat_request(
    model: str = "default", *, stream: bool = False, needs: Sequence[Capability] = ()
) -> ChatRequest:
    """Return a request whose body says nothing but its model."""
    return ChatRequest(
        model=model,
        stream=stream,
        protocol=WireProtocol.OPENAI_CHAT,
        needs=Requirement(frozenset({Capability.CHAT, *needs})),
        body_for=lambda name: f'{{"model":"{name}"}}'.encode(),
        decode=lambda: Conversation(()),
    )


@dataclass
class FakeGateway:
    """A relay whose providers are fakes, by name; all of them in one chain, in order.

    `timeouts` hold for each of them; `rules` for the chain.
    """

    chats: dict[str, FakeChatClient] = field(default_factory=dict)
    embeddings: dict[str, FakeEmbeddingClient] = field(default_factory=dict)
    providers: Sequence[Provider] = ()
    timeouts: Timeouts = Timeouts()
    rules: dict[str, object] = field(default_factory=dict)
    ledger: FakeLedger = field(default_factory=FakeLedger)
    clock: FrozenClock = field(default_factory=FrozenClock)
    health: HealthBoard = field(default_factory=HealthBoard)
    traffic: Traffic = field(default_factory=Traffic)
    loads: LoadBoard = field(default_factory=LoadBoard)
    dice: LoadedDice = field(default_factory=lambda: LoadedDice([0.5]))
    budget: RetryBudget = field(default_factory=RetryBudget)
    waits: list[float] = field(default_factory=list)
    """Seconds waited between tries at one target."""

    def __post_init__(self) -> None:
        names = list(dict.fromkeys([*self.chats, *self.embeddings]))
        providers = self.providers or [provider(name, timeouts=self.timeouts) for name in names]
        prepared = {
            name: clients(self.chats.get(name), self.embeddings.get(name)) for name in names
        }
        stored = StoredCatalog(1, tuple(providers), (chain("default", *names, **self.rules),))
        self.holder = SnapshotHolder()
        self.holder.current = compile_snapshot(stored, FakeClientFactory(prepared), FakeSecrets())
        settlement = self.settlement = Settlement(
            self.clock, self.health, self.ledger, self.traffic, self.loads
        )
        steering = Steering(
            self.health,
            Balancer(self.loads, self.dice.roll),
            self.budget,
            self.dice.roll,
            traffic=self.traffic,
        )
        walk = self.walk = Walk(
            self.holder,
            self.clock,
            CountingIds(),
            settlement,
            steering,
            PlaceQueue(self.clock),
            Hedging(self.traffic),
            sleep=self._sleep,
        )
        streams = AttemptStreams(self.clock, settlement)
        rescue = Rescue(walk, streams)
        self.complete_chat = CompleteChat(walk, streams, rescue, settlement)
        self.embed = Embed(walk, settlement)

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.clock.move(seconds)

    @property
    def outcomes(self) -> list[tuple[str, str]]:
        """Every settled attempt: its deployment, and its outcome or kind of failure."""
        return [
            (record.deployment, record.failure.value if record.failure else record.outcome.value)
            for record in self.ledger.records
        ]
