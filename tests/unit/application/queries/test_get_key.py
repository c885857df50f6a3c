import pytest
from tests.fakes.keys import FakeKeyStore

from turnout.application.queries.get_key import GetKey
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.ids import KeyId


async def test_a_key_that_is_not_there_is_said_to_be_so() -> None:
    with pytest.raises(DomainError, match="no access key 'key_1'") as refused:
        await GetKey(FakeKeyStore())(KeyId("key_1"))
    assert refused.value.code == "key.unknown"
