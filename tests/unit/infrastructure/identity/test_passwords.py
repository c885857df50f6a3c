import asyncio

from turnout.infrastructure.identity.passwords import Argon2Passwords


async def test_a_hash_fits_its_password_and_no_other() -> None:
    passwords = Argon2Passwords()
    one, other = await asyncio.gather(passwords.hash("right"), passwords.hash("right"))
    assert one.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert one != other
    assert await passwords.verify(one, "right")
    assert not await passwords.verify(one, "wrong")


async def test_nobody_has_the_password_of_an_unknown_user() -> None:
    passwords = Argon2Passwords()
    assert not await passwords.verify(None, "nobody has this password")
    assert not await passwords.verify("no hash at all", "right")
