from collections.abc import Callable

import pytest
from tests.support.clients import MODEL, SECRET, engine, provider_at
from tests.support.gateways import deployment

from turnout.domain.catalog.provider import Provider
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.request import WireProtocol
from turnout.infrastructure.clients.access import Access, access_to
from turnout.infrastructure.clients.factory import CODECS
from turnout.infrastructure.clients.vendor import UNKNOWN_VENDORS, Vendor
from turnout.infrastructure.discovery import discover_vendors

NOWHERE = "http://127.0.0.1:9"


def access(provider: Provider, secret: str | None = SECRET) -> Access:
    protocol = provider.settings.protocol
    vendors = discover_vendors()
    vendor: Vendor = vendors.get(provider.settings.vendor, UNKNOWN_VENDORS[protocol])
    return access_to(provider, secret, vendor, CODECS[protocol], engine(5.0))


def test_the_operators_headers_come_last() -> None:
    headers = {"X-Team": "search", "Authorization": "Basic abc", "Accept": "*/*"}
    found = dict(access(provider_at(NOWHERE, headers=headers)).stream_headers)
    assert found["x-team"] == "search"
    assert found["authorization"] == "Basic abc"
    assert found["accept"] == "*/*"


def test_no_secret_is_no_header() -> None:
    assert "authorization" not in dict(access(provider_at(NOWHERE), None).whole_headers)


def test_secrets_do_not_show() -> None:
    assert SECRET not in repr(access(provider_at(NOWHERE)))


def test_models_are_quoted_in_paths() -> None:
    odd = (deployment("p", "a b?c#d"),)
    found = access(provider_at(NOWHERE, protocol=WireProtocol.GEMINI, deployments=odd))
    (url,) = found.chat_urls.values()
    assert "a%20b%3Fc%23d" in url


def test_a_short_secret_masks_nothing() -> None:
    failure = ProviderFailure(FailureKind.AUTH, "a key is needed", raw=b"a key")
    assert access(provider_at(NOWHERE), "key").masked(failure).message == "a key is needed"


def test_a_codecs_failure_leaves_masked() -> None:
    def fail() -> None:
        raise ProviderFailure(FailureKind.MALFORMED, f"odd: {SECRET}", raw=SECRET.encode())

    with pytest.raises(ProviderFailure, match=r"odd: \*\*\*") as caught:
        access(provider_at(NOWHERE)).decoded(fail)
    assert caught.value.raw == b"***"


def test_bottomless_json_is_malformed() -> None:
    def fall() -> Callable[[], object]:
        raise RecursionError

    with pytest.raises(ProviderFailure, match="nested too deeply"):
        access(provider_at(NOWHERE)).decoded(fall)


def test_every_deployment_has_its_urls() -> None:
    models = (MODEL, deployment("p", "other"))
    found = access(provider_at(NOWHERE, deployments=models))
    assert set(found.chat_urls) == {"upstream/m", "other"} == set(found.embedding_urls)
