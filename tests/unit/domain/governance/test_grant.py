from turnout.domain.governance.grant import ANONYMOUS, AccessDenied, Grant


def test_grants_are_told_apart_by_the_name_of_their_key() -> None:
    assert Grant("anonymous") == ANONYMOUS
    assert Grant("ci") != ANONYMOUS


def test_a_denial_says_why() -> None:
    denied = AccessDenied("no key was shown")
    assert (denied.message, str(denied)) == ("no key was shown", "no key was shown")


def test_a_tenant_is_told_by_its_key_where_there_is_one() -> None:
    assert Grant("ci").tenant == "ci"
    assert Grant("static-1", "digest").tenant == "digest"
