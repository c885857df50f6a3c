import pytest

from turnout.domain.catalog.credential import (
    is_reference,
    shown_credential,
    shown_credentials,
    shown_headers,
)


@pytest.mark.parametrize("text", ["${KEY}", "${_k1}", "file:/run/secrets/key", "config:openai"])
def test_references_are_shown(text: str) -> None:
    assert is_reference(text)
    assert shown_credential(text) == text


@pytest.mark.parametrize(
    "text",
    ["sk-123", "", "${KEY", "${1}", "x${KEY}", "${KEY:-sk-123}", "file:", "config: a", "***"],
)
def test_what_may_hold_a_secret_is_not(text: str) -> None:
    assert not is_reference(text)
    assert shown_credential(text) == "***"


def test_of_several_credentials_each_is_shown_or_masked() -> None:
    assert shown_credentials(["${A}", "sk-123", "file:/b"]) == ("${A}", "***", "file:/b")


def test_no_credential_is_none() -> None:
    assert shown_credential(None) is None


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("x-team", "search", "search"),
        ("Authorization", "Bearer sk-123", "***"),
        ("Authorization", "Bearer ${KEY}", "Bearer ${KEY}"),
        ("Authorization", "sk-123 ${KEY}", "***"),
        ("api-key", "${KEY}", "${KEY}"),
        ("X-API-Key", "sk-123", "***"),
        ("cookie", "a=b", "***"),
        ("x-access-token", "t", "***"),
    ],
)
def test_headers_that_may_hold_a_secret_are_masked(name: str, value: str, shown: str) -> None:
    assert shown_headers({name: value}) == {name: shown}
