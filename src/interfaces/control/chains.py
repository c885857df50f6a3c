"""`/api/chains`."""

from fastapi import APIRouter, Response

from turnout.application.commands.define_chain import DefineChain
from turnout.application.commands.remove_chain import RemoveChain
from turnout.application.commands.revise_chain import ChainChanges, ReviseChain
from turnout.application.ports.views import ChainRow
from turnout.domain.governance.roles import Permission
from turnout.domain.routing.cache_policy import CacheRules
from turnout.domain.routing.fallback_chain import ChainRules, Target, Tier
from turnout.domain.shared.ids import ChainId
from turnout.interfaces.control.access import CatalogWriter, needs
from turnout.interfaces.control.handlers import Handlers
from turnout.interfaces.control.providers import Removed
from turnout.interfaces.control.schemas import CacheBody, ChainBody, ChainPatch, TargetBody, Tiers


def chains_router(handlers: Handlers) -> APIRouter:
    """Return the paths below `/api/chains`."""
    router = APIRouter(
        prefix="/api/chains", tags=["chains"], dependencies=[needs(Permission.CATALOG_READ)]
    )

    @router.get("", summary="List fallback chains")
    async def list_chains() -> list[ChainRow]:
        return await handlers.list_chains()

    @router.get("/{name}", summary="Show a chain")
    async def get_chain(name: str) -> ChainRow:
        return await handlers.get_chain(name)

    @router.post("", status_code=201, summary="Define a chain")
    async def define_chain(actor: CatalogWriter, body: ChainBody, response: Response) -> ChainRow:
        id = ChainId(body.name)
        await handlers.define_chain(actor, DefineChain(id, _rules(body)))
        response.headers["location"] = f"/api/chains/{id}"
        return await handlers.get_chain(id)

    @router.patch("/{name}", summary="Revise some of a chain's rules")
    async def revise_chain(actor: CatalogWriter, name: str, patch: ChainPatch) -> ChainRow:
        await handlers.revise_chain(actor, ReviseChain(ChainId(name), _changes(patch)))
        return await handlers.get_chain(name)

    @router.delete("/{name}", summary="Remove a chain")
    async def remove_chain(actor: CatalogWriter, name: str) -> Removed:
        row = await handlers.get_chain(name)
        await handlers.remove_chain(actor, RemoveChain(ChainId(name)))
        return Removed(name=name, declared=row.declared)

    return router


def _rules(body: ChainBody) -> ChainRules:
    return ChainRules(
        _tiers(body.tiers),
        body.strategy,
        body.deadline_seconds,
        body.max_attempts,
        None if body.on is None else frozenset(body.on),
        cache=_cache(body.cache),
        rescue=body.rescue,
        sticky=None if body.sticky is None else body.sticky.rules(),
        hedge=None if body.hedge is None else body.hedge.rules(),
    )


def _changes(patch: ChainPatch) -> ChainChanges:
    changes: ChainChanges = {}
    if "tiers" in patch:
        changes["tiers"] = _tiers(patch["tiers"])
    if "strategy" in patch:
        changes["strategy"] = patch["strategy"]
    if "deadline_seconds" in patch:
        changes["deadline_seconds"] = patch["deadline_seconds"]
    if "max_attempts" in patch:
        changes["max_attempts"] = patch["max_attempts"]
    if "on" in patch:
        changes["on"] = None if patch["on"] is None else frozenset(patch["on"])
    if "rescue" in patch:
        changes["rescue"] = patch["rescue"]
    if "cache" in patch:
        changes["cache"] = _cache(patch["cache"])
    if "sticky" in patch:
        changes["sticky"] = None if patch["sticky"] is None else patch["sticky"].rules()
    if "hedge" in patch:
        changes["hedge"] = None if patch["hedge"] is None else patch["hedge"].rules()
    return changes


def _cache(body: CacheBody | None) -> CacheRules | None:
    return None if body is None else CacheRules(**body.model_dump())


def _tiers(tiers: Tiers) -> tuple[Tier, ...]:
    return tuple(tuple(_target(item) for item in tier) for tier in tiers)


def _target(item: str | TargetBody) -> Target:
    if isinstance(item, str):
        return Target.parse(item)
    return Target.parse(item.target, weight=item.weight)
