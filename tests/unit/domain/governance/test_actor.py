from turnout.domain.governance.actor import THE_FILE, Actor, ActorKind
from turnout.domain.governance.roles import Permission, Role


def test_an_actor_may_do_what_their_role_may() -> None:
    viewer = Actor(ActorKind.USER, "ann", Role.VIEWER)
    assert viewer.may(Permission.CATALOG_READ)
    assert not viewer.may(Permission.CATALOG_WRITE)
    assert THE_FILE.may(Permission.CATALOG_WRITE)


def test_without_a_role_nothing_is_allowed() -> None:
    nobody = Actor(ActorKind.USER, "eve", None)
    assert not any(nobody.may(permission) for permission in Permission)
