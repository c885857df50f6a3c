"""A gateway as a Python object, on fakes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.fakes.clients import FakeChatClient, FakeClientFactory, FakeProbe, FakeSecrets
from tests.fakes.relay import FakeChatRelay, FakeEmbeddingRelay
from tests.fakes.store import Contents, FakeCatalogSource, FakeProviderView, FakeStore
from tests.fakes.system import FrozenClock
from tests.support.catalog import chain_of, plain_settings
from turnout.application.commands.enable_provider import EnableProviderHandler
from turnout.application.ports.provider_client import ProviderClients
from turnout.application.queries.explain_route import ExplainRoute
from turnout.application.queries.list_models import ListModels
from turnout.application.queries.list_providers import ListProviders
from turnout.application.reactions.refresh_snapshot import RefreshSnapshot
from turnout.application.relay.health_board import HealthBoard
from turnout.application.snapshot.routing_snapshot import SnapshotHolder
from turnout.domain.catalog.provider import ProviderSettings
from turnout.domain.shared.ids import ChainId, ProviderId
from turnout.interfaces.python.gateway import Handlers, InProcessGateway


@dataclass
class FakeInProcess:
    """Providers by name, all in the chain `default`; `probes` answer for those named there."""

    providers: Mapping[str, ProviderSettings] = field(
        default_factory=lambda: {
            "north": plain_settings(ProviderId("north"), "large", "small"),
            "south": plain_settings(ProviderId("south"), "other"),
        }
    )
    probes: Mapping[str, FakeProbe] = field(default_factory=dict)
    chat: FakeChatRelay = field(default_factory=FakeChatRelay)
    embeddings: FakeEmbeddingRelay = field(default_factory=FakeEmbeddingRelay)
    health: HealthBoard = field(default_factory=HealthBoard)

    async def gateway(self) -> InProcessGateway:
        """Return the gateway, its first snapshot loaded."""
        store = FakeStore(
            Contents(
                {ProviderId(name): settings for name, settings in self.providers.items()},
                {ChainId("default"): chain_of(*self.providers)},
            )
        )
        holder = SnapshotHolder()
        prepared = {
            name: ProviderClients(FakeChatClient(), None, probe)
            for name, probe in self.probes.items()
        }
        factory = FakeClientFactory(prepared)
        refresh = RefreshSnapshot(FakeCatalogSource(store), factory, FakeSecrets(), holder)
        await refresh()
        clock = FrozenClock()
        return InProcessGateway(
            Handlers(
                complete_chat=self.chat,
                embed=self.embeddings,
                explain_route=ExplainRoute(holder, self.health, clock),
                list_models=ListModels(holder),
                list_providers=ListProviders(FakeProviderView(store)),
                enable_provider=EnableProviderHandler(store.begin),
                refresh_snapshot=refresh,
                health=self.health,
                clock=clock,
            )
        )
