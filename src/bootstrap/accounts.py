"""The control plane's accounts: who it knows, by what, and the commands that change that."""

import sys
from dataclasses import dataclass
from functools import cached_property

from turnout.application.commands.add_user import AddUserHandler
from turnout.application.commands.issue_token import IssueTokenHandler
from turnout.application.commands.remove_user import RemoveUserHandler
from turnout.application.commands.revise_user import ReviseUserHandler
from turnout.application.commands.revoke_token import RevokeTokenHandler
from turnout.application.commands.set_up import SetUpHandler
from turnout.application.commands.sign_in import LimitedSignIn, SignInHandler
from turnout.application.commands.sign_out import SignOutHandler
from turnout.application.ports.system import Clock
from turnout.application.queries.identify import Identify, Vouching
from turnout.application.queries.list_accounts import ListTokens, ListUsers
from turnout.bootstrap.auditing import Auditing
from turnout.domain.governance.accounts import digest_of
from turnout.domain.governance.sign_in_limit import SignInLimit
from turnout.infrastructure.identity.passwords import Argon2Passwords
from turnout.infrastructure.identity.secrets import RandomSecrets
from turnout.infrastructure.persistence.accounts import SqlAccountWork, looking_at_accounts
from turnout.infrastructure.persistence.engine import StoreEngine
from turnout.interfaces.control.account_handlers import AccountHandlers


@dataclass(frozen=True)
class Accounts:
    """Makes the handlers, once, on one store."""

    engine: StoreEngine
    clock: Clock
    admin_token: str | None = None
    vouching: Vouching | None = None

    async def handlers(self) -> AccountHandlers:
        """Return what the control plane calls; print a set-up token if nobody could sign in."""
        setup_token = await self._setup_token()
        if setup_token is not None:
            _announce(setup_token)
        digest = None if setup_token is None else digest_of(setup_token)
        return self._handlers(digest)

    def look(self) -> SqlAccountWork:
        """Begin to read."""
        return looking_at_accounts(self.engine, self.clock)

    def write(self) -> SqlAccountWork:
        """Begin to write what the audit log does not tell."""
        return SqlAccountWork(self.engine, self.clock)

    async def _setup_token(self) -> str | None:
        """Make a token while there is neither a user nor `server.admin_token`."""
        if self.admin_token is not None or await ListUsers(self.look)():
            return None
        return RandomSecrets().next_secret()

    def _handlers(self, setup_digest: str | None) -> AccountHandlers:
        audited, passwords, secrets = self._auditing, self._passwords, RandomSecrets()
        sign_in = audited.on_accounts(
            lambda begin: SignInHandler(begin, self.look, passwords, secrets, self.clock), "user"
        )
        return AccountHandlers(
            identify=self._identify,
            is_fresh=self._identify.is_fresh,
            set_up=audited.on_accounts(
                lambda begin: SetUpHandler(begin, passwords, setup_digest), "user"
            ),
            sign_in=LimitedSignIn(sign_in, SignInLimit(), self.clock),
            sign_in_vouched=sign_in,
            sign_out=audited.on_accounts(SignOutHandler, "user"),
            add_user=audited.on_accounts(lambda begin: AddUserHandler(begin, passwords), "user"),
            revise_user=audited.on_accounts(
                lambda begin: ReviseUserHandler(begin, passwords), "user"
            ),
            remove_user=audited.on_accounts(RemoveUserHandler, "user"),
            list_users=ListUsers(self.look),
            issue_token=audited.on_accounts(
                lambda begin: IssueTokenHandler(begin, secrets, self.clock), "token"
            ),
            revoke_token=audited.on_accounts(RevokeTokenHandler, "token"),
            list_tokens=ListTokens(self.look),
            audit=audited.log,
            vouching=self.vouching,
        )

    @cached_property
    def _identify(self) -> Identify:
        return Identify(self.look, self.write, self.clock, self.admin_token, self.vouching)

    @cached_property
    def _auditing(self) -> Auditing:
        return Auditing(self.engine, self.clock)

    @cached_property
    def _passwords(self) -> Argon2Passwords:
        return Argon2Passwords()


def _announce(setup_token: str) -> None:
    print(
        "turnout: the control plane has no user yet. Whoever has this set-up token makes the "
        f"first one, by POST /api/setup, until the next start: {setup_token}",
        file=sys.stderr,
        flush=True,
    )
