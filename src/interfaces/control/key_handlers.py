"""What the control plane calls about access keys."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from turnout.application.commands.issue_key import IssueKey
from turnout.application.commands.revise_key import ReviseKey
from turnout.application.commands.revoke_key import RevokeKey
from turnout.application.commands.rotate_key import RotateKey
from turnout.application.ports.access_keys import MintedToken
from turnout.domain.governance.access_key import AccessKey
from turnout.domain.governance.actor import Actor
from turnout.domain.shared.ids import KeyId


@dataclass(frozen=True, slots=True)
class KeyHandlers:
    """Commands take the actor first; `new_id` names a key that is to be issued."""

    issue: Callable[[Actor, IssueKey], Awaitable[MintedToken]]
    revise: Callable[[Actor, ReviseKey], Awaitable[tuple[str, ...]]]
    rotate: Callable[[Actor, RotateKey], Awaitable[MintedToken]]
    revoke: Callable[[Actor, RevokeKey], Awaitable[None]]
    list: Callable[[], Awaitable[list[AccessKey]]]
    get: Callable[[KeyId], Awaitable[AccessKey]]
    new_id: Callable[[], KeyId]
