from pathlib import Path

import pytest

from turnout.application.ports.secret_store import SecretMissing
from turnout.infrastructure.secrets.references import ReferencedSecrets

SECRETS = ReferencedSecrets({"KEY": "planted"}, {"config:openai": "literal"})


@pytest.mark.parametrize(
    ("reference", "secret"),
    [
        ("${KEY}", "planted"),
        ("Token ${KEY}", "Token planted"),
        ("${GONE:-default}", "default"),
        ("config:openai", "literal"),
    ],
)
def test_references_lead_to_secrets(reference: str, secret: str) -> None:
    assert SECRETS.reveal(reference) == secret


def test_a_file_is_read_without_its_last_line_end(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("planted\n")
    assert SECRETS.reveal(f"file:{tmp_path}/key") == "planted"


def test_what_leads_nowhere_is_told_by_its_reference(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    for reference, words in [
        ("${GONE}", "the environment variable GONE is not set"),
        ("config:gone", "no longer in the configuration file"),
        (f"file:{tmp_path}/gone", "No such file"),
        (f"file:{tmp_path}/empty", "is empty"),
    ]:
        with pytest.raises(SecretMissing, match=words) as missing:
            SECRETS.reveal(reference)
        assert missing.value.reference == reference


def test_secrets_are_not_in_the_repr() -> None:
    assert "planted" not in repr(SECRETS)
