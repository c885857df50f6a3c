import pytest
from pydantic import ValidationError

from turnout.interfaces.control.fields import LARGEST, Body, Count, Seconds, Share, Text


class Everything(Body):
    text: Text = "t"
    count: Count = 1
    seconds: Seconds = 1.0
    share: Share = 1.0


@pytest.mark.parametrize(
    "given",
    [
        {"text": ""},
        {"text": "a\x00b"},
        {"text": 1},
        {"count": 0},
        {"count": LARGEST + 1},
        {"count": "1"},
        {"seconds": 0},
        {"seconds": float("inf")},
        {"share": 0},
        {"share": 1.1},
        {"more": 1},
    ],
)
def test_what_is_out_of_bounds_or_unknown_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Everything.model_validate(given)


def test_what_is_within_bounds_is_taken_as_it_is() -> None:
    body = Everything.model_validate({"text": "x", "count": LARGEST, "seconds": 0.1, "share": 0.5})
    assert (body.text, body.count, body.seconds, body.share) == ("x", LARGEST, 0.1, 0.5)
