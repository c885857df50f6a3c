"""What stops `serve` before anything listens; tests/e2e has the rest."""

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from turnout.bootstrap.serve import serve
from turnout.interfaces.cli.actions import BadConfiguration, BadOptions, ServeOptions

OPEN = "can be reached by other machines"


@pytest.fixture(autouse=True)
def _no_child_is_left_behind() -> Iterator[None]:
    before = set(psutil.Process().children(recursive=True))
    yield
    assert set(psutil.Process().children(recursive=True)) - before == set()


@pytest.mark.parametrize(
    "server, role, told",
    [
        ("host: 0.0.0.0", "data", f"server.access_keys is empty, and 0.0.0.0 {OPEN}"),
        ("host: '::'", "all", f"server.access_keys is empty, and :: {OPEN}"),
        ("host: x.invalid", "data", r"server\.port: cannot listen on x.invalid"),
    ],
)
def test_it_does_not_listen_where_it_may_not(
    tmp_path: Path, server: str, role: str, told: str
) -> None:
    file = tmp_path / "turnout.yaml"
    file.write_text(f"server: {{{server}, port: 0, control_port: 0}}")
    with pytest.raises(BadOptions, match=told):
        serve(ServeOptions(file, role=role))
    assert not file.with_suffix(".db").exists()


def test_a_bad_file_stops_it(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match="no such file"):
        serve(ServeOptions(tmp_path / "none.yaml", role="data"))
