import pytest
from tests.fakes.keys import ring_of
from tests.fakes.relay import loopback

from turnout.application.relay.admission import Admission
from turnout.domain.governance.grant import ANONYMOUS, AccessDenied, AccessUnknown


def test_without_keys_everyone_may_call() -> None:
    assert Admission([]).grant(None, loopback) is ANONYMOUS


def test_each_key_has_a_grant_with_a_name_that_is_no_secret() -> None:
    admission = Admission(["first-key", "second-key"])
    assert admission.grant("first-key", loopback).key_name == "static-1"
    assert admission.grant("second-key", loopback).key_name == "static-2"


def test_a_name_may_go_to_another_key_but_what_it_owns_does_not() -> None:
    admission = Admission(["first-key", "second-key"])
    first = admission.grant("first-key", loopback)
    second = admission.grant("second-key", loopback)
    admission.renew(["second-key", "third-key"])
    again = admission.grant("second-key", loopback)
    assert again.key_name == first.key_name == "static-1"
    assert again.tenant == second.tenant != first.tenant
    assert admission.grant("third-key", loopback).tenant not in {first.tenant, second.tenant}


@pytest.mark.parametrize("presented", [None, "", "wrong", "first-ke", "first-key ", "\udce9"])
def test_anything_else_is_denied_and_not_repeated(presented: str | None) -> None:
    with pytest.raises(AccessDenied) as denied:
        Admission(["first-key"]).grant(presented, loopback)
    assert "wrong" not in denied.value.message


def test_one_key_in_the_store_closes_the_door() -> None:
    ring, (token,) = ring_of("ci")
    admission = Admission([], ring)
    with pytest.raises(AccessDenied, match="No access key"):
        admission.grant(None, loopback)
    assert admission.grant(token, loopback).key_name == "ci"
    assert Admission([], ring_of()[0]).grant(None, loopback) is ANONYMOUS


def test_static_keys_and_those_of_the_store_are_good_side_by_side() -> None:
    ring, (token,) = ring_of("ci")
    admission = Admission(["first-key"], ring)
    assert admission.grant("first-key", loopback).key_name == "static-1"
    assert admission.grant(token, loopback).key_name == "ci"
    with pytest.raises(AccessDenied, match="not known"):
        admission.grant("wrong", loopback)


def test_while_the_stores_keys_are_not_known_only_static_ones_are_good() -> None:
    ring, _ = ring_of(heard=False)
    assert Admission(["first-key"], ring).grant("first-key", loopback).key_name == "static-1"
    for admission in (Admission(["first-key"], ring), Admission([], ring)):
        with pytest.raises(AccessUnknown):
            admission.grant("sk-to-anything", loopback)
