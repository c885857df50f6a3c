"""What the commands on accounts and on the audit log do, as callables that bootstrap gives."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from turnout.application.ports.audit import AuditVerdict
from turnout.domain.governance.accounts import AdminToken, User
from turnout.domain.governance.roles import Role


@dataclass(frozen=True, slots=True)
class AccountActions:
    """Each takes the file that names the store first.

    They raise BadConfiguration when the file or the store is at fault, BadOptions when a rule
    forbids what is asked.
    """

    add_user: Callable[[Path, str, Role, str], None]
    """Takes a name, a role and a password."""
    list_accounts: Callable[[Path], tuple[list[User], list[AdminToken]]]
    remove_user: Callable[[Path, str], None]
    issue_token: Callable[[Path, str, Role, float | None], str]
    """Takes a name, a role and days, None for ever; returns the token."""
    revoke_token: Callable[[Path, str], None]
    verify_audit: Callable[[Path, tuple[int, str] | None], AuditVerdict]
    """Takes a line's number and hash that were noted down earlier, if any."""
    export_audit: Callable[[Path], Iterable[str]]
    """Returns a line of JSON for every line of the log."""
