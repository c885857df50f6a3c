"""The control plane, read top to bottom: commands and queries over the same relay."""

from dependency_injector import providers

from turnout.application.commands.define_chain import DefineChainHandler
from turnout.application.commands.enable_provider import EnableProviderHandler
from turnout.application.commands.register_provider import RegisterProviderHandler
from turnout.application.commands.remove_chain import RemoveChainHandler
from turnout.application.commands.retire_provider import RetireProviderHandler
from turnout.application.commands.revise_chain import ReviseChainHandler
from turnout.application.commands.revise_provider import ReviseProviderHandler
from turnout.application.health.probe_schedule import ProbeSchedule
from turnout.application.health.probing import Probing
from turnout.application.queries.attempts import Attempts
from turnout.application.queries.get_chain import GetChain
from turnout.application.queries.get_provider import GetProvider
from turnout.application.queries.health_overview import HealthOverview, HealthTransitions
from turnout.application.queries.list_chains import ListChains
from turnout.application.queries.list_providers import ListProviders
from turnout.application.queries.live_feed import LiveFeed
from turnout.application.queries.usage import Usage
from turnout.application.reactions.refresh_snapshot import RefreshSnapshot
from turnout.bootstrap.access import access_tokens
from turnout.bootstrap.accounts import Accounts
from turnout.bootstrap.auditing import Auditing
from turnout.bootstrap.container import RelayContainer
from turnout.bootstrap.identity import vouching
from turnout.bootstrap.leading import leadership
from turnout.bootstrap.ledgers import kept_for
from turnout.bootstrap.playground import DataPlaneCaller
from turnout.infrastructure.clients.address_check import ResolvingAddressCheck
from turnout.infrastructure.persistence.access_keys import SqlKeyView
from turnout.infrastructure.persistence.attempt_view import SqlAttemptView
from turnout.infrastructure.persistence.catalog_source import SqlCatalogSource
from turnout.infrastructure.persistence.engine import make_engine
from turnout.infrastructure.persistence.history import SqlHistory
from turnout.infrastructure.persistence.ledger_keeping import Retention, SqlLedgerKeeping
from turnout.infrastructure.persistence.live_source import SqlLiveSource
from turnout.infrastructure.persistence.unit_of_work import SqlUnitOfWork
from turnout.infrastructure.persistence.usage_view import SqlUsageView
from turnout.infrastructure.persistence.views import SqlChainView, SqlProviderView


class ControlContainer(RelayContainer):
    """Commands and queries. `unit_of_work` is a factory: one for each command."""

    database = providers.Singleton(
        make_engine,
        RelayContainer.settings.provided.database_url,
        RelayContainer.settings.provided.database,
    )
    leadership = providers.Singleton(
        leadership, RelayContainer.settings.provided.database_url, RelayContainer.clock
    )
    source = providers.Singleton(SqlCatalogSource, database)
    refresh_snapshot = providers.Singleton(
        RefreshSnapshot,
        source=source,
        factory=RelayContainer.client_factory,
        secrets=RelayContainer.secrets,
        holder=RelayContainer.holder,
    )
    ledger_keeping = providers.Singleton(
        SqlLedgerKeeping,
        database,
        RelayContainer.clock,
        providers.Factory(
            Retention,
            attempts_days=RelayContainer.settings.provided.ledger.attempts_days,
            minutes_days=RelayContainer.settings.provided.ledger.minutes_days,
            hours_days=RelayContainer.settings.provided.ledger.hours_days,
        ),
    )
    unit_of_work = providers.Factory(SqlUnitOfWork, database, RelayContainer.clock)
    begin = unit_of_work.provider
    auditing = providers.Singleton(Auditing, database, RelayContainer.clock)
    accounts = providers.Singleton(
        Accounts,
        database,
        RelayContainer.clock,
        admin_token=RelayContainer.settings.provided.admin_token,
        vouching=providers.Singleton(
            vouching, RelayContainer.settings.provided, RelayContainer.clock
        ),
    )
    provider_view = providers.Singleton(SqlProviderView, database)
    chain_view = providers.Singleton(SqlChainView, database)

    address_check = providers.Singleton(
        ResolvingAddressCheck,
        RelayContainer.vendors,
        RelayContainer.settings.provided.control.allow_private_providers,
    )
    register_provider = providers.Singleton(RegisterProviderHandler, begin, address_check)
    revise_provider = providers.Singleton(ReviseProviderHandler, begin, address_check)
    enable_provider = providers.Singleton(EnableProviderHandler, begin)
    retire_provider = providers.Singleton(RetireProviderHandler, begin)
    define_chain = providers.Singleton(DefineChainHandler, begin)
    revise_chain = providers.Singleton(ReviseChainHandler, begin)
    remove_chain = providers.Singleton(RemoveChainHandler, begin)

    key_view = providers.Singleton(SqlKeyView, database)
    access_tokens = providers.Singleton(access_tokens, RelayContainer.settings)

    list_providers = providers.Singleton(ListProviders, provider_view)
    get_provider = providers.Singleton(GetProvider, provider_view)
    list_chains = providers.Singleton(ListChains, chain_view)
    get_chain = providers.Singleton(GetChain, chain_view)

    history = providers.Singleton(SqlHistory, database)
    live_feed = providers.Singleton(
        LiveFeed, providers.Singleton(SqlLiveSource, RelayContainer.store), RelayContainer.clock
    )
    data_plane_caller = providers.Singleton(
        DataPlaneCaller,
        RelayContainer.engines,
        RelayContainer.settings.provided.control.data_plane_url,
    )

    usage = providers.Singleton(
        Usage,
        providers.Singleton(SqlUsageView, database),
        RelayContainer.clock,
        providers.Singleton(kept_for, RelayContainer.settings.provided.ledger),
    )
    attempts = providers.Singleton(
        Attempts, providers.Singleton(SqlAttemptView, database), RelayContainer.clock
    )

    health_overview = providers.Singleton(
        HealthOverview,
        RelayContainer.holder,
        RelayContainer.health,
        RelayContainer.health_tallies,
        RelayContainer.clock,
    )
    health_transitions = providers.Singleton(HealthTransitions, RelayContainer.health_store)
    probing = providers.Singleton(
        Probing, RelayContainer.holder, RelayContainer.health, RelayContainer.clock
    )
    probe_schedule = providers.Singleton(
        ProbeSchedule,
        probing,
        RelayContainer.holder,
        RelayContainer.clock,
        RelayContainer.dice,
        leadership.provided.leads,
    )
