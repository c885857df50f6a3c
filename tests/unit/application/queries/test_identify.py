from tests.fakes.accounts import FakeAccounts, FakeIdentities
from tests.fakes.system import FrozenClock

from turnout.application.ports.identity import Identity
from turnout.application.queries.identify import CONFIGURED_TOKEN, Identify, Shown, Vouching
from turnout.domain.governance.accounts import AdminToken, Session, User, digest_of
from turnout.domain.governance.actor import Actor, ActorKind
from turnout.domain.governance.roles import Role

HERE = "192.0.2.1"


def _identify(
    accounts: FakeAccounts, admin_token: str | None = None, vouching: Vouching | None = None
) -> Identify:
    return Identify(
        accounts.begin, accounts.begin, FrozenClock(epoch=1000.0), admin_token, vouching
    )


async def test_tokens_are_known_by_their_digests() -> None:
    accounts = FakeAccounts(tokens={"ci": AdminToken("ci", Role.VIEWER, digest_of("secret"))})
    identify = _identify(accounts, "configured")
    assert await identify(Shown(bearer="secret", address=HERE)) == Actor(
        ActorKind.TOKEN, "ci", Role.VIEWER, HERE
    )
    configured = await identify(Shown(bearer="configured"))
    assert configured == Actor(ActorKind.TOKEN, CONFIGURED_TOKEN, Role.ADMIN)
    assert await identify(Shown(bearer="another")) is None
    assert await identify(Shown()) is None


async def test_a_bad_token_is_not_made_good_by_a_session() -> None:
    session = Session(digest_of("s"), "ann", Role.ADMIN, 999.0, 999.0)
    identify = _identify(FakeAccounts(sessions={session.digest: session}))
    assert await identify(Shown(session="s")) is not None
    assert await identify(Shown(bearer="bad", session="s")) is None


async def test_a_role_that_changes_counts_at_once() -> None:
    session = Session(digest_of("s"), "ann", None, 999.0, 999.0)
    accounts = FakeAccounts(
        {"ann": User("ann", Role.ADMIN, "h")}, sessions={session.digest: session}
    )
    identify = _identify(accounts)
    for role in (Role.ADMIN, Role.VIEWER):
        accounts.users["ann"] = User("ann", role, "h")
        actor = await identify(Shown(session="s"))
        assert actor is not None
        assert actor.role is role


async def test_use_is_noted_once_a_minute() -> None:
    fresh = Session(digest_of("a"), "ann", Role.VIEWER, 900.0, 950.0)
    older = Session(digest_of("b"), "ann", Role.VIEWER, 900.0, 940.0)
    accounts = FakeAccounts(sessions={each.digest: each for each in (fresh, older)})
    identify = _identify(accounts)
    for secret in ("a", "b"):
        assert await identify(Shown(session=secret)) is not None
    assert [each.seen_at for each in accounts.sessions.values()] == [950.0, 1000.0]


async def test_an_identity_provider_is_asked_about_its_own_kind_of_token() -> None:
    provider = FakeIdentities(
        {
            "a.b.c": Identity("ann", frozenset({"y", "x"})),
            "d.e.f": Identity("eve", frozenset()),
            "plain": Identity("never", frozenset({"x"})),
        }
    )
    roles = {"x": Role.OPERATOR, "y": Role.ADMIN}
    identify = _identify(FakeAccounts(), vouching=Vouching(provider, roles, takes_bearers=True))
    assert await identify(Shown(bearer="a.b.c")) == Actor(ActorKind.USER, "ann", Role.OPERATOR)
    assert await identify(Shown(bearer="d.e.f")) == Actor(ActorKind.USER, "eve", None)
    assert await identify(Shown(bearer="g.h.i")) is None
    assert await identify(Shown(bearer="plain")) is None
    closed = _identify(FakeAccounts(), vouching=Vouching(provider, roles))
    assert await closed(Shown(bearer="a.b.c")) is None


async def test_it_is_fresh_while_nobody_can_be_known() -> None:
    assert await _identify(FakeAccounts()).is_fresh()
    assert not await _identify(FakeAccounts(), "configured").is_fresh()
    assert not await _identify(FakeAccounts(), vouching=Vouching(FakeIdentities(), {})).is_fresh()
    with_user = FakeAccounts({"ann": User("ann", Role.VIEWER, "h")})
    assert not await _identify(with_user).is_fresh()
    with_token = FakeAccounts(tokens={"ci": AdminToken("ci", Role.VIEWER, "d")})
    assert not await _identify(with_token).is_fresh()
