"""The published form of the catalog."""

import msgspec
import pytest
from tests.support.catalog import GOOGLE, OPENAI, full_rules, full_settings, plain_settings

from turnout.domain.catalog.provider import Provider
from turnout.domain.routing.fallback_chain import FallbackChain
from turnout.domain.shared.ids import ChainId
from turnout.infrastructure.persistence.document import decode_catalog, encode_catalog

PROVIDERS = [Provider(OPENAI, full_settings(OPENAI)), Provider(GOOGLE, plain_settings(GOOGLE, "m"))]
CHAINS = [FallbackChain(ChainId("main"), full_rules())]


def test_nothing_is_lost_on_the_way_and_back() -> None:
    read = decode_catalog(7, encode_catalog(PROVIDERS, CHAINS))
    assert read.revision == 7
    assert [(p.id, p.settings) for p in read.providers] == [
        (GOOGLE, plain_settings(GOOGLE, "m")),
        (OPENAI, full_settings(OPENAI)),
    ]
    assert [(chain.id, chain.rules) for chain in read.chains] == [("main", full_rules())]


def test_the_same_catalog_gives_the_same_text() -> None:
    assert encode_catalog(PROVIDERS, CHAINS) == encode_catalog(reversed(PROVIDERS), CHAINS)


def test_a_reference_is_published_never_a_secret() -> None:
    assert '"credential":"${AZURE_KEY}"' in encode_catalog(PROVIDERS, CHAINS)


@pytest.mark.parametrize("text", ["", "[]", '{"providers": {"a": {}}, "chains": {}}'])
def test_another_text_is_refused(text: str) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode_catalog(1, text)
