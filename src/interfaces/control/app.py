"""Builds the control plane's application."""

from importlib.metadata import version

from fastapi import FastAPI, Security
from fastapi.security import HTTPBearer

from turnout.interfaces.control.access import AccessGate
from turnout.interfaces.control.body_limit import BodyLimit
from turnout.interfaces.control.chains import chains_router
from turnout.interfaces.control.configuration import configuration_router
from turnout.interfaces.control.docs_page import docs_router
from turnout.interfaces.control.errors import Refused, install_error_handlers
from turnout.interfaces.control.handlers import Handlers
from turnout.interfaces.control.probes import probes_router
from turnout.interfaces.control.providers import providers_router
from turnout.interfaces.control.routes import routes_router

TITLE = "Turnout control plane"


def make_app(handlers: Handlers, *, admin_token: str | None = None) -> FastAPI:
    """Return the application; with a token, all but probes and documentation needs it.

    Without one it must be reachable from this machine only.
    """
    app = FastAPI(
        title=TITLE,
        docs_url=None,
        redoc_url=None,
        version=version("turnout"),
        responses={"4XX": {"model": Refused}},
    )
    install_error_handlers(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(AccessGate, token=admin_token)
    # The gate has checked the token; this tells the documentation page to ask for it.
    token = [] if admin_token is None else [Security(HTTPBearer(auto_error=False))]
    for make in (providers_router, chains_router, routes_router, configuration_router):
        app.include_router(make(handlers), dependencies=token)
    app.include_router(probes_router(handlers))
    app.include_router(docs_router(TITLE))
    return app
