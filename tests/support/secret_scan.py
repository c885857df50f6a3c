"""Finds what looks like a credential in files about to be committed.

`python -m tests.support.secret_scan FILE...` prints each `file:line`, never the text, and exits 1.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

SECRET = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{32,}"
    r"|\bAIza[0-9A-Za-z_-]{35}"
    r"|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"
    r"|\bgh[pousr]_[A-Za-z0-9]{36}"
    r"|\bxox[abpr]-[0-9A-Za-z-]{20,}"
)


def findings(path: Path) -> Iterator[int]:
    """Yield the numbers of the lines that hold something like a credential."""
    for number, line in enumerate(path.read_text(errors="replace").splitlines(), start=1):
        if SECRET.search(line):
            yield number


def main(names: list[str]) -> int:
    found = [f"{name}:{line}" for name in names for line in findings(Path(name))]
    for place in found:
        print(f"{place}: looks like a credential", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
