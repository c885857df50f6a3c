"""Asks a running gateway's control plane, for the command line."""

import asyncio
from collections.abc import Iterable
from typing import TypeVar
from urllib.parse import quote, urlencode

import msgspec

from turnout.application.health.standing import Standing
from turnout.application.ports.views import ProviderRow
from turnout.application.queries.explain_route import Explanation
from turnout.domain.catalog.concurrency_rules import ConcurrencyRules
from turnout.domain.catalog.deployment import Deployment
from turnout.domain.inference.capability import Capability, Requirement
from turnout.domain.inference.failure import ProviderFailure
from turnout.domain.routing.hedge_rules import HedgeRules
from turnout.domain.routing.route_plan import Drop, PlannedTarget, RoutePlan
from turnout.domain.routing.routing_policy import Strategy
from turnout.domain.shared.ids import DeploymentId, ProviderId
from turnout.infrastructure.transport.engine import EngineOptions, HttpRequest
from turnout.infrastructure.transport.http1_engine import Http1Engine
from turnout.interfaces.cli.actions import ControlPlane, NoAnswer

PATIENCE_SECONDS = 10.0
Answer = TypeVar("Answer")


class _Target(msgspec.Struct):
    tier: int
    via: str
    provider: str
    model: str
    upstream: str
    capabilities: frozenset[Capability]
    weight: float = 1.0
    why: str | None = None
    concurrency: ConcurrencyRules | None = None
    health: Standing | None = None


class _Explained(msgspec.Struct):
    """The answer of `/api/routes/explain`."""

    model: str
    route: str
    strategy: Strategy
    revision: int
    deadline_seconds: float | None
    max_attempts: int | None
    targets: list[_Target]
    dropped: list[Drop]
    hedge: HedgeRules | None = None


def explain_at(plane: ControlPlane, model: str, needs: Requirement) -> Explanation:
    """Have the gateway explain a request. Raises NoAnswer, also for a model it does not know."""
    question = {
        "model": model,
        "needs": ",".join(sorted(needs.capabilities)),
        "input_tokens": str(needs.input_tokens),
    }
    found = asyncio.run(_get(plane, "/api/routes/explain", question.items(), _Explained))
    targets = tuple(
        PlannedTarget(
            Deployment(
                ProviderId(target.provider), target.model, target.upstream, target.capabilities
            ),
            target.tier,
            target.via,
            target.weight,
        )
        for target in found.targets
    )
    return Explanation(
        found.model,
        found.revision,
        RoutePlan(found.route, targets, tuple(found.dropped), found.strategy),
        deadline_seconds=found.deadline_seconds,
        max_attempts=found.max_attempts,
        hedge=found.hedge,
        concurrency=_known(targets, (told.concurrency for told in found.targets)),
        standings=_known(targets, (told.health for told in found.targets)),
        reasons=_known(targets, (told.why for told in found.targets)),
    )


def _known(
    targets: Iterable[PlannedTarget], told: Iterable[Answer | None]
) -> dict[DeploymentId, Answer]:
    """Return what is told of each target, where something is."""
    pairs = zip(targets, told, strict=True)
    return {target.id: known for target, known in pairs if known is not None}


def providers_at(plane: ControlPlane, capabilities: frozenset[Capability]) -> list[ProviderRow]:
    """List the gateway's providers that offer all of `capabilities`. Raises NoAnswer."""
    wanted = [("capability", word) for word in sorted(capabilities)]
    return asyncio.run(_get(plane, "/api/providers", wanted, list[ProviderRow]))


async def _get(
    plane: ControlPlane, path: str, query: Iterable[tuple[str, str]], form: type[Answer]
) -> Answer:
    asked = urlencode(list(query), quote_via=quote)
    return await ask(plane, "GET", f"{path}?{asked}", form)


async def ask(
    plane: ControlPlane, method: str, path: str, form: type[Answer], body: bytes = b""
) -> Answer:
    """Send a request, with a body of JSON if it has one; return what its answer is in `form`.

    Raises NoAnswer.
    """
    answer = await ask_bytes(plane, method, path, body)
    try:
        return msgspec.json.decode(answer, type=form)
    except msgspec.DecodeError as error:
        raise NoAnswer(f"{plane.url}: expected the control plane of a Turnout: {error}") from None


async def ask_bytes(plane: ControlPlane, method: str, path: str, body: bytes = b"") -> bytes:
    """Send a request, with a body of JSON if it has one; return its answer's body.

    Raises NoAnswer.
    """
    headers = [("authorization", f"Bearer {plane.token}")] if plane.token else []
    if body:
        headers.append(("content-type", "application/json"))
    engine = Http1Engine(EngineOptions())
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            request = HttpRequest(method, f"{plane.url}{path}", tuple(headers), body)
            reply = await engine.send(request)
    except TimeoutError:
        raise NoAnswer(f"{plane.url} was silent for {PATIENCE_SECONDS:g} s") from None
    except ProviderFailure as failure:
        raise NoAnswer(f"{plane.url}: {failure.message}") from None
    finally:
        await engine.close()
    if not 200 <= reply.status < 300:
        raise NoAnswer(f"{plane.url} refused with {reply.status}: {_said(reply.body)}")
    return reply.body


def _said(body: bytes) -> str:
    """Return the message of a refusal, or what came instead of one."""
    try:
        return str(msgspec.json.decode(body)["error"]["message"])
    except (msgspec.DecodeError, KeyError, TypeError):
        return repr(body[:200])
