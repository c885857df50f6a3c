from importlib.resources import files
from pathlib import Path

from turnout.infrastructure.persistence.schema_head import HEAD


def test_the_head_is_the_last_migration() -> None:
    versions = Path(str(files("turnout.migrations"))) / "versions"
    assert max(path.stem[:4] for path in versions.glob("0*.py")) == HEAD
