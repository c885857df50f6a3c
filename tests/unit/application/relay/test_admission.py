import pytest

from turnout.application.relay.admission import Admission
from turnout.domain.governance.grant import ANONYMOUS, AccessDenied


def test_without_keys_everyone_may_call() -> None:
    assert Admission([]).grant(None) is ANONYMOUS


def test_each_key_has_a_grant_with_a_name_that_is_no_secret() -> None:
    admission = Admission(["first-key", "second-key"])
    assert admission.grant("first-key").key_name == "static-1"
    assert admission.grant("second-key").key_name == "static-2"


def test_a_name_may_go_to_another_key_but_what_it_owns_does_not() -> None:
    admission = Admission(["first-key", "second-key"])
    first, second = admission.grant("first-key"), admission.grant("second-key")
    admission.renew(["second-key", "third-key"])
    again = admission.grant("second-key")
    assert again.key_name == first.key_name == "static-1"
    assert again.tenant == second.tenant != first.tenant
    assert admission.grant("third-key").tenant not in {first.tenant, second.tenant}


@pytest.mark.parametrize("presented", [None, "", "wrong", "first-ke", "first-key ", "\udce9"])
def test_anything_else_is_denied_and_not_repeated(presented: str | None) -> None:
    with pytest.raises(AccessDenied) as denied:
        Admission(["first-key"]).grant(presented)
    assert "wrong" not in denied.value.message
