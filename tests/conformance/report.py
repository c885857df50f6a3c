"""docs/conformance.md: how many recordings of each provider pass, what fails, what is left out."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tests.conformance.run import Verdict
from tests.conformance.scope import Case, Collection, Party

DOCUMENT = Path(__file__).parents[2] / "docs" / "conformance.md"

_OPENING = """\
# Conformance

Answers that real providers gave were recorded by public projects. Here each of them is served
again by a local server in the provider's place, with its own status, headers, line ends and in
odd pieces, and asked for through a started Turnout by the official `openai` client. What the
client reads is compared with what the recording says:

- text, reasoning, refusals, and tool calls with their names and arguments, of every choice; calls
  have the recorded ids, or ids of their own where the protocol has none;
- the finish reason, in OpenAI's words;
- usage: every field of it where the provider speaks OpenAI's protocol; prompt, cached, completion
  and reasoning tokens where the answer was translated;
- vectors, for embeddings;
- for errors, also those in the midst of a stream: the client's exception, its code, and
  `Retry-After`.

Recordings in OpenAI's protocol are read for this by a few lines that walk the JSON; those in
Anthropic's and Google's by their own clients. How each error should be told was judged by reading
it. A known vendor is reached by its own entry, with its bends; any other by its protocol alone.
Streams that Google sent as a JSON array, to clients that did not ask for events, are served as
events.

`tests/conformance` does all this in every run of the tests, which fails when a recording fails
that is not listed here, and also when one passes that is. `python -m tests.conformance --write`
writes this page, where the whole collection stands beside the repository; elsewhere the tests
replay the few recordings that are in it.
"""


def document(verdicts: Sequence[Verdict], collection: Collection, gaps: Mapping[str, str]) -> str:
    """Write the whole page. `gaps` are reasons by the recording's id."""
    failed = [verdict for verdict in verdicts if verdict.differs]
    return "\n".join(
        (
            _OPENING,
            _summary(verdicts, len(failed)),
            "## Providers\n",
            table(verdicts),
            "## What fails\n",
            _failures(failed, gaps),
            "## What is not replayed\n",
            _left_out(collection.left_out),
        )
    )


def _summary(verdicts: Sequence[Verdict], failed: int) -> str:
    written = sum(verdict.case.recording.id.startswith("doc_") for verdict in verdicts)
    return (
        f"{len(verdicts) - failed} of {len(verdicts)} recordings pass. {written} of them are not "
        "recorded: public\nrecordings hold few errors, so these are written in the shapes that the "
        "providers document.\n"
    )


def table(verdicts: Iterable[Verdict]) -> str:
    """One row for each provider and protocol, and the sum."""
    by_party: dict[Party, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        by_party[verdict.case.party].append(verdict)
    rows = [
        (party.name, party.protocol, party.vendor or "-", *_counted(found))
        for party, found in sorted(by_party.items(), key=lambda item: (item[0].name, item[0].id))
    ]
    total = _counted([verdict for found in by_party.values() for verdict in found])
    head = ("provider", "protocol", "vendor", "whole", "streams", "embeddings", "errors")
    return _table((*head, "passed", "failed"), [*rows, ("**all**", "", "", *total)])


def _counted(verdicts: Sequence[Verdict]) -> tuple[str, ...]:
    kinds = Counter(_kind(verdict) for verdict in verdicts)
    failed = sum(bool(verdict.differs) for verdict in verdicts)
    names = ("whole", "streams", "embeddings", "errors")
    return (*(str(kinds[name] or "") for name in names), str(len(verdicts) - failed), str(failed))


def _kind(verdict: Verdict) -> str:
    if verdict.expected.failed is not None:
        return "errors"
    recording = verdict.case.recording
    if recording.endpoint == "embeddings":
        return "embeddings"
    return "streams" if recording.stream else "whole"


def _failures(failed: Sequence[Verdict], gaps: Mapping[str, str]) -> str:
    if not failed:
        return "Nothing.\n"
    rows = [
        (_named(verdict.case), ", ".join(verdict.differs), gaps.get(verdict.case.recording.id, "?"))
        for verdict in failed
    ]
    return _table(("recording", "what differs", "why"), rows)


def _named(case: Case) -> str:
    return f"`{case.recording.id}` ({case.party.name})"


def _left_out(left_out: Mapping[tuple[str, str, str], int]) -> str:
    by_reason: dict[tuple[str, str], list[str]] = defaultdict(list)
    sums: Counter[tuple[str, str]] = Counter()
    for (reason, endpoint, provider), number in sorted(left_out.items()):
        by_reason[endpoint, reason].append(f"{provider} {number}")
        sums[endpoint, reason] += number
    rows = [
        (endpoint, str(sums[endpoint, reason]), ", ".join(providers), reason)
        for (endpoint, reason), providers in sorted(by_reason.items())
    ]
    return _table(("endpoint", "recordings", "providers", "why"), rows)


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
