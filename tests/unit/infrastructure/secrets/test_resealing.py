import pytest

from turnout.application.ports.secret_store import SecretMissing
from turnout.infrastructure.secrets.master_key import MasterKey
from turnout.infrastructure.secrets.resealing import is_under, resealed
from turnout.infrastructure.secrets.sealed import seal, unseal

OLD, NEW, OTHER = (MasterKey(bytes([number]) * 32) for number in (1, 2, 3))


def test_every_sealed_secret_of_a_text_is_sealed_anew_and_all_else_stays() -> None:
    text = f"a: '{seal(OLD, 'one')}' # c\nb: [{seal(OLD, 'two')}, '${{VAR}}']\n"
    again, count = resealed(text, OLD, NEW)
    assert count == 2
    first, second = again.partition("'")[2].partition("'")[0], again.partition("[")[2]
    assert unseal(NEW, first) == "one"
    assert unseal(NEW, second.partition(",")[0]) == "two"
    assert again.endswith(", '${VAR}']\n")
    assert resealed(again, OLD, NEW) == (again, 0)


def test_what_neither_key_opens_is_refused() -> None:
    with pytest.raises(SecretMissing, match="cannot be opened"):
        resealed(seal(OTHER, "one"), OLD, NEW)


def test_the_key_is_told_by_its_id() -> None:
    assert is_under(OLD, seal(OLD, "one"))
    assert not is_under(NEW, seal(OLD, "one"))
    assert not is_under(NEW, "sealed:x")
