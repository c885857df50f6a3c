"""`/api/providers`."""

from typing import Annotated, cast

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict

from turnout.application.commands.enable_provider import EnableProvider
from turnout.application.commands.register_provider import RegisterProvider
from turnout.application.commands.retire_provider import RetireProvider
from turnout.application.commands.revise_provider import ProviderChanges, ReviseProvider
from turnout.application.health.probing import ProbeOutcome
from turnout.application.ports.views import ProviderRow
from turnout.domain.governance.actor import Actor
from turnout.domain.governance.roles import Permission
from turnout.domain.inference.capability import Capability
from turnout.domain.shared.ids import ProviderId
from turnout.interfaces.control.access import CatalogWriter, needs
from turnout.interfaces.control.handlers import Handlers
from turnout.interfaces.control.schemas import ModelBody, ProviderBody, ProviderPatch

_TRANSLATED = ("circuit", "concurrency", "further_credentials", "models", "probe", "timeouts")
"""What a body says in other words than the domain."""

Prober = Annotated[Actor, needs(Permission.HEALTH_PROBE)]


class Discovery(BaseModel):
    """Which providers to list: those with a model that offers all of these capabilities."""

    model_config = ConfigDict(extra="forbid")

    capability: list[Capability] = []


class Retirement(BaseModel):
    """How to remove a provider; `force` also while a chain names it."""

    model_config = ConfigDict(extra="forbid")

    force: bool = False


class Removed(BaseModel):
    """What was removed. If the configuration file declares it, it comes back once that changes."""

    name: str
    declared: bool


def providers_router(handlers: Handlers) -> APIRouter:
    """Return the paths below `/api/providers`."""
    router = APIRouter(
        prefix="/api/providers", tags=["providers"], dependencies=[needs(Permission.CATALOG_READ)]
    )

    @router.get("", summary="List providers, or discover those that offer capabilities")
    async def list_providers(discovery: Annotated[Discovery, Query()]) -> list[ProviderRow]:
        return await handlers.list_providers(frozenset(discovery.capability))

    @router.get("/{name}", summary="Show a provider")
    async def get_provider(name: str) -> ProviderRow:
        return await handlers.get_provider(name)

    @router.post("", status_code=201, summary="Register a provider")
    async def register_provider(
        actor: CatalogWriter, body: ProviderBody, response: Response
    ) -> ProviderRow:
        id = ProviderId(body.name)
        settings = handlers.read_entry(id, body.entry())
        await handlers.register_provider(actor, RegisterProvider(id, settings))
        response.headers["location"] = f"/api/providers/{id}"
        return await handlers.get_provider(id)

    @router.patch("/{name}", summary="Revise some of a provider's settings")
    async def revise_provider(actor: CatalogWriter, name: str, patch: ProviderPatch) -> ProviderRow:
        await handlers.revise_provider(actor, await _revision(handlers, name, patch))
        return await handlers.get_provider(name)

    @router.delete("/{name}", summary="Retire a provider")
    async def retire_provider(
        actor: CatalogWriter, name: str, how: Annotated[Retirement, Query()]
    ) -> Removed:
        row = await handlers.get_provider(name)
        await handlers.retire_provider(actor, RetireProvider(ProviderId(name), how.force))
        return Removed(name=name, declared=row.declared)

    _add_switches(router, handlers)
    return router


def _add_switches(router: APIRouter, handlers: Handlers) -> None:
    @router.post("/{name}/enable", summary="Let requests reach a provider")
    async def enable_provider(actor: CatalogWriter, name: str) -> ProviderRow:
        await handlers.enable_provider(actor, EnableProvider(ProviderId(name), enabled=True))
        return await handlers.get_provider(name)

    @router.post("/{name}/probe", summary="Ask a provider now whether it is there")
    async def probe_provider(actor: Prober, name: str) -> list[ProbeOutcome]:
        return await handlers.probe(actor, name)

    @router.post("/{name}/disable", summary="Keep requests away from a provider")
    async def disable_provider(actor: CatalogWriter, name: str) -> ProviderRow:
        await handlers.enable_provider(actor, EnableProvider(ProviderId(name), enabled=False))
        return await handlers.get_provider(name)


async def _revision(handlers: Handlers, name: str, patch: ProviderPatch) -> ReviseProvider:
    id = ProviderId(name)
    same = {key: value for key, value in patch.items() if key not in _TRANSLATED}
    changes = cast("ProviderChanges", same)
    if "further_credentials" in patch:
        changes["further_credentials"] = tuple(patch["further_credentials"])
    if "circuit" in patch:
        changes["circuit"] = patch["circuit"].rules()
    if "probe" in patch:
        changes["probe"] = patch["probe"].rules()
    if "concurrency" in patch:
        changes["concurrency"] = patch["concurrency"].rules()
    if "models" in patch:
        row = await handlers.get_provider(name)
        entry = {
            "vendor": row.vendor or None,
            "protocol": row.protocol,
            "base_url": row.base_url,
            "models": [_plain(model) for model in patch["models"]],
        }
        changes["deployments"] = handlers.read_entry(id, entry).deployments
    return ReviseProvider(id, changes, patch.get("timeouts", {}))


def _plain(model: str | ModelBody) -> object:
    return model if isinstance(model, str) else model.model_dump(exclude_unset=True)
