"""Builds the control plane's application."""

from importlib.metadata import version

from fastapi import FastAPI, Security
from fastapi.security import HTTPBearer

from turnout.interfaces.control.access import AccessGate, Door
from turnout.interfaces.control.account_handlers import AccountHandlers
from turnout.interfaces.control.accounts import tokens_router, users_router
from turnout.interfaces.control.alerts import alerts_router, silences_router
from turnout.interfaces.control.attempts import attempts_router
from turnout.interfaces.control.audit import audit_router
from turnout.interfaces.control.body_limit import BodyLimit
from turnout.interfaces.control.budgets import budgets_router
from turnout.interfaces.control.chains import chains_router
from turnout.interfaces.control.configuration import configuration_router
from turnout.interfaces.control.dashboard import dashboard_router
from turnout.interfaces.control.docs_page import docs_router
from turnout.interfaces.control.errors import Refused, install_error_handlers
from turnout.interfaces.control.handlers import Handlers
from turnout.interfaces.control.health import health_router
from turnout.interfaces.control.keys import keys_router
from turnout.interfaces.control.live import live_router
from turnout.interfaces.control.metrics import metrics_router
from turnout.interfaces.control.oidc import oidc_router
from turnout.interfaces.control.playground import playground_router
from turnout.interfaces.control.probes import probes_router
from turnout.interfaces.control.providers import providers_router
from turnout.interfaces.control.revisions import revisions_router
from turnout.interfaces.control.routes import routes_router
from turnout.interfaces.control.security_headers import SecurityHeaders
from turnout.interfaces.control.sessions import sessions_router
from turnout.interfaces.control.usage import usage_router

TITLE = "Turnout control plane"


def make_app(handlers: Handlers, accounts: AccountHandlers, door: Door) -> FastAPI:
    """Return the application; all but what is open to everybody wants to know who asks."""
    app = FastAPI(
        title=TITLE,
        docs_url=None,
        redoc_url=None,
        version=version("turnout"),
        responses={"4XX": {"model": Refused}},
    )
    app.state.accounts = accounts
    install_error_handlers(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(AccessGate, accounts=accounts, door=door)
    app.add_middleware(SecurityHeaders, door=door)
    # The gate has looked at the token; this tells the documentation page to ask for it.
    token = [Security(HTTPBearer(auto_error=False))]
    for make in (
        providers_router,
        chains_router,
        health_router,
        routes_router,
        configuration_router,
        metrics_router,
        keys_router,
        budgets_router,
    ):
        app.include_router(make(handlers), dependencies=token)
    for tell in (usage_router, attempts_router):
        app.include_router(tell(handlers.usage), dependencies=token)
    for keep in (users_router, tokens_router):
        app.include_router(keep(accounts), dependencies=token)
    app.include_router(audit_router(accounts.audit), dependencies=token)
    app.include_router(live_router(handlers.pages.live), dependencies=token)
    for show in (revisions_router, playground_router):
        app.include_router(show(handlers.pages), dependencies=token)
    for warn in (alerts_router, silences_router):
        app.include_router(warn(handlers.alerts), dependencies=token)
    _open(app, handlers, accounts, door)
    return app


def _open(app: FastAPI, handlers: Handlers, accounts: AccountHandlers, door: Door) -> None:
    """Add what nobody need be known for, and the ways to become known."""
    app.include_router(sessions_router(accounts, door))
    app.include_router(oidc_router(accounts, door))
    app.include_router(probes_router(handlers))
    app.include_router(docs_router(TITLE))
    app.include_router(dashboard_router())
