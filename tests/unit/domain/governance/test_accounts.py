import pytest

from turnout.domain.governance.accounts import (
    AdminToken,
    Session,
    SessionLimits,
    User,
    check_admin_stays,
    check_password,
    digest_of,
)
from turnout.domain.governance.roles import Role
from turnout.domain.shared.errors import DomainError

LIMITS = SessionLimits(life_seconds=100.0, idle_seconds=10.0)


@pytest.mark.parametrize("name", ["", "a b", "-a", "a\n", "a" * 64, "a/b"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(DomainError, match="found the name"):
        User(name, Role.ADMIN, "hash")
    with pytest.raises(DomainError, match="found the name"):
        AdminToken(name, Role.ADMIN, "digest")


def test_an_address_is_a_good_name() -> None:
    assert User("ann+ops@example.org", Role.ADMIN, "hash").name == "ann+ops@example.org"


@pytest.mark.parametrize("length, good", [(11, False), (12, True), (1024, True), (1025, False)])
def test_a_password_has_a_length(length: int, good: bool) -> None:
    if good:
        check_password("p" * length)
        return
    with pytest.raises(DomainError) as refusal:
        check_password("p" * length)
    assert refusal.value.code == "user.password"
    assert "pp" not in refusal.value.message


def test_a_token_is_good_until_it_expires() -> None:
    assert AdminToken("ci", Role.ADMIN, "d").is_good(1e12)
    token = AdminToken("ci", Role.ADMIN, "d", expires_at=10.0)
    assert (token.is_good(9.9), token.is_good(10.0)) == (True, False)


@pytest.mark.parametrize(
    "opened, seen, now, good",
    [(0, 0, 9.9, True), (0, 0, 10, False), (0, 95, 99, True), (0, 95, 100, False)],
)
def test_a_session_ends_by_age_and_by_disuse(
    opened: float, seen: float, now: float, good: bool
) -> None:
    assert Session("d", "ann", None, opened, seen).is_good(now, LIMITS) is good


def test_the_last_admin_stays() -> None:
    check_admin_stays([User("ann", Role.ADMIN, "h"), User("bob", Role.VIEWER, "h")])
    with pytest.raises(DomainError, match="last user with the role admin"):
        check_admin_stays([User("bob", Role.VIEWER, "h")])


def test_nothing_secret_is_in_a_repr() -> None:
    shown = [User("a", Role.ADMIN, "SECRET"), AdminToken("a", Role.ADMIN, "SECRET")]
    assert "SECRET" not in repr([*shown, Session("SECRET", "a", None, 0, 0)])
    assert digest_of("SECRET") != digest_of("secret")
