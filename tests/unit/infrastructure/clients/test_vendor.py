import pytest

from turnout.domain.inference.request import WireProtocol
from turnout.infrastructure.clients.vendor import (
    BEARER,
    UNKNOWN_VENDORS,
    Authentication,
    Location,
    Vendor,
)
from turnout.infrastructure.protocols.codec import Options, Paths


def test_a_vendor_is_where_its_base_url_says() -> None:
    paths = Paths("/c", "/s", "/m")
    vendor = Vendor("v", WireProtocol.OPENAI_CHAT, docs="", paths=paths)
    assert vendor.location("https://x.test/v1/", {}) == Location("https://x.test/v1", paths, BEARER)


def test_a_vendors_options_can_lead_elsewhere() -> None:
    def locate(plain: Location, options: Options) -> Location:
        return Location(f"{plain.base_url}/{options['region']}")

    vendor = Vendor("v", WireProtocol.OPENAI_CHAT, docs="", locate=locate)
    assert vendor.location("https://x.test", {"region": "eu"}).base_url == "https://x.test/eu"


@pytest.mark.parametrize(
    ("protocol", "authentication"),
    [
        (WireProtocol.OPENAI_CHAT, Authentication("authorization", "Bearer ")),
        (WireProtocol.ANTHROPIC_MESSAGES, Authentication("x-api-key", "")),
        (WireProtocol.GEMINI, Authentication("x-goog-api-key", "")),
    ],
)
def test_servers_known_by_protocol_alone_prove_themselves_its_way(
    protocol: WireProtocol, authentication: Authentication
) -> None:
    assert UNKNOWN_VENDORS[protocol].authentication == authentication
    assert set(UNKNOWN_VENDORS) == set(WireProtocol)
