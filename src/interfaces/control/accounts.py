"""`/api/users` and `/api/tokens`: who may use the control plane."""

from fastapi import APIRouter, Response

from turnout.application.commands.add_user import AddUser
from turnout.application.commands.issue_token import IssueToken
from turnout.application.commands.remove_user import RemoveUser
from turnout.application.commands.revise_user import ReviseUser
from turnout.application.commands.revoke_token import RevokeToken
from turnout.domain.governance.roles import Permission
from turnout.interfaces.control.access import AccountKeeper, needs
from turnout.interfaces.control.account_handlers import AccountHandlers
from turnout.interfaces.control.account_schemas import (
    IssuedTokenAnswer,
    TokenAnswer,
    TokenBody,
    UserAnswer,
    UserBody,
    UserPatch,
)

SECONDS_A_DAY = 86400.0


def users_router(accounts: AccountHandlers) -> APIRouter:
    """Return the paths below `/api/users`."""
    router = APIRouter(
        prefix="/api/users", tags=["accounts"], dependencies=[needs(Permission.ACCOUNTS)]
    )

    @router.get("", summary="List the users of the control plane")
    async def list_users() -> list[UserAnswer]:
        return [UserAnswer.of(user) for user in await accounts.list_users()]

    @router.post("", status_code=201, summary="Add a user")
    async def add_user(actor: AccountKeeper, body: UserBody) -> UserAnswer:
        await accounts.add_user(actor, AddUser(body.name, body.role, body.password))
        return UserAnswer(name=body.name, role=body.role)

    @router.patch("/{name}", summary="Give a user another role or password")
    async def revise_user(actor: AccountKeeper, name: str, patch: UserPatch) -> UserAnswer:
        await accounts.revise_user(actor, ReviseUser(name, patch.role, patch.password))
        return await _user(accounts, name)

    @router.delete("/{name}", status_code=204, summary="Remove a user, and end their sessions")
    async def remove_user(actor: AccountKeeper, name: str) -> Response:
        await accounts.remove_user(actor, RemoveUser(name))
        return Response(status_code=204)

    return router


def tokens_router(accounts: AccountHandlers) -> APIRouter:
    """Return the paths below `/api/tokens`."""
    router = APIRouter(
        prefix="/api/tokens", tags=["accounts"], dependencies=[needs(Permission.ACCOUNTS)]
    )

    @router.get("", summary="List the admin tokens")
    async def list_tokens() -> list[TokenAnswer]:
        return [TokenAnswer.of(token) for token in await accounts.list_tokens()]

    @router.post("", status_code=201, summary="Issue an admin token; it is shown this once")
    async def issue_token(
        actor: AccountKeeper, body: TokenBody, response: Response
    ) -> IssuedTokenAnswer:
        days = body.expires_in_days
        lasts = None if days is None else days * SECONDS_A_DAY
        secret = await accounts.issue_token(actor, IssueToken(body.name, body.role, lasts))
        response.headers["cache-control"] = "no-store"
        tokens = {token.name: token for token in await accounts.list_tokens()}
        return IssuedTokenAnswer(**TokenAnswer.of(tokens[body.name]).model_dump(), token=secret)

    @router.delete("/{name}", status_code=204, summary="Revoke an admin token")
    async def revoke_token(actor: AccountKeeper, name: str) -> Response:
        await accounts.revoke_token(actor, RevokeToken(name))
        return Response(status_code=204)

    return router


async def _user(accounts: AccountHandlers, name: str) -> UserAnswer:
    users = {user.name: user for user in await accounts.list_users()}
    return UserAnswer.of(users[name])
