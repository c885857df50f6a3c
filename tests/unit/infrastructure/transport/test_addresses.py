import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnout.infrastructure.transport.addresses import AddressRefused, addresses_of, refusal

ALWAYS = [
    ("169.254.169.254", "link-local"),
    ("169.254.1.1", "link-local"),
    ("[fe80::1]", "link-local"),
    ("fe80::1%1", "link-local"),
    ("::ffff:169.254.169.254", "link-local"),
    ("64:ff9b::a9fe:a9fe", "link-local"),
    ("2002:a9fe:a9fe::1", "link-local"),
    ("2852039166", "link-local"),
    ("0xa9fea9fe", "link-local"),
    ("169.254.43518", "link-local"),
    ("fd00:ec2::254", "metadata"),
    ("100.100.100.200", "metadata"),
    ("168.63.129.16", "metadata"),
    ("metadata.google.internal", "metadata"),
    ("Metadata.Google.Internal.", "metadata"),
    ("224.0.0.1", "multicast"),
    ("ff02::1", "multicast"),
    ("0.0.0.0", "no address of anyone"),
    ("0.1.2.3", "no address of anyone"),
    ("0", "no address of anyone"),
    ("::", "no address of anyone"),
    ("255.255.255.255", "reserved"),
    ("240.0.0.1", "reserved"),
]
PRIVATE = ["127.0.0.1", "127.1", "0x7f000001", "::1", "::ffff:127.0.0.1", "10.0.0.1", "172.16.0.1",
           "192.168.1.1", "100.64.0.1", "fc00::1", "192.0.2.1", "64:ff9b::7f00:1"]  # fmt: skip
PUBLIC = ["8.8.8.8", "2606:4700:4700::1111", "64:ff9b::808:808"]


@pytest.mark.parametrize("host, why", ALWAYS)
def test_nobody_may_connect_to_these_however_they_are_written(host: str, why: str) -> None:
    host = host.strip("[]")
    assert why in (refusal(host) or "")
    assert why in (refusal(host, public_only=True) or "")


@pytest.mark.parametrize("host", PRIVATE)
def test_private_addresses_are_for_those_who_may(host: str) -> None:
    assert refusal(host) is None
    assert "not of the public internet" in (refusal(host, public_only=True) or "")


@pytest.mark.parametrize("host", PUBLIC)
def test_public_addresses_are_for_everybody(host: str) -> None:
    assert refusal(host, public_only=True) is None


def test_names_tell_nothing_by_themselves() -> None:
    assert refusal("api.example.com", public_only=True) is None
    assert refusal("localhost", public_only=True) is None
    assert refusal("a" * 70, public_only=True) is None


async def test_a_name_is_what_it_leads_to() -> None:
    assert set(await addresses_of("localhost", 80)) <= {"127.0.0.1", "::1"}
    with pytest.raises(AddressRefused, match="is not of the public internet"):
        await addresses_of("localhost", 80, public_only=True)


async def test_addresses_are_given_back_as_the_system_knows_them() -> None:
    assert await addresses_of("127.1", 80) == ["127.0.0.1"]
    assert await addresses_of("8.8.8.8", 443, public_only=True) == ["8.8.8.8"]


@given(address=st.ip_addresses())
def test_who_may_less_is_refused_more(address: object) -> None:
    if refusal(str(address)) is not None:
        assert refusal(str(address), public_only=True) is not None
