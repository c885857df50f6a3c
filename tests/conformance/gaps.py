"""The recordings that are known to fail, each with its reason."""

import json
from collections.abc import Mapping
from pathlib import Path

_FILE = Path(__file__).with_name("known_gaps.json")


def known_gaps() -> Mapping[str, str]:
    """Reasons by the recording's id."""
    gaps: dict[str, str] = json.loads(_FILE.read_text(encoding="utf-8"))
    return gaps
