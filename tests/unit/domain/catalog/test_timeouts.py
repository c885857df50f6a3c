import pytest

from turnout.domain.catalog.timeouts import AttemptLimits, ModelTimeouts, Timeouts
from turnout.domain.shared.errors import DomainError


@pytest.mark.parametrize("limits", [Timeouts, ModelTimeouts])
@pytest.mark.parametrize("value", [0, -1.0, float("nan")])
def test_a_limit_must_be_positive(
    limits: type[Timeouts] | type[ModelTimeouts], value: float
) -> None:
    with pytest.raises(DomainError, match="first_token_seconds"):
        limits(first_token_seconds=value)


def test_the_first_token_may_take_ten_seconds() -> None:
    usual = AttemptLimits.of(Timeouts(), ModelTimeouts(), thinks=False)
    assert usual == AttemptLimits(10.0, 30.0, 300.0)


def test_a_model_that_thinks_may_be_silent_for_longer() -> None:
    thinking = AttemptLimits.of(Timeouts(), ModelTimeouts(), thinks=True)
    assert thinking == AttemptLimits(120.0, 120.0, 300.0)


def test_what_the_operator_says_holds_for_models_that_think_as_well() -> None:
    usual = Timeouts(first_token_seconds=10.0, total_seconds=50.0)
    assert AttemptLimits.of(usual, ModelTimeouts(), thinks=True) == AttemptLimits(10.0, 120.0, 50.0)


def test_what_he_says_of_the_model_comes_first() -> None:
    usual = Timeouts(first_token_seconds=10.0, between_tokens_seconds=5.0, total_seconds=50.0)
    own = ModelTimeouts(first_token_seconds=60.0, total_seconds=900.0)
    assert AttemptLimits.of(usual, own, thinks=False) == AttemptLimits(60.0, 5.0, 900.0)
