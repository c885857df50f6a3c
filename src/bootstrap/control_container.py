"""The control plane, read top to bottom: commands and queries over the same relay."""

from dependency_injector import providers

from turnout.application.commands.define_chain import DefineChainHandler
from turnout.application.commands.enable_provider import EnableProviderHandler
from turnout.application.commands.register_provider import RegisterProviderHandler
from turnout.application.commands.remove_chain import RemoveChainHandler
from turnout.application.commands.retire_provider import RetireProviderHandler
from turnout.application.commands.revise_chain import ReviseChainHandler
from turnout.application.commands.revise_provider import ReviseProviderHandler
from turnout.application.queries.get_chain import GetChain
from turnout.application.queries.get_provider import GetProvider
from turnout.application.queries.list_chains import ListChains
from turnout.application.queries.list_providers import ListProviders
from turnout.application.reactions.refresh_snapshot import RefreshSnapshot
from turnout.bootstrap.container import RelayContainer
from turnout.infrastructure.persistence.catalog_source import SqlCatalogSource
from turnout.infrastructure.persistence.engine import make_engine
from turnout.infrastructure.persistence.unit_of_work import SqlUnitOfWork
from turnout.infrastructure.persistence.views import SqlChainView, SqlProviderView


class ControlContainer(RelayContainer):
    """Commands and queries. `unit_of_work` is a factory: one for each command."""

    database = providers.Singleton(make_engine, RelayContainer.settings.provided.database_url)
    source = providers.Singleton(SqlCatalogSource, database)
    refresh_snapshot = providers.Singleton(
        RefreshSnapshot,
        source=source,
        factory=RelayContainer.client_factory,
        secrets=RelayContainer.secrets,
        holder=RelayContainer.holder,
    )
    unit_of_work = providers.Factory(SqlUnitOfWork, database, RelayContainer.clock)
    begin = unit_of_work.provider
    provider_view = providers.Singleton(SqlProviderView, database)
    chain_view = providers.Singleton(SqlChainView, database)

    register_provider = providers.Singleton(RegisterProviderHandler, begin)
    revise_provider = providers.Singleton(ReviseProviderHandler, begin)
    enable_provider = providers.Singleton(EnableProviderHandler, begin)
    retire_provider = providers.Singleton(RetireProviderHandler, begin)
    define_chain = providers.Singleton(DefineChainHandler, begin)
    revise_chain = providers.Singleton(ReviseChainHandler, begin)
    remove_chain = providers.Singleton(RemoveChainHandler, begin)

    list_providers = providers.Singleton(ListProviders, provider_view)
    get_provider = providers.Singleton(GetProvider, provider_view)
    list_chains = providers.Singleton(ListChains, chain_view)
    get_chain = providers.Singleton(GetChain, chain_view)
