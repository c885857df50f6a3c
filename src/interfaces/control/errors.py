"""How the control plane says no: always `{"error": {"code", "message", "field"}}`."""

from collections.abc import Mapping
from http import HTTPStatus
from math import ceil

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from turnout.application.commands.sign_in import TooManyTries
from turnout.domain.shared.errors import DomainError
from turnout.interfaces.control.validation import faults_in

_CONFLICTS = ("exists", "in_use", "changed_meanwhile", "revoked", "last_admin")
_WHO_MAY = {
    "access.forbidden": HTTPStatus.FORBIDDEN,
    "session.no_role": HTTPStatus.FORBIDDEN,
    "session.refused": HTTPStatus.UNAUTHORIZED,
    "session.state": HTTPStatus.FORBIDDEN,
    "session.vouching": HTTPStatus.FORBIDDEN,
    "setup.refused": HTTPStatus.FORBIDDEN,
}
_FIELDS = {
    "chain.cache_ttl": "cache.ttl_seconds",
    "chain.deadline": "deadline_seconds",
    "chain.duplicate_target": "tiers",
    "budget.alerts": "alerts",
    "budget.limit": "limit_dollars",
    "budget.subject": "subject",
    "chain.empty": "tiers",
    "chain.max_attempts": "max_attempts",
    "chain.name": "name",
    "chain.sticky": "sticky",
    "chain.target": "tiers",
    "chain.unknown_model": "tiers",
    "chain.unknown_target": "tiers",
    "chain.weight": "tiers",
    "circuit.cap": "circuit",
    "silence.empty": "subject",
    "silence.not_positive": "seconds",
    "silence.reason": "reason",
    "deployment.name": "models",
    "deployment.window": "models",
    "key.expired": "expires_at",
    "key.metadata": "metadata",
    "key.name": "name",
    "key.network": "networks",
    "key.overlap": "overlap_seconds",
    "key.project": "project",
    "key.team": "team",
    "price.negative": "models",
    "provider.address": "base_url",
    "provider.base_url": "base_url",
    "provider.beyond_protocol": "models",
    "provider.credentials": "further_credentials",
    "provider.duplicate_credential": "further_credentials",
    "provider.duplicate_model": "models",
    "provider.header": "headers",
    "provider.name": "name",
    "provider.weight": "weight",
    "route.unknown_model": "model",
    "stickiness.header": "sticky",
    "timeouts.not_positive": "timeouts",
    "token.name": "name",
    "usage.span": "since",
    "user.name": "name",
    "user.password": "password",
}


class Problem(BaseModel):
    """What was wrong: a stable code, words for people, and the field at fault if it is one."""

    code: str
    message: str
    field: str | None = None


class Refused(BaseModel):
    """The body of every answer that is not a success."""

    error: Problem


def refused(
    status: int,
    code: str,
    message: str,
    *,
    field: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Return an answer in the one shape."""
    body = Refused(error=Problem(code=code, message=message, field=field))
    return JSONResponse(body.model_dump(), status, headers)


def install_error_handlers(app: FastAPI) -> None:
    """Give every error of `app` the one shape."""
    app.add_exception_handler(DomainError, _domain_error)
    app.add_exception_handler(TooManyTries, _too_many_tries)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _unexpected)


def status_of(code: str) -> int:
    """Return the HTTP status for a DomainError's code."""
    rule = code.partition(".")[2]
    if code in _WHO_MAY:
        return _WHO_MAY[code]
    if rule == "unknown" or code == "route.unknown_model":
        return HTTPStatus.NOT_FOUND
    if rule in _CONFLICTS:
        return HTTPStatus.CONFLICT
    return HTTPStatus.UNPROCESSABLE_ENTITY


async def _domain_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DomainError)
    field = _FIELDS.get(error.code)
    return refused(status_of(error.code), error.code, error.message, field=field)


async def _too_many_tries(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, TooManyTries)
    headers = {"retry-after": str(ceil(error.wait_seconds))}
    return refused(HTTPStatus.TOO_MANY_REQUESTS, "session.too_many", str(error), headers=headers)


async def _invalid_request(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    faults = faults_in(error)
    if faults[0].is_syntax:
        return refused(HTTPStatus.BAD_REQUEST, "request.malformed", str(faults[0]))
    words = "; ".join(str(fault) for fault in faults)
    return refused(HTTPStatus.UNPROCESSABLE_ENTITY, "request.invalid", words, field=faults[0].field)


async def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    phrase = HTTPStatus(error.status_code).phrase
    code = f"request.{phrase.lower().replace(' ', '_')}"
    message = f"{request.method} {request.url.path}: {phrase.lower()}"
    return refused(error.status_code, code, message, headers=error.headers)


async def _unexpected(_: Request, __: Exception) -> JSONResponse:
    # The server logs what it was; it may say more than the caller should know.
    return refused(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", "an unexpected error: see the log")
