"""`/api/setup` and `/api/session`: the first admin, signing in and out, and who one is."""

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from turnout.application.commands.set_up import SetUp
from turnout.application.commands.sign_in import SignIn
from turnout.application.commands.sign_out import SignOut
from turnout.domain.governance.actor import Actor, ActorKind
from turnout.domain.governance.roles import PERMISSIONS, Permission, Role
from turnout.interfaces.control.access import Door, Known, address_of
from turnout.interfaces.control.account_handlers import AccountHandlers
from turnout.interfaces.control.account_schemas import SetUpBody, SignInBody, UserAnswer
from turnout.interfaces.control.cookies import (
    csrf_token,
    give_session,
    is_secure,
    session_cookie,
    take_session,
)


class SessionAnswer(BaseModel):
    """Who one is, and what one may do."""

    kind: ActorKind
    name: str
    role: Role | None
    permissions: list[Permission]
    csrf_token: str | None = Field(description="To send as x-csrf-token where a cookie signs in")

    @classmethod
    def of(cls, actor: Actor, session_secret: str | None) -> "SessionAnswer":
        """Show an actor."""
        allowed = sorted(PERMISSIONS[actor.role]) if actor.role else []
        token = None if session_secret is None else csrf_token(session_secret)
        return cls(
            kind=actor.kind,
            name=actor.name,
            role=actor.role,
            permissions=allowed,
            csrf_token=token,
        )


def sessions_router(accounts: AccountHandlers, door: Door) -> APIRouter:
    """Return the paths."""
    router = APIRouter(prefix="/api", tags=["accounts"])

    @router.post("/setup", status_code=201, summary="Make the first admin")
    async def set_up(request: Request, body: SetUpBody) -> UserAnswer:
        command = SetUp(body.name, body.token, body.password)
        await accounts.set_up(nobody(body.name, request), command)
        return UserAnswer(name=body.name, role=Role.ADMIN)

    @router.post("/session", status_code=201, summary="Sign in")
    async def sign_in(request: Request, response: Response, body: SignInBody) -> SessionAnswer:
        command = SignIn(body.name, body.password)
        opened = await accounts.sign_in(nobody(body.name, request), command)
        give_session(response, opened.secret, secure=is_secure(request.scope, door.public_url))
        response.headers["cache-control"] = "no-store"
        return SessionAnswer.of(Actor(ActorKind.USER, opened.user, opened.role), opened.secret)

    @router.get("/session", summary="Tell who one is")
    async def who_am_i(request: Request, response: Response, actor: Known) -> SessionAnswer:
        response.headers["cache-control"] = "no-store"
        is_by_cookie = actor.kind is ActorKind.USER and "authorization" not in request.headers
        return SessionAnswer.of(actor, _secret(request, door) if is_by_cookie else None)

    @router.delete("/session", status_code=204, summary="Sign out")
    async def sign_out(request: Request, actor: Known) -> Response:
        answer = Response(status_code=204)
        if secret := _secret(request, door):
            await accounts.sign_out(actor, SignOut(actor.name, secret))
            take_session(answer, secure=is_secure(request.scope, door.public_url))
        return answer

    return router


def nobody(name: str, request: Request) -> Actor:
    """Return the actor who says that they are `name`, and has not proved it yet."""
    return Actor(ActorKind.NOBODY, name, None, address_of(request.scope))


def _secret(request: Request, door: Door) -> str | None:
    return request.cookies.get(session_cookie(is_secure(request.scope, door.public_url)))
