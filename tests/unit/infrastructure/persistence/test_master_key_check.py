from turnout.infrastructure.persistence.master_key_check import agreed_key_id
from turnout.infrastructure.persistence.store_link import store_link


async def test_the_first_key_is_the_stores_for_good(database_url: str) -> None:
    link = store_link(database_url)
    assert await agreed_key_id(link, "0123456789abcdef") == "0123456789abcdef"
    assert await agreed_key_id(link, "fedcba9876543210") == "0123456789abcdef"
    await link.close()
