"""Who may use a control plane under test: account handlers on accounts in memory."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from tests.fakes.accounts import (
    CountedSecrets,
    FakeAccounts,
    FakeAuditLog,
    FakeIdentities,
    PlainPasswords,
)
from tests.fakes.system import FrozenClock
from turnout.application.commands.add_user import AddUserHandler
from turnout.application.commands.audited import Audited
from turnout.application.commands.issue_token import IssueTokenHandler
from turnout.application.commands.remove_user import RemoveUserHandler
from turnout.application.commands.revise_user import ReviseUserHandler
from turnout.application.commands.revoke_token import RevokeTokenHandler
from turnout.application.commands.set_up import SetUpHandler
from turnout.application.commands.sign_in import LimitedSignIn, SignInHandler
from turnout.application.commands.sign_out import SignOutHandler
from turnout.application.ports.accounts import AccountWork
from turnout.application.queries.identify import Identify, Vouching
from turnout.application.queries.list_accounts import ListTokens, ListUsers
from turnout.domain.governance.accounts import AdminToken, User, digest_of
from turnout.domain.governance.roles import Role
from turnout.domain.governance.sign_in_limit import SignInLimit
from turnout.interfaces.control.account_handlers import AccountHandlers

PASSWORD = "correct horse battery"
SETUP_TOKEN = "setup-token"


class _HasName(Protocol):
    @property
    def name(self) -> str: ...


Command = TypeVar("Command", bound=_HasName)
Answer = TypeVar("Answer")


@dataclass
class FakePeople:
    """`identities` is who the identity provider knows; None where there is no identity provider."""

    accounts: FakeAccounts = field(default_factory=FakeAccounts)
    log: FakeAuditLog = field(default_factory=FakeAuditLog)
    clock: FrozenClock = field(default_factory=FrozenClock)
    passwords: PlainPasswords = field(default_factory=PlainPasswords)
    identities: FakeIdentities | None = None

    def user(self, name: str, role: Role) -> None:
        """Make a user whose password is PASSWORD."""
        self.accounts.users[name] = User(name, role, f"hash of {PASSWORD}")

    def token(self, name: str, role: Role, expires_at: float | None = None) -> dict[str, str]:
        """Make a token; returns the header that shows it."""
        secret = f"token-of-{name}"
        self.accounts.tokens[name] = AdminToken(name, role, digest_of(secret), expires_at)
        return {"authorization": f"Bearer {secret}"}

    def handlers(self, admin_token: str | None = None) -> AccountHandlers:
        begin, secrets = self.accounts.begin, CountedSecrets()
        vouching = None
        if self.identities is not None:
            roles = {"admins": Role.ADMIN, "staff": Role.VIEWER}
            vouching = Vouching(self.identities, roles, takes_bearers=True)
        identify = Identify(begin, begin, self.clock, admin_token, vouching)
        sign_in = self._audited(
            lambda work: SignInHandler(work, begin, self.passwords, secrets, self.clock), "user"
        )
        return AccountHandlers(
            identify=identify,
            is_fresh=identify.is_fresh,
            set_up=self._audited(
                lambda work: SetUpHandler(work, self.passwords, digest_of(SETUP_TOKEN)), "user"
            ),
            sign_in=LimitedSignIn(sign_in, SignInLimit(), self.clock),
            sign_in_vouched=sign_in,
            sign_out=self._audited(SignOutHandler, "user"),
            add_user=self._audited(lambda work: AddUserHandler(work, self.passwords), "user"),
            revise_user=self._audited(lambda work: ReviseUserHandler(work, self.passwords), "user"),
            remove_user=self._audited(RemoveUserHandler, "user"),
            list_users=ListUsers(begin),
            issue_token=self._audited(
                lambda work: IssueTokenHandler(work, secrets, self.clock), "token"
            ),
            revoke_token=self._audited(RevokeTokenHandler, "token"),
            list_tokens=ListTokens(begin),
            audit=self.log,
            vouching=vouching,
        )

    def _audited(
        self,
        make: Callable[[Callable[[], AccountWork]], Callable[[Command], Awaitable[Answer]]],
        kind: str,
    ) -> Audited[Command, Answer, AccountWork]:
        return Audited(
            make,
            self.accounts.noting(self.log),
            self.log,
            lambda command: f"{kind}:{command.name}",
        )
