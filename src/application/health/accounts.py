"""The accounts of a snapshot: what has health of its own, and how it is asked."""

from collections.abc import Iterator
from dataclasses import dataclass

from turnout.application.ports.provider_client import ProviderClients
from turnout.application.snapshot.routing_snapshot import RoutingSnapshot
from turnout.domain.catalog.circuit_limits import CircuitLimits
from turnout.domain.catalog.provider import Provider
from turnout.domain.shared.ids import DeploymentId, deployment_id


@dataclass(frozen=True, slots=True)
class Account:
    """One credential of a provider, by its number from 1, and what is deployed there.

    `clients` are None where the provider cannot be asked.
    """

    provider: Provider
    number: int
    deployments: tuple[DeploymentId, ...]
    clients: ProviderClients | None

    @property
    def name(self) -> str:
        """The provider's name, with the number of any account but the first."""
        return self.provider.id if self.number == 1 else f"{self.provider.id}#{self.number}"


def accounts_of(snapshot: RoutingSnapshot) -> Iterator[Account]:
    """Yield the accounts of every provider, those that cannot be asked too."""
    for provider in snapshot.providers.values():
        clients = snapshot.clients.get(provider.id, {})
        for number in provider.accounts:
            deployments = tuple(
                deployment_id(provider.id, deployment.model, number)
                for deployment in provider.settings.deployments
            )
            yield Account(provider, number, deployments, clients.get(number))


def limits_of(snapshot: RoutingSnapshot) -> dict[DeploymentId, CircuitLimits]:
    """Return the limits by which each deployment's circuit opens."""
    return {
        deployment: account.provider.settings.circuit
        for account in accounts_of(snapshot)
        for deployment in account.deployments
    }
