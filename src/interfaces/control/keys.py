"""`/api/keys`: access keys of callers."""

from typing import Annotated

from fastapi import APIRouter, Response

from turnout.application.commands.issue_key import IssueKey
from turnout.application.commands.revoke_key import RevokeKey
from turnout.application.commands.rotate_key import RotateKey
from turnout.application.ports.access_keys import MintedToken
from turnout.domain.governance.actor import Actor
from turnout.domain.governance.roles import Permission
from turnout.domain.shared.ids import KeyId
from turnout.interfaces.control.access import needs
from turnout.interfaces.control.handlers import Handlers
from turnout.interfaces.control.key_handlers import KeyHandlers
from turnout.interfaces.control.key_schemas import (
    IssuedKeyAnswer,
    KeyAnswer,
    KeyBody,
    KeyPatch,
    Rotation,
    revision_of,
)

KeyKeeper = Annotated[Actor, needs(Permission.KEYS_WRITE)]


def keys_router(handlers: Handlers) -> APIRouter:
    """Return the paths below `/api/keys`."""
    keys = handlers.keys
    router = APIRouter(
        prefix="/api/keys", tags=["access keys"], dependencies=[needs(Permission.KEYS_READ)]
    )

    @router.get("", summary="List access keys, also those that are good no longer")
    async def list_keys() -> list[KeyAnswer]:
        return [KeyAnswer.of(key) for key in await keys.list()]

    @router.get("/{id}", summary="Show an access key")
    async def get_key(id: str) -> KeyAnswer:
        return KeyAnswer.of(await keys.get(KeyId(id)))

    @router.post("", status_code=201, summary="Issue an access key; its token is shown this once")
    async def issue_key(actor: KeyKeeper, body: KeyBody, response: Response) -> IssuedKeyAnswer:
        id = keys.new_id()
        minted = await keys.issue(actor, IssueKey(id, body.settings()))
        response.headers["location"] = f"/api/keys/{id}"
        return await _shown_once(keys, id, minted, response)

    @router.patch("/{id}", summary="Revise some of an access key's settings")
    async def revise_key(actor: KeyKeeper, id: str, patch: KeyPatch) -> KeyAnswer:
        await keys.revise(actor, revision_of(KeyId(id), patch))
        return KeyAnswer.of(await keys.get(KeyId(id)))

    @router.post("/{id}/rotate", summary="Give an access key a new token, shown this once")
    async def rotate_key(
        actor: KeyKeeper, id: str, body: Rotation, response: Response
    ) -> IssuedKeyAnswer:
        minted = await keys.rotate(actor, RotateKey(KeyId(id), body.overlap_seconds))
        return await _shown_once(keys, KeyId(id), minted, response)

    @router.delete("/{id}", summary="Revoke an access key, for ever")
    async def revoke_key(actor: KeyKeeper, id: str) -> KeyAnswer:
        await keys.revoke(actor, RevokeKey(KeyId(id)))
        return KeyAnswer.of(await keys.get(KeyId(id)))

    return router


async def _shown_once(
    keys: KeyHandlers, id: KeyId, minted: MintedToken, response: Response
) -> IssuedKeyAnswer:
    response.headers["cache-control"] = "no-store"
    shown = KeyAnswer.of(await keys.get(id)).model_dump()
    return IssuedKeyAnswer(**shown, token=minted.text)
