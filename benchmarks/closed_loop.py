"""Closed-loop load by wrk: a fixed number of kept-alive connections, each asking again at once."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.faults import BenchmarkError
from benchmarks.upstreams import needed_program

_SCRIPT = """\
local function contents(path)
    local file = assert(io.open(path, "rb"))
    local text = file:read("*a")
    file:close()
    return text
end
function init(arguments)
    wrk.method = "POST"
    wrk.body = contents(arguments[1])
    for line in contents(arguments[2]):gmatch("[^\\n]+") do
        local name, value = line:match("^(.-): (.*)$")
        wrk.headers[name] = value
    end
end
function done(summary, latency, requests)
    local errors = summary.errors
    io.write(string.format(
        '\\nRESULT {"requests": %d, "microseconds": %d, "refused": %d, "broken": %d, '
            .. '"p50": %d, "p99": %d}\\n',
        summary.requests, summary.duration, errors.status,
        errors.connect + errors.read + errors.write + errors.timeout,
        latency:percentile(50), latency:percentile(99)))
end
"""


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What wrk counted in one window."""

    requests: int
    requests_per_second: float
    p50_milliseconds: float
    p99_milliseconds: float


@dataclass(frozen=True, slots=True)
class ClosedLoop:
    """A prepared load: one request, repeated on `connections` connections."""

    url: str
    files: tuple[Path, Path, Path]
    connections: int

    def run(self, seconds: int) -> LoadResult:
        """Load for `seconds`.

        Raises BenchmarkError if anything but 2xx and 3xx came back, or nothing at all.
        """
        script, body, headers = map(str, self.files)
        command = [needed_program("wrk"), "-t1", f"-c{self.connections}", f"-d{seconds}s"]
        command += ["--timeout", "20s", "-s", script, self.url, "--", body, headers]
        output = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=seconds + 30
        )
        lines = [line for line in output.stdout.splitlines() if line.startswith("RESULT ")]
        if output.returncode != 0 or not lines:
            raise BenchmarkError(f"wrk failed: {output.stderr.strip() or output.stdout.strip()}")
        return _result(json.loads(lines[-1].removeprefix("RESULT ")))


def prepare(
    folder: Path, *, port: int, body: bytes, headers: Mapping[str, str], connections: int
) -> ClosedLoop:
    """Write wrk's files into `folder` for `POST /v1/chat/completions` on `port`."""
    files = (folder / "load.lua", folder / f"load-{port}.json", folder / f"load-{port}.headers")
    files[0].write_text(_SCRIPT)
    files[1].write_bytes(body)
    files[2].write_text("".join(f"{name}: {value}\n" for name, value in headers.items()))
    return ClosedLoop(f"http://127.0.0.1:{port}/v1/chat/completions", files, connections)


def _result(counted: dict[str, Any]) -> LoadResult:
    if counted["refused"] or counted["broken"] or not counted["requests"]:
        raise BenchmarkError(
            f"{counted['requests']} answers, of them {counted['refused']} error statuses;"
            f" {counted['broken']} broken connections or time-outs"
        )
    return LoadResult(
        requests=counted["requests"],
        requests_per_second=counted["requests"] / counted["microseconds"] * 1e6,
        p50_milliseconds=counted["p50"] / 1000,
        p99_milliseconds=counted["p99"] / 1000,
    )
