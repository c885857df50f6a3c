from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from turnout.application.commands.revise_key import ReviseKey
from turnout.domain.governance.access_key import AccessKey, KeySettings, TokenMark
from turnout.domain.governance.scope import Scope
from turnout.domain.shared.ids import KeyId
from turnout.interfaces.control.key_schemas import KeyAnswer, KeyBody, KeyPatch, revision_of

ID = KeyId("key_1")
SCOPE = Scope(routes=frozenset({"default"}), networks=frozenset({"10.0.0.0/8"}))
SETTINGS = KeySettings("ci", "tools", None, SCOPE, {"a": "b"}, 4_000_000_000.0)


def test_a_body_becomes_settings() -> None:
    body = KeyBody.model_validate_json(
        '{"name": "ci", "team": "tools", "routes": ["default"], "networks": ["10.0.0.0/8"], '
        '"metadata": {"a": "b"}, "expires_at": "2096-10-02T07:06:40Z"}'
    )
    assert body.settings() == SETTINGS


@pytest.mark.parametrize(
    "text", ["{}", '{"name": 1}', '{"name": "x", "expires_at": "2096-10-02T07:06:40"}',
             '{"name": "x", "more": 1}', '{"name": "x", "routes": "default"}'],
)  # fmt: skip
def test_what_is_not_as_described_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        KeyBody.model_validate_json(text)


def test_a_patch_says_what_it_changes_and_no_more() -> None:
    patch = TypeAdapter(KeyPatch).validate_json(
        '{"name": "cd", "team": null, "project": "p", "metadata": {}, "expires_at": null, '
        '"routes": [], "models": ["m"], "providers": ["x"], "networks": []}'
    )
    assert revision_of(ID, patch) == ReviseKey(
        ID,
        {"name": "cd", "team": None, "project": "p", "metadata": {}, "expires_at_seconds": None},
        {
            "routes": frozenset(),
            "models": frozenset({"m"}),
            "providers": frozenset({"x"}),
            "networks": frozenset(),
        },
    )
    assert revision_of(ID, {}) == ReviseKey(ID, {})


def test_a_key_is_shown_without_digests() -> None:
    key = AccessKey(ID, SETTINGS, TokenMark("p2", "d2"), 1.0, TokenMark("p1", "d1"), 2.0)
    shown = KeyAnswer.of(key)
    assert (shown.prefix, shown.former_prefix) == ("p2", "p1")
    assert shown.former_until == datetime.fromtimestamp(2.0, UTC)
    assert "d1" not in shown.model_dump_json() and "d2" not in shown.model_dump_json()
