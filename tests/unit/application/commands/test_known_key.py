import pytest
from tests.fakes.keys import FakeKeyStore

from turnout.application.commands.known_key import known_key
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.ids import KeyId


async def test_an_id_that_no_key_has_is_refused() -> None:
    with pytest.raises(DomainError, match="no access key 'key_1'") as refused:
        await known_key(FakeKeyStore().begin(), KeyId("key_1"))
    assert refused.value.code == "key.unknown"
