"""`/api/providers`."""

from typing import Annotated, cast

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict

from turnout.application.commands.enable_provider import EnableProvider
from turnout.application.commands.register_provider import RegisterProvider
from turnout.application.commands.retire_provider import RetireProvider
from turnout.application.commands.revise_provider import ProviderChanges, ReviseProvider
from turnout.application.ports.views import ProviderRow
from turnout.domain.inference.capability import Capability
from turnout.domain.shared.ids import ProviderId
from turnout.interfaces.control.handlers import Handlers
from turnout.interfaces.control.schemas import ModelBody, ProviderBody, ProviderPatch


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
    router = APIRouter(prefix="/api/providers", tags=["providers"])

    @router.get("", summary="List providers, or discover those that offer capabilities")
    async def list_providers(discovery: Annotated[Discovery, Query()]) -> list[ProviderRow]:
        return await handlers.list_providers(frozenset(discovery.capability))

    @router.get("/{name}", summary="Show a provider")
    async def get_provider(name: str) -> ProviderRow:
        return await handlers.get_provider(name)

    @router.post("", status_code=201, summary="Register a provider")
    async def register_provider(body: ProviderBody, response: Response) -> ProviderRow:
        id = ProviderId(body.name)
        settings = handlers.read_entry(id, body.entry())
        await handlers.register_provider(RegisterProvider(id, settings))
        response.headers["location"] = f"/api/providers/{id}"
        return await handlers.get_provider(id)

    @router.patch("/{name}", summary="Revise some of a provider's settings")
    async def revise_provider(name: str, patch: ProviderPatch) -> ProviderRow:
        await handlers.revise_provider(await _revision(handlers, name, patch))
        return await handlers.get_provider(name)

    @router.delete("/{name}", summary="Retire a provider")
    async def retire_provider(name: str, how: Annotated[Retirement, Query()]) -> Removed:
        row = await handlers.get_provider(name)
        await handlers.retire_provider(RetireProvider(ProviderId(name), how.force))
        return Removed(name=name, declared=row.declared)

    _add_switches(router, handlers)
    return router


def _add_switches(router: APIRouter, handlers: Handlers) -> None:
    @router.post("/{name}/enable", summary="Let requests reach a provider")
    async def enable_provider(name: str) -> ProviderRow:
        await handlers.enable_provider(EnableProvider(ProviderId(name), enabled=True))
        return await handlers.get_provider(name)

    @router.post("/{name}/disable", summary="Keep requests away from a provider")
    async def disable_provider(name: str) -> ProviderRow:
        await handlers.enable_provider(EnableProvider(ProviderId(name), enabled=False))
        return await handlers.get_provider(name)


async def _revision(handlers: Handlers, name: str, patch: ProviderPatch) -> ReviseProvider:
    id = ProviderId(name)
    same = {key: value for key, value in patch.items() if key not in ("models", "timeouts")}
    changes = cast("ProviderChanges", same)
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
