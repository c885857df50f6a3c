"""`turnout chaos`: scripts and scenarios from files, and a gateway in processes of its own."""

import asyncio
import json
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from turnout.bootstrap.chaos_books import books_in
from turnout.bootstrap.chaos_features import OFFERED
from turnout.bootstrap.running_chaos import run_before
from turnout.bootstrap.waiting import PlaneDied, until_ready
from turnout.infrastructure.config.documents import Document, read_document
from turnout.infrastructure.config.faults import ConfigurationFaults
from turnout.infrastructure.persistence.store_link import store_link
from turnout.interfaces.chaos.arena import StartedGateway, opened_arena
from turnout.interfaces.chaos.report import Report
from turnout.interfaces.chaos.scenario import Scenario, read_scenario
from turnout.interfaces.cli.actions import BadConfiguration, ChaosOptions
from turnout.interfaces.simulator.fields import FieldFault
from turnout.interfaces.simulator.script import Script, read_scripts

FLUSH_SECONDS = 0.2
PROBES = "probes"
"""The feature whose scenarios cannot share a gateway with others."""


def load_scripts(file: Path) -> Mapping[str, Script]:
    """Read simulators' scripts: `{scripts: {NAME: {phases: [...], repeat: ...}}}`.

    Raises BadConfiguration with file and line.
    """
    document = _document(file)
    try:
        return read_scripts(document.content)
    except FieldFault as fault:
        raise BadConfiguration([f"{document.place_of(fault.field)}: {fault}"]) from None


def load_scenarios(files: Sequence[Path]) -> list[Scenario]:
    """Read scenarios. Raises BadConfiguration with file and line of every fault found."""
    scenarios: list[Scenario] = []
    faults: list[str] = []
    for file in files:
        try:
            scenarios.append(_scenario(file))
        except BadConfiguration as bad:
            faults += bad.faults
    if faults:
        raise BadConfiguration(faults)
    return scenarios


def run_chaos(options: ChaosOptions, told: Callable[[Report], None]) -> list[Report]:
    """Run the scenarios against one gateway, with the settings of its file; return the reports.

    Raises BadConfiguration for a file that cannot be read, or with which no gateway starts, and
    BadOptions for a running gateway that simulators cannot be set before.
    """
    scenarios = load_scenarios(options.scenarios)
    if options.gateway is not None:
        return run_before(options, options.gateway, scenarios, told)
    base = {} if options.config is None else _document(options.config).content

    async def run() -> list[Report]:
        reports: list[Report] = []
        for group in groups_of(scenarios):
            async with opened_arena(group, started_gateway, offered=OFFERED, base=base) as arena:
                for scenario in group:
                    reports.append(await arena.run(scenario))
                    told(reports[-1])
        return reports

    try:
        return asyncio.run(run())
    except PlaneDied as died:
        raise BadConfiguration([str(died)]) from None


def groups_of(scenarios: Sequence[Scenario]) -> list[list[Scenario]]:
    """Scenarios that may share a gateway, and each of the others by itself.

    Settings of the whole gateway hold for all who share it, and probes are heard by all of them.
    """
    alone = [one for one in scenarios if one.gateway or PROBES in one.needs]
    together = [one for one in scenarios if one not in alone]
    return [group for group in (together, *([one] for one in alone)) if group]


@asynccontextmanager
async def started_gateway(configuration: Mapping[str, Any]) -> AsyncIterator[StartedGateway]:
    """Serve `configuration` on a free port of this machine, with a store of its own.

    Raises PlaneDied with the gateway's own words when it cannot start.
    """
    host, port = "127.0.0.1", _free_port()
    probed = any("probe" in entry for entry in configuration.get("ai_providers", {}).values())
    control = _free_port() if probed else None
    role = ("--role", "all", "--control-port", str(control)) if probed else ("--role", "data")
    with tempfile.TemporaryDirectory(prefix="turnout-chaos-") as folder:
        file, log = Path(folder) / "turnout.yaml", Path(folder) / "turnout.log"
        store = f"sqlite:///{folder}/turnout.db"
        ledger = {"flush_seconds": FLUSH_SECONDS, **configuration.get("ledger", {})}
        whole = {**configuration, "database": {"url": store}, "ledger": ledger}
        file.write_text(json.dumps(whole))  # which is YAML too
        with log.open("wb") as output:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "turnout", "serve", "--config", str(file)),
                *(*role, "--host", host, "--port", str(port)),
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        try:
            for awaited in (port, control):
                if awaited is not None:
                    await until_ready(host, awaited, process)
            yield StartedGateway(host, port, partial(books_in, store_link(store)))
        except PlaneDied as died:
            raise PlaneDied(f"{died}:\n{log.read_text()}") from None
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


def _scenario(file: Path) -> Scenario:
    document = _document(file)
    try:
        return read_scenario(document.content, file.stem)
    except FieldFault as fault:
        raise BadConfiguration([f"{document.place_of(fault.field)}: {fault}"]) from None


def _document(path: Path) -> Document:
    try:
        return read_document(path)
    except ConfigurationFaults as bad:
        raise BadConfiguration(str(fault) for fault in bad.faults) from None


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
