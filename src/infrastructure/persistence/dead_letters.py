"""Dead letters: records that the store will never take, kept in a file for people to look at."""

import json
from collections.abc import Mapping
from pathlib import Path


class DeadLetters:
    """Appends JSON lines, `{"refused": why, "record": {...}}`, to a file that it makes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0

    def put(self, record: Mapping[str, object], why: str) -> None:
        """Keep `record`. Raises OSError."""
        # What is refused may be no Unicode, so it is written in ASCII.
        line = json.dumps({"refused": why, "record": record}, default=repr)
        with self.path.open("a", encoding="ascii") as file:
            file.write(line + "\n")
        self.count += 1
