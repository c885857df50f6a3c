import pytest
from pydantic import TypeAdapter, ValidationError

from turnout.interfaces.control.schemas import FIELD_NAMES, ChainPatch, ProviderBody, ProviderPatch


def test_an_entry_is_in_the_words_of_the_file() -> None:
    body = ProviderBody.model_validate(
        {"name": "n", "models": ["x"], "credential": "file:/run/key", "vendor": None, "weight": 3}
    )
    assert body.entry() == {"models": ["x"], "api_key": "file:/run/key", "weight": 3}


@pytest.mark.parametrize("patch", [ProviderPatch, ChainPatch])
def test_a_patch_holds_only_what_was_given(patch: type) -> None:
    adapter: TypeAdapter[object] = TypeAdapter(patch)
    assert adapter.validate_python({}) == {}
    with pytest.raises(ValidationError, match="extra"):
        adapter.validate_python({"unheard_of": 1})


@pytest.mark.parametrize("seconds", [float("inf"), float("nan"), 0, -1])
def test_seconds_are_positive_and_finite(seconds: float) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(ChainPatch).validate_python({"deadline_seconds": seconds})


def test_suggestions_know_the_fields() -> None:
    assert {"credential", "between_tokens_seconds", "tiers", "target"} <= FIELD_NAMES
