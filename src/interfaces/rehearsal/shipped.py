"""The rehearsals that come with Turnout."""

from pathlib import Path

FOLDER = Path(__file__).parent / "scenarios"


def shipped_rehearsals() -> dict[str, Path]:
    """Each one's file, by name."""
    return {path.stem: path for path in sorted(FOLDER.glob("*.yaml"))}
