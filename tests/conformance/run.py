"""Replays the whole collection through one started Turnout."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openai import AsyncOpenAI

from tests.conformance.answer import Answer, differences
from tests.conformance.expected import broken_off, counts, expected
from tests.conformance.judgement import expected_failure
from tests.conformance.official import ask
from tests.conformance.replay import replaying
from tests.conformance.scope import Case
from tests.support.turnout_process import started

_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one recording: passed, or what differs."""

    case: Case
    differs: tuple[str, ...]
    expected: Answer
    heard: Answer

    def what_differs(self) -> str:
        """Both sides of every difference, for people."""
        pairs = [(field, self._said(self.expected, field), self._said(self.heard, field))
                 for field in self.differs]  # fmt: skip
        return "; ".join(f"{field} is {heard}, not {wanted}" for field, wanted, heard in pairs)

    @staticmethod
    def _said(answer: Answer, field: str) -> str:
        place, _, name = field.rpartition("].")
        owner = answer.choices[int(place.removeprefix("choices["))] if place else answer
        return repr(getattr(owner, name))[:300]


async def replay_all(cases: list[Case], folder: Path) -> list[Verdict]:
    """Start Turnout in `folder` and read every recording back through it."""
    async with replaying(case.recording for case in cases) as stub:
        providers: dict[str, object] = {
            party.id: party.entry(stub, [c.recording for c in cases if c.party == party])
            for party in {case.party for case in cases}
        }
        # What fails is asked once: how often to ask again is not the matter here.
        chains = {
            case.recording.id: _chain(case) for case in cases if expected_failure(case.recording)
        }
        configuration = {"ai_providers": providers, "fallback_chains": chains}
        async with (
            started(folder, configuration) as gateway,
            gateway.openai() as client,
        ):
            waiting = iter(cases)
            verdicts: list[Verdict] = []
            async with asyncio.TaskGroup() as group:
                for _ in range(_AT_ONCE):
                    group.create_task(_work(client, waiting, verdicts))
    return sorted(verdicts, key=lambda verdict: verdict.case.recording.id)


def surprises(verdicts: Iterable[Verdict], gaps: Mapping[str, str]) -> list[str]:
    """Say where the verdicts are not what the known gaps say."""
    told = []
    for verdict in verdicts:
        recording = verdict.case.recording
        if verdict.differs and recording.id not in gaps:
            told.append(f"{verdict.case.address} fails: {verdict.what_differs()}")
        if not verdict.differs and recording.id in gaps:
            told.append(f"{verdict.case.address} passes: take it off the known gaps")
    return told


def _chain(case: Case) -> dict[str, object]:
    return {"tiers": [[case.address]], "max_attempts": 1}


async def _work(client: AsyncOpenAI, waiting: Iterator[Case], verdicts: list[Verdict]) -> None:
    for case in waiting:
        wanted = expected(case)
        model = case.address if wanted.failed is None else case.recording.id
        heard = await ask(client, case, model, inputs=max(1, len(wanted.vectors)))
        if case.party.protocol != "openai_chat" and heard.usage is not None:
            heard.usage = _compared(case, heard.usage)
        if heard.failed is not None:
            heard = broken_off(heard, heard.failed)
        verdicts.append(Verdict(case, differences(wanted, heard), wanted, heard))


def _compared(case: Case, usage: dict[str, Any]) -> dict[str, Any]:
    """The counts of a translated answer that its recording can tell."""
    if case.recording.endpoint == "embeddings":
        return usage
    return counts(
        usage["prompt_tokens"],
        usage["prompt_tokens_details"]["cached_tokens"],
        usage["completion_tokens"],
        usage["completion_tokens_details"]["reasoning_tokens"],
    ) | {"total_tokens": usage["total_tokens"]}
