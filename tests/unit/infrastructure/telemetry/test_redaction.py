"""No secret reaches the log."""

import pytest

from turnout.infrastructure.telemetry.redaction import redact_event, redacted


@pytest.mark.parametrize(
    "secret",
    [
        "sk-to-0123456789ab-abcdefghijklmnopqrstuvwxyz",
        "sk-proj-abcdefghijklmnop1234",
        "Bearer abcdef.123456",
        "AIzaSyA1234567890abcdefghij",
        "gsk_abcdefghijklmnopqrstuv",
    ],
)
def test_keys_are_masked_wherever_they_stand(secret: str) -> None:
    text = redacted(f"the provider said: no such key {secret} (401)")
    assert secret.split()[-1] not in text
    assert "***" in text
    assert text.endswith("(401)")


def test_a_password_in_a_url_is_masked() -> None:
    text = redacted("cannot reach postgresql://turnout:hunter2@db:5432/turnout")
    assert text == "cannot reach postgresql://***@db:5432/turnout"


def test_plain_words_stay() -> None:
    text = "request req_0123456789ab00000001 failed at openai/gpt-4o-mini in 1.5 s"
    assert redacted(text) == text


def test_fields_with_telling_names_are_masked() -> None:
    event = redact_event(
        None, "info", {"event": "x", "api_key": "short", "input_tokens": "12", "status": 200}
    )
    assert event == {"event": "x", "api_key": "***", "input_tokens": "12", "status": 200}
