"""Who may do what on the control plane: roles, permissions, and one table that joins them."""

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """What somebody is on the control plane."""

    ADMIN = "admin"
    """Everything."""
    OPERATOR = "operator"
    """Runs the gateway: providers, chains, access keys; not who else may."""
    VIEWER = "viewer"
    """Looks on."""
    AUDITOR = "auditor"
    """Looks on, and reads who did what."""


class Permission(StrEnum):
    """The right to one kind of thing; every endpoint names the one that it asks for."""

    SELF = "self"
    """Whoever is known may ask who they are, and leave."""
    CATALOG_READ = "catalog.read"
    CATALOG_WRITE = "catalog.write"
    STATUS_READ = "status.read"
    """How the gateway and its providers are: configuration, health, usage."""
    HEALTH_PROBE = "health.probe"
    """Have a provider asked now: it costs a call."""
    PLAYGROUND = "playground"
    """Send a chat from the dashboard."""
    KEYS_READ = "keys.read"
    KEYS_WRITE = "keys.write"
    """Access keys of callers, their teams, limits and budgets."""
    ACCOUNTS = "accounts"
    """Users and admin tokens of the control plane itself."""
    AUDIT_READ = "audit.read"
    ALERTS_WRITE = "alerts.write"
    """Silence alerts, and try channels."""


_LOOKS_ON = frozenset(
    {Permission.SELF, Permission.CATALOG_READ, Permission.STATUS_READ, Permission.KEYS_READ}
)

PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.ADMIN: frozenset(Permission),
    Role.OPERATOR: _LOOKS_ON
    | {
        Permission.CATALOG_WRITE,
        Permission.HEALTH_PROBE,
        Permission.KEYS_WRITE,
        Permission.PLAYGROUND,
        Permission.ALERTS_WRITE,
    },
    Role.VIEWER: _LOOKS_ON,
    Role.AUDITOR: _LOOKS_ON | {Permission.AUDIT_READ},
}
"""The whole of it: there is no other place that says so."""


def may(role: Role, permission: Permission) -> bool:
    """Tell whether somebody of this role has the permission."""
    return permission in PERMISSIONS[role]
