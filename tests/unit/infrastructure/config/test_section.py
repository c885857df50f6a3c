import pytest
from pydantic import ValidationError

from turnout.infrastructure.config.section import Count, Number, Section, Share, Whole, mapping_of


class Bounded(Section):
    number: Number = 1.0
    share: Share = 1.0
    whole: Whole = 1
    count: Count = 0


@pytest.mark.parametrize(
    "given",
    [
        {"number": 0},
        {"number": float("inf")},
        {"number": True},
        {"share": 1.01},
        {"share": 0},
        {"share": True},
        {"whole": 0},
        {"count": -1},
        {"count": False},
        {"unknown": 1},
    ],
)
def test_what_is_out_of_bounds_or_unknown_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Bounded.model_validate(given)


def test_a_short_form_is_spelled_out() -> None:
    assert mapping_of("off", str, "kind", "a kind") == {"kind": "off"}
    assert mapping_of({"kind": "off"}, str, "kind", "a kind") == {"kind": "off"}
    with pytest.raises(ValueError, match="a kind"):
        mapping_of(3, str, "kind", "a kind")
