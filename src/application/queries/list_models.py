"""List what callers may use as a model: chains, and models with their capabilities."""

from dataclasses import dataclass

from turnout.application.snapshot.routing_snapshot import RoutingSnapshot, SnapshotHolder
from turnout.domain.catalog.deployment import Deployment
from turnout.domain.governance.scope import ANYTHING, Scope
from turnout.domain.inference.capability import Capability
from turnout.domain.routing.route import Route


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A name that a request's `model` may have.

    `kind` is `chain` or `model`; a chain's capabilities are those of any of its targets, its
    lengths the largest. `owned_by` is the first provider that would be asked.
    """

    id: str
    kind: str
    owned_by: str
    capabilities: tuple[str, ...]
    context_window: int | None
    max_output_tokens: int | None


@dataclass(frozen=True, slots=True)
class ListModels:
    """Reads the snapshot: what is listed is what would be routed."""

    holder: SnapshotHolder

    def __call__(self, scope: Scope = ANYTHING) -> tuple[ModelRow, ...]:
        """Return the chains, then the models that `scope` allows, each by name."""
        snapshot = self.holder.current
        chains = set(snapshot.chains)
        models = _model_names(snapshot) - chains
        named = [(str(name), "chain") for name in sorted(chains)]
        named += [(name, "model") for name in sorted(models)]
        return tuple(
            _row(name, route, kind)
            for name, kind in named
            if (route := snapshot.route(name, scope)) is not None
        )


def _model_names(snapshot: RoutingSnapshot) -> set[str]:
    return {
        name
        for id in snapshot.clients
        for deployment in snapshot.providers[id].settings.deployments
        for name in deployment.names
    }


def _row(name: str, route: Route, kind: str) -> ModelRow:
    tiers = route.tiers if kind == "chain" else route.tiers[:1]
    deployments = [d for tier in tiers for c in tier for d in c.deployments if c.out is None]
    if kind == "model":
        deployments = [d for d in deployments if name in d.names]
    capabilities: set[Capability] = set().union(*(d.capabilities for d in deployments))
    return ModelRow(
        id=name,
        kind=kind,
        owned_by=deployments[0].provider if deployments else "turnout",
        capabilities=tuple(sorted(capabilities)),
        context_window=_largest(deployments, "context_window"),
        max_output_tokens=_largest(deployments, "max_output_tokens"),
    )


def _largest(deployments: list[Deployment], name: str) -> int | None:
    known = [value for d in deployments if (value := getattr(d, name)) is not None]
    return max(known, default=None)
