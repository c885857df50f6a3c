"""What the control plane calls. It holds typed callables, and no container.

Commands take the actor first: whoever gives one is written into the audit log with it.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from turnout.application.commands.define_chain import DefineChain
from turnout.application.commands.enable_provider import EnableProvider
from turnout.application.commands.register_provider import RegisterProvider
from turnout.application.commands.remove_chain import RemoveChain
from turnout.application.commands.retire_provider import RetireProvider
from turnout.application.commands.revise_chain import ReviseChain
from turnout.application.commands.revise_provider import ReviseProvider
from turnout.application.health.probing import ProbeOutcome
from turnout.application.ports.health_store import Transition
from turnout.application.ports.views import ChainRow, ProviderRow
from turnout.application.queries.explain_route import Explanation
from turnout.application.queries.health_overview import HealthRow
from turnout.domain.catalog.provider import ProviderSettings
from turnout.domain.governance.actor import Actor
from turnout.domain.inference.capability import Capability, Requirement
from turnout.domain.shared.ids import ProviderId
from turnout.interfaces.control.alert_handlers import AlertHandlers
from turnout.interfaces.control.budget_handlers import BudgetHandlers
from turnout.interfaces.control.key_handlers import KeyHandlers
from turnout.interfaces.control.page_handlers import PageHandlers
from turnout.interfaces.control.usage_handlers import UsageHandlers


@dataclass(frozen=True, slots=True)
class ConfigurationStatus:
    """What is in force, and how its file is followed; times are seconds since 1970."""

    revision: int
    watching: bool
    files: tuple[str, ...]
    applied_at: float | None
    failed_at: float | None
    faults: tuple[str, ...]
    needs_restart: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Handlers:
    """Commands and queries, those on access keys and of pages apart, and three things besides.

    `read_entry` turns a provider's entry, in the words of `turnout.yaml`, into settings: it knows
    vendors and models. It raises DomainError. `metrics` gives the text for Prometheus and its media
    type, for a header `accept`. `ready` tells whether there is a snapshot to explain
    routes by, `configuration_status` how the file is followed.
    """

    register_provider: Callable[[Actor, RegisterProvider], Awaitable[None]]
    revise_provider: Callable[[Actor, ReviseProvider], Awaitable[tuple[str, ...]]]
    enable_provider: Callable[[Actor, EnableProvider], Awaitable[None]]
    retire_provider: Callable[[Actor, RetireProvider], Awaitable[None]]
    define_chain: Callable[[Actor, DefineChain], Awaitable[None]]
    revise_chain: Callable[[Actor, ReviseChain], Awaitable[tuple[str, ...]]]
    remove_chain: Callable[[Actor, RemoveChain], Awaitable[None]]
    list_providers: Callable[[frozenset[Capability]], Awaitable[list[ProviderRow]]]
    get_provider: Callable[[str], Awaitable[ProviderRow]]
    list_chains: Callable[[], Awaitable[list[ChainRow]]]
    get_chain: Callable[[str], Awaitable[ChainRow]]
    explain_route: Callable[[str, Requirement], Explanation]
    health_overview: Callable[[], Awaitable[list[HealthRow]]]
    health_transitions: Callable[[int], Awaitable[list[Transition]]]
    probe: Callable[[Actor, str], Awaitable[list[ProbeOutcome]]]
    configuration_status: Callable[[], ConfigurationStatus]
    metrics: Callable[[str], Awaitable[tuple[bytes, str]]]
    read_entry: Callable[[ProviderId, Mapping[str, object]], ProviderSettings]
    ready: Callable[[], bool]
    keys: KeyHandlers
    budgets: BudgetHandlers
    usage: UsageHandlers
    pages: PageHandlers
    alerts: AlertHandlers
