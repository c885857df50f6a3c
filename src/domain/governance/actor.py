"""Who is acting on the control plane."""

from dataclasses import dataclass
from enum import StrEnum

from turnout.domain.governance.roles import Permission, Role, may


class ActorKind(StrEnum):
    """By what somebody is known."""

    USER = "user"
    """A local user, or one that the identity provider vouches for."""
    TOKEN = "token"
    """A named admin token, or `server.admin_token`."""
    LOCAL = "local"
    """Whoever is on this machine, where neither user nor token has been made yet."""
    FILE = "file"
    """The configuration file, followed by the gateway."""
    CLI = "cli"
    """The command line, on the store itself."""
    NOBODY = "nobody"
    """Somebody who did not come to be known: a sign-in that failed."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody, their role, and the address that they came from if it was over the network."""

    kind: ActorKind
    name: str
    role: Role | None
    address: str | None = None

    def may(self, permission: Permission) -> bool:
        """Tell whether they have the permission."""
        return self.role is not None and may(self.role, permission)


THE_FILE = Actor(ActorKind.FILE, "file", Role.ADMIN)
THE_COMMAND_LINE = Actor(ActorKind.CLI, "cli", Role.ADMIN)
"""Whoever can write to the store can do anything."""
