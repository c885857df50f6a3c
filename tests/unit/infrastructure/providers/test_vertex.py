import pytest

from turnout.domain.shared.errors import DomainError
from turnout.infrastructure.clients.vendor import BEARER, Authentication
from turnout.infrastructure.providers.vertex import VENDOR

MODEL = "/publishers/google/models/{model}"


def test_express_mode_needs_no_project() -> None:
    location = VENDOR.location(VENDOR.base_url, {})
    assert location.base_url == "https://aiplatform.googleapis.com"
    assert location.authentication == Authentication("x-goog-api-key", "")
    assert location.paths is not None
    assert location.paths.chat == f"/v1beta1{MODEL}:generateContent"
    assert location.paths.embeddings is None


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("europe-west4", "https://europe-west4-aiplatform.googleapis.com"),
        ("global", "https://aiplatform.googleapis.com"),
    ],
)
def test_a_project_is_asked_in_its_region_with_a_token(region: str, host: str) -> None:
    location = VENDOR.location(VENDOR.base_url, {"project": "p", "location": region})
    scope = f"/v1beta1/projects/p/locations/{region}{MODEL}"
    assert (location.base_url, location.authentication) == (host, BEARER)
    assert location.paths is not None
    assert location.paths.chat_stream == f"{scope}:streamGenerateContent?alt=sse"
    assert location.paths.embeddings == f"{scope}:predict"


def test_an_operators_own_address_stays() -> None:
    options = {"project": "p", "location": "us-east5"}
    assert VENDOR.location("https://proxy.test/", options).base_url == "https://proxy.test"


@pytest.mark.parametrize("options", [{"project": "p"}, {"location": "us-east5"}])
def test_half_a_project_is_refused(options: dict[str, str]) -> None:
    with pytest.raises(DomainError) as caught:
        VENDOR.location(VENDOR.base_url, options)
    assert caught.value.code == "provider.option"
