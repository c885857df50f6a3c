"""A control plane on the store in memory, and ways to ask it."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeVar

import httpx
from fastapi import FastAPI
from granian.constants import Interfaces
from granian.server.embed import Server

from tests.fakes.accounts import FakeAuditLog
from tests.fakes.alerting import alert_handlers
from tests.fakes.budgets import FakeBudgets
from tests.fakes.keys import FakeKeyStore, PlainTokens
from tests.fakes.pages import page_handlers
from tests.fakes.store import FakeChainView, FakeProviderView, FakeStore
from tests.fakes.system import FrozenClock
from tests.fakes.usage import FakeUsage
from tests.support.catalog import plain_settings
from tests.support.people import FakePeople
from turnout.application.commands.audited import Audited
from turnout.application.commands.define_chain import DefineChainHandler
from turnout.application.commands.enable_provider import EnableProviderHandler
from turnout.application.commands.issue_key import IssueKeyHandler
from turnout.application.commands.register_provider import RegisterProviderHandler
from turnout.application.commands.remove_budget import RemoveBudgetHandler
from turnout.application.commands.remove_chain import RemoveChainHandler
from turnout.application.commands.retire_provider import RetireProviderHandler
from turnout.application.commands.revise_chain import ReviseChainHandler
from turnout.application.commands.revise_key import ReviseKeyHandler
from turnout.application.commands.revise_provider import ReviseProviderHandler
from turnout.application.commands.revoke_key import RevokeKeyHandler
from turnout.application.commands.rotate_key import RotateKeyHandler
from turnout.application.commands.set_budget import SetBudgetHandler
from turnout.application.health.probing import ProbeOutcome
from turnout.application.ports.access_keys import KeyWork
from turnout.application.ports.health_store import Transition
from turnout.application.ports.unit_of_work import UnitOfWork
from turnout.application.ports.views import ChainView, ProviderView
from turnout.application.queries.explain_route import Explanation
from turnout.application.queries.get_budget import GetBudget
from turnout.application.queries.get_chain import GetChain
from turnout.application.queries.get_key import GetKey
from turnout.application.queries.get_provider import GetProvider
from turnout.application.queries.health_overview import HealthRow
from turnout.application.queries.list_budgets import ListBudgets
from turnout.application.queries.list_chains import ListChains
from turnout.application.queries.list_providers import ListProviders
from turnout.domain.catalog.provider import ProviderSettings
from turnout.domain.governance.actor import Actor
from turnout.domain.governance.limit_rules import NO_LIMITS, LimitRules
from turnout.domain.inference.capability import Requirement
from turnout.domain.shared.ids import ProviderId
from turnout.interfaces.control.access import Door
from turnout.interfaces.control.alert_handlers import AlertHandlers
from turnout.interfaces.control.app import make_app
from turnout.interfaces.control.budget_handlers import BudgetHandlers
from turnout.interfaces.control.handlers import ConfigurationStatus, Handlers
from turnout.interfaces.control.key_handlers import KeyHandlers
from turnout.interfaces.control.page_handlers import PageHandlers

LOOPBACK = "http://127.0.0.1"
LOCAL = Door()


@dataclass
class FakeControl:
    """`entries` are those that `read_entry` was given; `answer` is what explaining gives."""

    store: FakeStore = field(default_factory=FakeStore)
    entries: list[Mapping[str, object]] = field(default_factory=list)
    asked: list[tuple[str, Requirement]] = field(default_factory=list)
    answer: Explanation = field(default_factory=lambda: Explanation("m", 0, None))
    is_ready: bool = True
    keys: FakeKeyStore = field(default_factory=FakeKeyStore)
    people: FakePeople = field(default_factory=FakePeople)
    health: list[HealthRow] = field(default_factory=list)
    transitions: list[Transition] = field(default_factory=list)
    outcomes: list[ProbeOutcome] = field(default_factory=list)
    pages: PageHandlers = field(default_factory=page_handlers)
    alerts: AlertHandlers = field(default_factory=alert_handlers)
    usage: FakeUsage = field(default_factory=FakeUsage)
    budgets: FakeBudgets = field(default_factory=FakeBudgets)
    limits: LimitRules = NO_LIMITS
    status: ConfigurationStatus = field(
        default_factory=lambda: ConfigurationStatus(7, True, ("a.yaml",), 1.0, None, (), ())
    )

    def read_entry(self, id: ProviderId, entry: Mapping[str, object]) -> ProviderSettings:
        """Take the keys and the models' names from the entry; the rest stays plain."""
        self.entries.append(entry)
        models = entry["models"]
        assert isinstance(models, list)
        names = [model if isinstance(model, str) else model["name"] for model in models]
        settings = plain_settings(id, *names)
        keys = entry.get("api_keys") or [entry.get("api_key")]
        assert isinstance(keys, list)
        return replace(settings, credential=keys[0], further_credentials=tuple(keys[1:]))

    def explain(self, model: str, needs: Requirement) -> Explanation:
        self.asked.append((model, needs))
        return self.answer

    async def health_overview(self) -> list[HealthRow]:
        return self.health

    async def health_transitions(self, limit: int) -> list[Transition]:
        return self.transitions[:limit]

    async def metrics(self, accept: str) -> tuple[bytes, str]:
        return f"# for {accept}\n".encode(), "text/plain; version=0.0.4"

    async def probe(self, actor: Actor, name: str) -> list[ProbeOutcome]:
        del actor, name
        return self.outcomes

    def app(self, admin_token: str | None = None, door: Door = LOCAL) -> FastAPI:
        views = FakeProviderView(self.store), FakeChainView(self.store)
        handlers = handlers_on(self.store.begin, *views, self)
        return make_app(handlers, self.people.handlers(admin_token), door)

    @asynccontextmanager
    async def client(
        self, admin_token: str | None = None, door: Door = LOCAL, base_url: str = LOOPBACK
    ) -> AsyncIterator[httpx.AsyncClient]:
        """A client of the application, in memory."""
        transport = httpx.ASGITransport(self.app(admin_token, door), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=base_url) as client:
            yield client


def handlers_on(
    begin: Callable[[], UnitOfWork],
    provider_view: ProviderView,
    chain_view: ChainView,
    control: FakeControl,
) -> Handlers:
    log = control.people.log
    return Handlers(
        register_provider=_audited(RegisterProviderHandler, begin, log, "provider"),
        revise_provider=_audited(ReviseProviderHandler, begin, log, "provider"),
        enable_provider=_audited(EnableProviderHandler, begin, log, "provider"),
        retire_provider=_audited(RetireProviderHandler, begin, log, "provider"),
        define_chain=_audited(DefineChainHandler, begin, log, "chain"),
        revise_chain=_audited(ReviseChainHandler, begin, log, "chain"),
        remove_chain=_audited(RemoveChainHandler, begin, log, "chain"),
        list_providers=ListProviders(provider_view),
        get_provider=GetProvider(provider_view),
        list_chains=ListChains(chain_view),
        get_chain=GetChain(chain_view),
        explain_route=control.explain,
        health_overview=control.health_overview,
        health_transitions=control.health_transitions,
        probe=control.probe,
        configuration_status=lambda: control.status,
        metrics=control.metrics,
        read_entry=control.read_entry,
        ready=lambda: control.is_ready,
        keys=key_handlers_on(control.keys, log),
        budgets=budget_handlers_on(control, log),
        pages=control.pages,
        alerts=control.alerts,
        usage=control.usage.handlers(),
    )


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


Command = TypeVar("Command", bound=_HasId)
Answer = TypeVar("Answer")


def _audited(
    make: Callable[[Callable[[], UnitOfWork]], Callable[[Command], Awaitable[Answer]]],
    begin: Callable[[], UnitOfWork],
    log: FakeAuditLog,
    kind: str,
) -> Audited[Command, Answer, UnitOfWork]:
    """A handler whose units of work write nothing into the log, so that its wrapping does."""
    return Audited(make, lambda deed, noted: begin(), log, lambda command: f"{kind}:{command.id}")


def key_handlers_on(store: FakeKeyStore, log: FakeAuditLog) -> KeyHandlers:
    """Handlers of access keys on the store in memory."""
    tokens, clock, begin = PlainTokens(), FrozenClock(), store.begin
    return KeyHandlers(
        issue=_audited_keys(lambda b: IssueKeyHandler(b, tokens, clock), begin, log),
        revise=_audited_keys(ReviseKeyHandler, begin, log),
        rotate=_audited_keys(lambda b: RotateKeyHandler(b, tokens, clock), begin, log),
        revoke=_audited_keys(lambda b: RevokeKeyHandler(b, clock), begin, log),
        list=store.list,
        get=GetKey(store),
        new_id=tokens.new_id,
    )


def budget_handlers_on(control: FakeControl, log: FakeAuditLog) -> BudgetHandlers:
    """Handlers of budgets on those in memory."""
    store, clock = control.budgets, FrozenClock()

    def about(command: _HasId) -> str:
        return f"budget:{command.id}"

    return BudgetHandlers(
        set=Audited(SetBudgetHandler, lambda deed, noted: store.begin(), log, about),
        remove=Audited(RemoveBudgetHandler, lambda deed, noted: store.begin(), log, about),
        list=ListBudgets(store, clock),
        get=GetBudget(store, clock),
        limits=lambda: control.limits,
    )


def _audited_keys(
    make: Callable[[Callable[[], KeyWork]], Callable[[Command], Awaitable[Answer]]],
    begin: Callable[[], KeyWork],
    log: FakeAuditLog,
) -> Audited[Command, Answer, KeyWork]:
    return Audited(make, lambda deed, noted: begin(), log, lambda command: f"key:{command.id}")


def problem(answer: httpx.Response) -> tuple[int, str, str | None]:
    """Status, code and field of a refusal; it has the one shape and nothing else."""
    body = answer.json()
    assert set(body) == {"error"}
    error = body["error"]
    assert set(error) == {"code", "message", "field"}
    return answer.status_code, error["code"], error["field"]


@asynccontextmanager
async def serving_control(app: FastAPI) -> AsyncIterator[str]:
    """Serve `app` by Granian on a real socket, in this process and loop; gives the address."""
    with socket.socket() as reserved:
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
        server = Server(
            app, address="127.0.0.1", port=port, interface=Interfaces.ASGINL, log_enabled=False
        )
        running = asyncio.create_task(server.serve())
        try:
            await _accepting(port)
            yield f"{LOOPBACK}:{port}"
        finally:
            server.stop()  # type: ignore[no-untyped-call]
            await running


async def _accepting(port: int) -> None:
    async with asyncio.timeout(20):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                await asyncio.sleep(0.01)  # the server cannot tell us
                continue
            writer.close()
            await writer.wait_closed()
            return
