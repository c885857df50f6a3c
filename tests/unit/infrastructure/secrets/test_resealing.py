import pytest

from turnout.application.ports.secret_store import SecretMissing
from turnout.infrastructure.secrets.master_key import MasterKey
from turnout.infrastructure.secrets.resealing import Resealing, is_under
from turnout.infrastructure.secrets.sealed import seal, unseal

OLD, NEW, OTHER = (MasterKey(bytes([number]) * 32) for number in (1, 2, 3))


def test_every_sealed_secret_of_a_text_is_sealed_anew_and_all_else_stays() -> None:
    again = Resealing(OLD, NEW)
    text = f"a: '{seal(OLD, 'one')}' # c\nb: [{seal(OLD, 'two')}, '${{VAR}}']\n"
    assert again.count_in(text) == 2
    new = again(text)
    assert unseal(NEW, new.partition("'")[2].partition("'")[0]) == "one"
    assert unseal(NEW, new.partition("[")[2].partition(",")[0]) == "two"
    assert new.endswith(", '${VAR}']\n")
    assert (again(new), again.count_in(new)) == (new, 0)


def test_the_same_reference_becomes_the_same_wherever_it_stands() -> None:
    again, reference = Resealing(OLD, NEW), seal(OLD, "one")
    assert again(f"Bearer {reference}") == f"Bearer {again(reference)}"


def test_what_neither_key_opens_is_refused() -> None:
    with pytest.raises(SecretMissing, match="cannot be opened"):
        Resealing(OLD, NEW)(seal(OTHER, "one"))


def test_the_key_is_told_by_its_id() -> None:
    assert is_under(OLD, seal(OLD, "one"))
    assert not is_under(NEW, seal(OLD, "one"))
    assert not is_under(NEW, "sealed:x")
    assert "\\x01" not in repr(Resealing(OLD, NEW))
