import pytest

from turnout.application.ports.secret_store import SecretMissing
from turnout.domain.catalog.credential import is_reference
from turnout.infrastructure.secrets.master_key import MasterKey
from turnout.infrastructure.secrets.sealed import (
    PREFIX,
    Unopened,
    opened_bytes,
    seal,
    sealed_bytes,
    unseal,
)

MASTER, OTHER = MasterKey(b"\x01" * 32), MasterKey(b"\x02" * 32)


@pytest.mark.parametrize("secret", ["sk-planted", "", "ключ\n", "x" * 4000])
def test_what_was_sealed_is_opened_under_the_same_key(secret: str) -> None:
    reference = seal(MASTER, secret)
    assert reference.startswith(PREFIX)
    assert is_reference(reference)
    assert unseal(MASTER, reference) == secret
    assert unseal(MasterKey(MASTER.secret), reference) == secret


def test_the_same_secret_is_sealed_differently_each_time() -> None:
    assert seal(MASTER, "sk-planted") != seal(MASTER, "sk-planted")
    assert "sk-planted" not in seal(MASTER, "sk-planted")


def test_another_key_opens_nothing_and_is_told_apart() -> None:
    with pytest.raises(SecretMissing, match=f"key {MASTER.id()}, and this is {OTHER.id()}"):
        unseal(OTHER, seal(MASTER, "sk-planted"))


def test_no_bit_may_be_changed() -> None:
    sealed = sealed_bytes(MASTER, b"sk-planted")
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(Unopened):
            opened_bytes(MASTER, bytes(changed))


@pytest.mark.parametrize("text", ["", "x", "AQ", "!!!!", "AQ" * 10, "\udce9"])
def test_what_is_no_sealed_secret_is_refused(text: str) -> None:
    with pytest.raises(SecretMissing, match="cannot be opened"):
        unseal(MASTER, PREFIX + text)


def test_an_error_shows_little_of_the_reference() -> None:
    reference = seal(MASTER, "sk-planted")
    with pytest.raises(SecretMissing) as refused:
        unseal(OTHER, reference)
    assert reference not in str(refused.value)
    assert reference != refused.value.reference
