"""`python -m tests.conformance`: replay every recording and print the table of providers.

With `--write`, write docs/conformance.md as well. Exit code 1 if a recording fails that is not a
known gap, or the other way round.
"""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.conformance.gaps import known_gaps
from tests.conformance.report import DOCUMENT, document, table
from tests.conformance.run import replay_all, surprises
from tests.conformance.scope import collection


def main() -> int:
    """Run, print, and perhaps write."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write docs/conformance.md")
    arguments = parser.parse_args()
    found = collection()
    if arguments.write and not found.whole:
        parser.error("--write needs the whole collection beside the repository")
    with tempfile.TemporaryDirectory() as folder:
        verdicts = asyncio.run(replay_all(found.cases, Path(folder)))
    print(table(verdicts))
    gaps = known_gaps()
    told = surprises(verdicts, gaps)
    print("\n".join(told))
    if arguments.write:
        DOCUMENT.write_text(document(verdicts, found, gaps), encoding="utf-8")
    return 1 if told else 0


sys.exit(main())
