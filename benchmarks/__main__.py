"""The command line: `python -m benchmarks [SCENARIO ...]`, or `./dev bench`."""

import argparse
import contextlib
import resource
import shlex
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks import footprint, machine, report, scenarios
from benchmarks.candidates import Candidate, installed_candidates
from benchmarks.faults import BenchmarkError
from benchmarks.measuring import Settings
from benchmarks.samples import Outcome

_SCENARIOS: dict[str, Callable[[Settings], Outcome]] = {
    "native": scenarios.native,
    "anthropic": scenarios.anthropic,
    "stream": scenarios.stream,
    "stream-anthropic": scenarios.stream_anthropic,
    "prompt-200k": scenarios.prompt_200k,
    "tls": scenarios.tls,
    "memory": footprint.memory,
    "memory-streams": footprint.memory_streams,
    "startup": footprint.startup,
}
_OPEN_FILES = 16_384


def main(arguments: Sequence[str]) -> int:
    """Measure, print a table per scenario, write the files that were asked for."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    _raise_open_files()
    try:
        candidates = _chosen(options.candidates)
        if unknown := [name for name in options.scenarios if name not in _SCENARIOS]:
            raise BenchmarkError(f"no scenario {unknown[0]!r}; there are {', '.join(_SCENARIOS)}")
        run = report.Run(
            command=_command(options),
            machine=machine.description(),
            versions={candidate.name: candidate.version for candidate in candidates},
            outcomes=[],
        )
        for name in options.scenarios or _SCENARIOS:
            outcome = _measured(name, options, candidates)
            run.outcomes.append(outcome)
            print(report.as_text(outcome), end="\n\n", flush=True)
    except BenchmarkError as fault:
        print(f"benchmarks: {fault}", file=sys.stderr)
        return 2
    for path, text in ((options.json, report.as_json), (options.markdown, report.as_markdown)):
        if path is not None:
            path.write_text(text(run))
    return 0


def _command(options: argparse.Namespace) -> str:
    """How to do it again; without the files written, whose places are this machine's."""
    words = ["./dev", "bench", *options.scenarios]
    for name in ("rounds", "seconds", "connections", "candidates"):
        if (value := getattr(options, name)) is not None:
            words += [f"--{name}", str(value)]
    return shlex.join(words)


def _measured(name: str, options: argparse.Namespace, candidates: list[Candidate]) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="turnout-bench-") as folder:
        settings = Settings(
            rounds=options.rounds,
            seconds=options.seconds,
            connections=options.connections,
            folder=Path(folder),
            candidates=candidates,
            say=lambda text: print(f"  {name}: {text}", file=sys.stderr, flush=True),
        )
        return _SCENARIOS[name](settings)


def _chosen(names: str | None) -> list[Candidate]:
    installed = {candidate.name: candidate for candidate in installed_candidates()}
    if names is None:
        return list(installed.values())
    wanted = names.split(",")
    if missing := [name for name in wanted if name not in installed]:
        raise BenchmarkError(
            f"--candidates: no {', '.join(missing)} here; installed are {', '.join(installed)}"
        )
    return [installed[name] for name in wanted]


def _raise_open_files() -> None:
    """A thousand streams are two thousand sockets in a gateway; children inherit the limit."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(_OPEN_FILES, hard)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1 on, found {text!r}")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument(
        "scenarios", nargs="*", metavar="SCENARIO", help=f"all, or of: {', '.join(_SCENARIOS)}"
    )
    parser.add_argument("--rounds", type=_positive, default=5, help="rounds per scenario")
    parser.add_argument("--seconds", type=_positive, default=3, help="window of one measurement")
    parser.add_argument("--connections", type=_positive, default=16, help="of the closed loop")
    parser.add_argument("--candidates", metavar="A,B", help="only these, of those installed")
    parser.add_argument("--json", type=Path, metavar="FILE", help="every sample")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="the report")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
