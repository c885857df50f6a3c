"""What the control plane calls to know people, and to keep accounts and the audit log."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from turnout.application.commands.add_user import AddUser
from turnout.application.commands.issue_token import IssueToken
from turnout.application.commands.remove_user import RemoveUser
from turnout.application.commands.revise_user import ReviseUser
from turnout.application.commands.revoke_token import RevokeToken
from turnout.application.commands.set_up import SetUp
from turnout.application.commands.sign_in import OpenedSession, SignIn
from turnout.application.commands.sign_out import SignOut
from turnout.application.ports.audit import AuditLog
from turnout.application.queries.identify import Shown, Vouching
from turnout.domain.governance.accounts import AdminToken, User
from turnout.domain.governance.actor import Actor


@dataclass(frozen=True, slots=True)
class AccountHandlers:
    """Commands take the actor first. `sign_in` is limited, `sign_in_vouched` needs no limit.

    `is_fresh` tells whether nobody can be known yet; `vouching` is the identity provider, if any.
    """

    identify: Callable[[Shown], Awaitable[Actor | None]]
    is_fresh: Callable[[], Awaitable[bool]]
    set_up: Callable[[Actor, SetUp], Awaitable[None]]
    sign_in: Callable[[Actor, SignIn], Awaitable[OpenedSession]]
    sign_in_vouched: Callable[[Actor, SignIn], Awaitable[OpenedSession]]
    sign_out: Callable[[Actor, SignOut], Awaitable[None]]
    add_user: Callable[[Actor, AddUser], Awaitable[None]]
    revise_user: Callable[[Actor, ReviseUser], Awaitable[None]]
    remove_user: Callable[[Actor, RemoveUser], Awaitable[None]]
    list_users: Callable[[], Awaitable[list[User]]]
    issue_token: Callable[[Actor, IssueToken], Awaitable[str]]
    revoke_token: Callable[[Actor, RevokeToken], Awaitable[None]]
    list_tokens: Callable[[], Awaitable[list[AdminToken]]]
    audit: AuditLog
    vouching: Vouching | None = None
