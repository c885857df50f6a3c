"""When a certificate ends."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.support.certificates import server_certificate

from turnout.infrastructure.secrets.certificates import ends_at


def test_the_first_certificate_of_a_file_decides(tmp_path: Path) -> None:
    chain = server_certificate(tmp_path / "tls").chain_file
    assert ends_at(str(chain)) == datetime(2090, 1, 1, tzinfo=UTC).timestamp()


def test_what_is_no_certificate_is_told(tmp_path: Path) -> None:
    file = tmp_path / "not.pem"
    file.write_text("nothing")
    with pytest.raises(ValueError, match=r"(?i)pem"):
        ends_at(str(file))
