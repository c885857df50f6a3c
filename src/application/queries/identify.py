"""Find out who a request of the control plane comes from, by what it shows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from turnout.application.ports.accounts import AccountWork
from turnout.application.ports.identity import Identity, IdentityProvider, IdentityRefused
from turnout.application.ports.system import Clock
from turnout.domain.governance.accounts import Session, SessionLimits, digest_of
from turnout.domain.governance.actor import Actor, ActorKind
from turnout.domain.governance.roles import Role

SEEN_EVERY_SECONDS = 60.0
"""How exactly it is known when a session was last used."""
CONFIGURED_TOKEN = "server.admin_token"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a request shows: a bearer token, a session's secret, and where it came from."""

    bearer: str | None = field(default=None, repr=False)
    session: str | None = field(default=None, repr=False)
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Vouching:
    """An identity provider, and the roles of its groups: the first one that somebody is in counts.

    `takes_bearers`: whether programs may show tokens of the identity provider.
    """

    provider: IdentityProvider
    roles: Mapping[str, Role]
    takes_bearers: bool = False

    def role_of(self, identity: Identity) -> Role | None:
        """Return somebody's role, None if none of their groups has one."""
        return next((role for group, role in self.roles.items() if group in identity.groups), None)


@dataclass(frozen=True, slots=True)
class Identify:
    """Knows `server.admin_token`, admin tokens, sessions, and the identity provider's tokens."""

    look: Callable[[], AccountWork]
    write: Callable[[], AccountWork]
    clock: Clock
    admin_token: str | None = field(default=None, repr=False)
    vouching: Vouching | None = None
    limits: SessionLimits = field(default_factory=SessionLimits)

    async def __call__(self, shown: Shown) -> Actor | None:
        """Return who it is, or None: a bearer token is looked at before a session."""
        if shown.bearer is not None:
            return await self._by_bearer(shown.bearer, shown.address)
        if shown.session is not None:
            return await self._by_session(digest_of(shown.session), shown.address)
        return None

    async def is_fresh(self) -> bool:
        """Tell whether nobody can be known yet, since there is nothing to know anybody by."""
        if self.admin_token is not None or self.vouching is not None:
            return False
        async with self.look() as work:
            return not await work.users.list() and not await work.tokens.list()

    async def _by_bearer(self, bearer: str, address: str | None) -> Actor | None:
        if self.admin_token is not None and _same(bearer, self.admin_token):
            return Actor(ActorKind.TOKEN, CONFIGURED_TOKEN, Role.ADMIN, address)
        async with self.look() as work:
            token = await work.tokens.find(digest_of(bearer))
        if token is not None:
            if not token.is_good(self.clock.epoch_seconds()):
                return None
            return Actor(ActorKind.TOKEN, token.name, token.role, address)
        return await self._by_identity(bearer, address)

    async def _by_identity(self, bearer: str, address: str | None) -> Actor | None:
        # A JSON Web Token has two dots; nothing else is worth asking the identity provider about.
        if self.vouching is None or not self.vouching.takes_bearers or bearer.count(".") != 2:
            return None
        try:
            identity = await self.vouching.provider.identify(bearer)
        except IdentityRefused:
            return None
        return Actor(ActorKind.USER, identity.name, self.vouching.role_of(identity), address)

    async def _by_session(self, digest: str, address: str | None) -> Actor | None:
        now = self.clock.epoch_seconds()
        async with self.look() as work:
            session = await work.sessions.find(digest)
            if session is None or not session.is_good(now, self.limits):
                return None
            role = session.role or await _role_of_user(work, session.user)
        if role is None:
            return None
        if now >= session.seen_at + SEEN_EVERY_SECONDS:
            await self._note_use(session, now)
        return Actor(ActorKind.USER, session.user, role, address)

    async def _note_use(self, session: Session, now: float) -> None:
        async with self.write() as work:
            await work.sessions.put(session.seen(now))
            await work.commit()


async def _role_of_user(work: AccountWork, name: str) -> Role | None:
    user = await work.users.get(name)
    return None if user is None else user.role


def _same(one: str, other: str) -> bool:
    # However long comparing digests takes, it tells nothing of what they are of.
    return digest_of(one) == digest_of(other)
