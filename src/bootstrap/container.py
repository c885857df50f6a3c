"""The system, read top to bottom: what is made, of what, once per process."""

import os

from dependency_injector import containers, providers

from turnout.application.health.shared_health import SharedHealth
from turnout.application.health.tell_tallies import TellTallies
from turnout.application.health.telling_store import TellingHealthStore
from turnout.application.queries.explain_route import ExplainRoute
from turnout.application.queries.list_models import ListModels
from turnout.application.reactions.refresh_keys import RefreshKeys
from turnout.application.reactions.refresh_snapshot import RefreshSnapshot
from turnout.application.relay.admission import Admission
from turnout.application.relay.attempt_streams import AttemptStreams
from turnout.application.relay.balancer import Balancer
from turnout.application.relay.budget_book import BudgetBook
from turnout.application.relay.complete_chat import CompleteChat
from turnout.application.relay.course import Steering
from turnout.application.relay.elsewhere import Elsewhere
from turnout.application.relay.embed import Embed
from turnout.application.relay.health_board import HealthBoard
from turnout.application.relay.hedging import Hedging
from turnout.application.relay.kept_answers import KeptAnswers
from turnout.application.relay.limit_book import LimitBook
from turnout.application.relay.load_board import LoadBoard
from turnout.application.relay.metered import MeteredChat, MeteredEmbed
from turnout.application.relay.metering import Metering
from turnout.application.relay.place_queue import PlaceQueue
from turnout.application.relay.rescue import Rescue
from turnout.application.relay.settlement import Settlement
from turnout.application.relay.shared_chat import SharedChat
from turnout.application.relay.shared_stream import Allowance
from turnout.application.relay.sharers import Sharers
from turnout.application.relay.traffic import Traffic
from turnout.application.relay.walk import Walk
from turnout.application.snapshot.routing_snapshot import SnapshotHolder
from turnout.bootstrap.access import key_ring, managed_secrets, master_key
from turnout.bootstrap.engines import engine_maker
from turnout.bootstrap.ledgers import ledger_for
from turnout.bootstrap.limit_stores import limit_store
from turnout.bootstrap.plane_settings import PlaneSettings
from turnout.bootstrap.shared_state import response_cache, shared_flights, shared_link
from turnout.bootstrap.signalling import signalling
from turnout.bootstrap.traces import tracing_for
from turnout.bootstrap.worker_name import worker_name
from turnout.domain.routing.cache_policy import CachePolicy
from turnout.domain.routing.retry_budget import RetryBudget
from turnout.infrastructure.clients.factory import VendorClientFactory
from turnout.infrastructure.discovery import discover_vendors
from turnout.infrastructure.persistence.budget_shares import LinkedShares
from turnout.infrastructure.persistence.health_store import SqlHealthStore
from turnout.infrastructure.persistence.health_tallies import SqlHealthTallies
from turnout.infrastructure.persistence.key_source import LinkedKeySource
from turnout.infrastructure.persistence.starting_catalog import catalog_to_serve_from
from turnout.infrastructure.persistence.store_link import store_link
from turnout.infrastructure.secrets.references import ReferencedSecrets
from turnout.infrastructure.system.clock import SystemClock
from turnout.infrastructure.system.dice import SystemDice
from turnout.infrastructure.system.ids import RandomIds
from turnout.infrastructure.telemetry.record_tap import RecordTap


class RelayContainer(containers.DeclarativeContainer):
    """All that relaying needs. `settings` must be given."""

    settings = providers.Dependency(instance_of=PlaneSettings)

    clock = providers.Singleton(SystemClock)
    dice = providers.Singleton(SystemDice)
    ids = providers.Singleton(RandomIds)
    health = providers.Singleton(HealthBoard)
    traffic = providers.Singleton(Traffic)
    loads = providers.Singleton(LoadBoard)
    holder = providers.Singleton(SnapshotHolder)

    store = providers.Singleton(
        store_link, settings.provided.database_url, settings.provided.database
    )
    shared_link = providers.Singleton(shared_link, settings.provided.shared_state, clock)
    ledger = providers.Singleton(ledger_for, settings.provided.ledger, store, clock)
    tap = providers.Singleton(RecordTap, ledger)
    tracing = providers.Singleton(tracing_for, settings.provided.traces)
    publication = providers.Singleton(
        catalog_to_serve_from, store, settings.provided.starting_document
    )
    managed_secrets = providers.Singleton(managed_secrets, settings.provided.secrets, clock)
    secrets = providers.Singleton(
        ReferencedSecrets,
        environ=os.environ,
        literals=settings.provided.literal_secrets,
        master=providers.Singleton(master_key, settings),
        managed=managed_secrets,
    )
    vendors = providers.Singleton(discover_vendors)
    engines = providers.Singleton(engine_maker, settings.provided.upstream)
    client_factory = providers.Singleton(
        VendorClientFactory,
        vendors=vendors,
        engines=engines,
        ca_file=settings.provided.upstream.ca_file,
    )

    refresh_snapshot = providers.Singleton(
        RefreshSnapshot,
        source=publication,
        factory=client_factory,
        secrets=secrets,
        holder=holder,
        heed=traffic.provided.heed,
    )
    worker = providers.Singleton(worker_name)
    signals = providers.Singleton(signalling, settings.provided.shared_state, shared_link)
    health_store = providers.Singleton(
        TellingHealthStore, providers.Singleton(SqlHealthStore, store), signals
    )
    health_tallies = providers.Singleton(SqlHealthTallies, store)
    share_health = providers.Singleton(
        SharedHealth, board=health, holder=holder, store=health_store, clock=clock, worker=worker
    )
    tell_tallies = providers.Singleton(
        TellTallies, board=health, tallies=health_tallies, clock=clock, worker=worker
    )
    budgets = providers.Singleton(BudgetBook, providers.Singleton(LinkedShares, store), clock)
    settlement = providers.Singleton(
        Settlement,
        clock=clock,
        health=health,
        ledger=tap,
        traffic=traffic,
        loads=loads,
        budgets=budgets,
    )
    retry_budget = providers.Singleton(RetryBudget)
    steering = providers.Singleton(
        Steering,
        health=health,
        balancer=providers.Singleton(Balancer, loads=loads, roll=dice.provided.roll),
        budget=retry_budget,
        roll=dice.provided.roll,
        traffic=traffic,
    )
    walk = providers.Singleton(
        Walk,
        holder=holder,
        clock=clock,
        ids=ids,
        settlement=settlement,
        steering=steering,
        queue=providers.Singleton(PlaceQueue, clock=clock),
        hedging=providers.Singleton(Hedging, traffic=traffic),
    )
    streams = providers.Singleton(AttemptStreams, clock=clock, settlement=settlement)
    complete_chat = providers.Singleton(
        CompleteChat,
        walk=walk,
        streams=streams,
        rescue=providers.Singleton(Rescue, walk=walk, streams=streams),
        settlement=settlement,
    )
    cache_policy = providers.Singleton(
        CachePolicy,
        enabled=settings.provided.cache.enabled,
        single_flight=settings.provided.cache.single_flight,
        only_deterministic=settings.provided.cache.only_deterministic,
        ttl_seconds=settings.provided.cache.ttl_seconds,
    )
    response_cache = providers.Singleton(
        response_cache, settings.provided.cache, shared_link, clock
    )
    kept_answers = providers.Singleton(KeptAnswers, response_cache, clock)
    shared_chat = providers.Singleton(
        SharedChat,
        relay=complete_chat,
        holder=holder,
        policy=cache_policy,
        kept=kept_answers,
        elsewhere=providers.Singleton(
            Elsewhere,
            providers.Singleton(shared_flights, settings.provided.cache, shared_link, worker),
            kept_answers,
        ),
        sharers=providers.Singleton(Sharers, clock=clock, ids=ids, ledger=tap),
        clock=clock,
        allowance=providers.Singleton(Allowance, settings.provided.cache.max_bytes),
    )
    embed = providers.Singleton(Embed, walk=walk, settlement=settlement)
    limits = providers.Singleton(LimitBook, settings.provided.limits)
    limit_store = providers.Singleton(limit_store, shared_link, clock)
    metering = providers.Singleton(
        Metering, holder=holder, limits=limits, store=limit_store, budgets=budgets, ids=ids
    )
    metered_chat = providers.Singleton(MeteredChat, shared_chat, metering)
    metered_embed = providers.Singleton(MeteredEmbed, embed, metering)
    key_ring = providers.Singleton(key_ring, settings, clock)
    admission = providers.Singleton(Admission, settings.provided.access_keys, key_ring)
    refresh_keys = providers.Singleton(
        RefreshKeys, source=providers.Singleton(LinkedKeySource, store), ring=key_ring
    )
    list_models = providers.Singleton(ListModels, holder=holder)
    explain_route = providers.Singleton(ExplainRoute, holder=holder, health=health, clock=clock)
