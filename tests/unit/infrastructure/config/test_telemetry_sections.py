"""What may be said of logs and traces."""

import pytest
from pydantic import ValidationError

from turnout.infrastructure.config.telemetry_sections import Logging, Traces


def test_a_bare_off_is_a_word() -> None:
    assert Logging.model_validate({"access": False}).access == "off"
    assert Logging.model_validate({"access": "errors"}).access == "errors"


@pytest.mark.parametrize(
    ("section", "said"),
    [
        (Traces, {"endpoint": "collector:4318"}),
        (Traces, {"share": 1.5}),
        (Traces, {"share": True}),
        (Logging, {"format": "xml"}),
        (Logging, {"access_share": -1}),
    ],
)
def test_what_makes_no_sense_is_refused(
    section: type[Traces | Logging], said: dict[str, object]
) -> None:
    with pytest.raises(ValidationError):
        section.model_validate(said)
