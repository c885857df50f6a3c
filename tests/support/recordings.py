"""Recorded exchanges with providers: the few in the repository, and the many beside it if there."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CASSETTES = Path(__file__).parents[1] / "contract" / "cassettes"
WIRE = Path(__file__).parents[3] / "shared" / "wire"
"""Where the whole collection is, on machines that have it."""

_BLOCK = re.compile(rb".+?(?:\r?\n\r?\n|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Recording:
    """One exchange; header names are in lower case."""

    id: str
    provider: str
    endpoint: str
    status: int
    stream: bool
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    path: str = field(repr=False, default="")
    request: Mapping[str, object] | None = field(repr=False, default=None)

    @property
    def blocks(self) -> list[bytes]:
        """The events of a recorded stream, as they came."""
        return _BLOCK.findall(self.body)


def recordings(path: Path) -> Iterator[Recording]:
    """Read a file of exchanges, one a line."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row.get("response_body_encoding") == "base64":
            continue
        yield recording_of(row)


def recording_of(row: Mapping[str, Any]) -> Recording:
    """Read one exchange."""
    return Recording(
        id=row["id"],
        provider=row["provider"],
        endpoint=row["endpoint"],
        status=row["status"],
        stream=row["stream"],
        headers={name.lower(): value for name, value in row["response_headers"].items()},
        body=row["response_body"].encode(),
        path=row.get("url_path") or "",
        request=row.get("request_body"),
    )
