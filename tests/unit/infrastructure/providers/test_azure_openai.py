import pytest

from turnout.infrastructure.clients.vendor import Authentication
from turnout.infrastructure.providers.azure_openai import VENDOR

RESOURCE = "https://acme.openai.azure.com"


@pytest.mark.parametrize("given", [RESOURCE, f"{RESOURCE}/", f"{RESOURCE}/openai/v1/"])
def test_the_v1_api_is_the_default(given: str) -> None:
    location = VENDOR.location(given, {})
    assert location.base_url == f"{RESOURCE}/openai/v1"
    assert location.paths is None
    assert location.authentication == Authentication("api-key", "")


def test_an_api_version_leads_to_the_classic_api() -> None:
    location = VENDOR.location(f"{RESOURCE}/openai", {"api_version": "2024-10-21"})
    assert location.base_url == RESOURCE
    assert location.paths is not None
    deployment = "/openai/deployments/{model}"
    assert location.paths.chat == f"{deployment}/chat/completions?api-version=2024-10-21"
    assert location.paths.chat_stream == location.paths.chat
    assert location.paths.embeddings == f"{deployment}/embeddings?api-version=2024-10-21"
    assert location.paths.models == "/openai/models?api-version=2024-10-21"
