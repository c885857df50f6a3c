import pytest

from turnout.interfaces.chaos.door import Door


@pytest.mark.parametrize(
    ("url", "host", "port", "tls"),
    [
        ("http://127.0.0.1:8080", "127.0.0.1", 8080, False),
        ("http://gateway/", "gateway", 80, False),
        ("https://[::1]", "::1", 443, True),
    ],
)
def test_an_address_is_a_door(url: str, host: str, port: int, tls: bool) -> None:
    door = Door.at(url, key="", model="m")
    assert (door.host, door.port, door.tls, door.model) == (host, port, tls, "m")


@pytest.mark.parametrize("url", ["", "127.0.0.1:8080", "ftp://x", "http://", "http://x/v1"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="no address of a gateway"):
        Door.at(url, key="", model="")


def test_a_key_is_shown_to_the_gateway_and_to_nobody_else() -> None:
    door = Door(host="::1", port=80, key="secret")
    assert door.headers == [("host", "[::1]:80"), ("authorization", "Bearer secret")]
    assert Door(host="x", port=80).headers == [("host", "x:80")]
    assert "secret" not in repr(door)
