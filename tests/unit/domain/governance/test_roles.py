from turnout.domain.governance.roles import PERMISSIONS, Permission, Role, may


def test_every_role_is_in_the_table_and_an_admin_may_do_everything() -> None:
    assert set(PERMISSIONS) == set(Role)
    assert PERMISSIONS[Role.ADMIN] == set(Permission)


def test_nobody_but_an_admin_says_who_may() -> None:
    assert [role for role in Role if may(role, Permission.ACCOUNTS)] == [Role.ADMIN]


def test_those_who_look_on_change_nothing() -> None:
    writes = {Permission.CATALOG_WRITE, Permission.KEYS_WRITE}
    writes |= {Permission.HEALTH_PROBE, Permission.PLAYGROUND, Permission.ALERTS_WRITE}
    assert PERMISSIONS[Role.VIEWER] & writes == set()
    assert PERMISSIONS[Role.AUDITOR] - PERMISSIONS[Role.VIEWER] == {Permission.AUDIT_READ}
    assert PERMISSIONS[Role.OPERATOR] - PERMISSIONS[Role.VIEWER] == writes
