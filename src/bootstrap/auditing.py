"""Commands that the audit log tells of: each handler in its wrapping, with who may begin what."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from turnout.application.commands.audited import Audited
from turnout.application.ports.access_keys import KeyWork
from turnout.application.ports.accounts import AccountWork
from turnout.application.ports.audit import Deed
from turnout.application.ports.budget_store import BudgetWork
from turnout.application.ports.history import ChangedBy
from turnout.application.ports.system import Clock
from turnout.application.ports.unit_of_work import UnitOfWork
from turnout.infrastructure.persistence.access_keys import SqlKeyWork
from turnout.infrastructure.persistence.accounts import SqlAccountWork
from turnout.infrastructure.persistence.audit_log import SqlAuditLog
from turnout.infrastructure.persistence.budgets import SqlBudgetWork
from turnout.infrastructure.persistence.engine import StoreEngine
from turnout.infrastructure.persistence.sql_work import Noting
from turnout.infrastructure.persistence.unit_of_work import SqlUnitOfWork


class HasId(Protocol):
    """A command on one provider, chain or key."""

    @property
    def id(self) -> str: ...


class HasName(Protocol):
    """A command on one user or token."""

    @property
    def name(self) -> str: ...


OnId = TypeVar("OnId", bound=HasId)
OnName = TypeVar("OnName", bound=HasName)
Command = TypeVar("Command")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Auditing:
    """Wraps handlers of one store. `changed_by` is what the history of revisions will say."""

    engine: StoreEngine
    clock: Clock
    changed_by: ChangedBy = ChangedBy.API

    @property
    def log(self) -> SqlAuditLog:
        """The audit log."""
        return SqlAuditLog(self.engine, self.clock)

    def on_catalog(
        self,
        make: Callable[[Callable[[], UnitOfWork]], Callable[[OnId], Awaitable[Answer]]],
        kind: str,
    ) -> Audited[OnId, Answer, UnitOfWork]:
        """Wrap a handler of commands on the provider or chain (`kind`) with the command's id."""
        return Audited(make, self.catalog_work, self.log, lambda command: f"{kind}:{command.id}")

    def on_provider_itself(
        self, ask: Callable[[str], Awaitable[Answer]], name: str
    ) -> Audited[str, Answer, UnitOfWork]:
        """Wrap what is asked of a provider, by its name, and changes nothing in the store."""
        return Audited(
            lambda _: ask, self.catalog_work, self.log, lambda id: f"provider:{id}", name
        )

    def plain(
        self, handle: Callable[[Command], Awaitable[Answer]], about: Callable[[Command], str]
    ) -> Audited[Command, Answer, UnitOfWork]:
        """Wrap a handler that needs no unit of work; `about` names what is at stake."""
        return Audited(lambda _: handle, self.catalog_work, self.log, about)

    def on_all(
        self,
        make: Callable[[Callable[[], UnitOfWork]], Callable[[Command], Awaitable[Answer]]],
        name: str,
    ) -> Audited[Command, Answer, UnitOfWork]:
        """Wrap a handler of commands on the whole configuration."""
        return Audited(make, self.catalog_work, self.log, lambda _: "configuration", name)

    def on_accounts(
        self,
        make: Callable[[Callable[[], AccountWork]], Callable[[OnName], Awaitable[Answer]]],
        kind: str,
    ) -> Audited[OnName, Answer, AccountWork]:
        """Wrap a handler of commands on the user or token (`kind`) with the command's name."""
        return Audited(make, self.account_work, self.log, lambda command: f"{kind}:{command.name}")

    def on_keys(
        self, make: Callable[[Callable[[], KeyWork]], Callable[[OnId], Awaitable[Answer]]]
    ) -> Audited[OnId, Answer, KeyWork]:
        """Wrap a handler of commands on the access key with the command's id."""
        return Audited(make, self.key_work, self.log, lambda command: f"key:{command.id}")

    def on_budgets(
        self, make: Callable[[Callable[[], BudgetWork]], Callable[[OnId], Awaitable[Answer]]]
    ) -> Audited[OnId, Answer, BudgetWork]:
        """Wrap a handler of commands on the budget with the command's id."""
        return Audited(make, self.budget_work, self.log, lambda command: f"budget:{command.id}")

    def budget_work(self, deed: Deed, noted: Callable[[], None]) -> SqlBudgetWork:
        """Begin a unit of work that writes down `deed`."""
        return SqlBudgetWork(self.engine, self.clock, Noting(deed, noted))

    def catalog_work(self, deed: Deed, noted: Callable[[], None]) -> SqlUnitOfWork:
        """Begin a unit of work that writes down `deed`."""
        noting = Noting(deed, noted)
        return SqlUnitOfWork(self.engine, self.clock, changed_by=self.changed_by, noting=noting)

    def key_work(self, deed: Deed, noted: Callable[[], None]) -> SqlKeyWork:
        """Begin a unit of work that writes down `deed`."""
        return SqlKeyWork(self.engine, self.clock, Noting(deed, noted))

    def account_work(self, deed: Deed, noted: Callable[[], None]) -> SqlAccountWork:
        """Begin a unit of work that writes down `deed`."""
        return SqlAccountWork(self.engine, self.clock, Noting(deed, noted))
