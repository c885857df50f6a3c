from turnout.infrastructure.persistence.master_key_check import (
    StoredKeyId,
    agreed_key_id,
    change_key_id,
)
from turnout.infrastructure.persistence.store_link import store_link


async def test_the_first_key_is_the_stores_for_good(database_url: str) -> None:
    link = store_link(database_url)
    assert await agreed_key_id(link, "0123456789abcdef") == ("0123456789abcdef", None)
    assert await agreed_key_id(link, "fedcba9876543210") == ("0123456789abcdef", None)
    await link.close()


async def test_another_key_may_take_its_place(database_url: str) -> None:
    link = store_link(database_url)
    await agreed_key_id(link, "0123456789abcdef")
    other = StoredKeyId("fedcba9876543210", "sealed:AQ")
    await change_key_id(link, other)
    assert await agreed_key_id(link, "0123456789abcdef") == other
    await link.close()
