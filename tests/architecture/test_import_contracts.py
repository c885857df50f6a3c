"""The import contracts hold, looked at the whole tree, and each of them can fail."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from importlinter.api import read_configuration

from tests.architecture.source import ROOT, SRC

CONFIG = ROOT / ".importlinter"

MODULES_AT_LEAST = 330
IMPORTS_AT_LEAST = 1400
"""A bit under the real numbers: a wrong root would pass while checking nothing."""

Violation = tuple[str, str, set[str]]
"""A file below turnout/, what is written into it, and the contracts that must break."""

CYCLE = {
    "domain/shared/planted_a.py": "import turnout.domain.shared.planted_b",
    "domain/shared/planted_b.py": "import turnout.domain.shared.planted_a",
}

HEXAGON = "Dependencies point inward"
PURE_DOMAIN = "Domain is pure and deterministic"
PURE_APPLICATION = "Application knows ports, not technology"
CONTAINER = "Only bootstrap imports dependency_injector"
DOMAIN_ROOMS = "Domain rooms are layered"
APPLICATION_ROOMS = "Application rooms are layered"
INFRASTRUCTURE_ROOMS = "Infrastructure rooms are layered"
INTERFACE_ROOMS = "Interface rooms are layered"
PROVIDERS = "Provider adapters are independent"
PROTOCOLS = "Wire protocols are independent"
INGRESS = "Ingress protocols are independent"
SQL = "Only persistence speaks SQL"
YAML = "Only config reads YAML"
HTTP = "Only transport speaks HTTP"
PYDANTIC = "Pydantic validates at the cold edges only"
FASTAPI = "Only the control plane is FastAPI"
GRANIAN = "Only bootstrap and the relay know Granian"
TERMINAL = "Only the command line draws on terminals"
UVICORN = "Only bootstrap knows uvicorn"
OPENAI = "Only the demonstration calls by the official client"
PRICES = "Only config looks prices up"
CRYPTOGRAPHY = "Only secrets encrypts"
PROOFS = "Only identity hashes passwords and reads tokens"
VALKEY = "Only valkey speaks to Valkey"
APPRISE = "Only alerting calls people by apprise"
TELEMETRY = "Only telemetry speaks Prometheus, OpenTelemetry and structlog"
CYCLES = "No cycles between siblings"

UNDER_TYPE_CHECKING = """from typing import TYPE_CHECKING
if TYPE_CHECKING:
    import sqlalchemy
"""

VIOLATIONS: dict[str, Violation] = {
    "domain knows application": (
        "domain/shared/planted.py", "import turnout.application.ports", {HEXAGON}),
    "application knows infrastructure": (
        "application/ports/planted.py", "import turnout.infrastructure", {HEXAGON}),
    "infrastructure knows interfaces": (
        "infrastructure/system/planted.py", "import turnout.interfaces", {HEXAGON}),
    "interfaces know infrastructure": (
        "interfaces/cli/planted.py", "import turnout.infrastructure", {HEXAGON}),
    "somebody knows bootstrap": (
        "interfaces/cli/planted.py", "import turnout.bootstrap", {HEXAGON}),
    "a sixth ring": ("planted/thing.py", "", {HEXAGON}),
    "domain reads the clock": ("domain/health/planted.py", "import time", {PURE_DOMAIN}),
    "domain throws dice": ("domain/routing/planted.py", "from random import choice", {PURE_DOMAIN}),
    "domain names sqlalchemy for types": (
        "domain/catalog/planted.py", UNDER_TYPE_CHECKING, {PURE_DOMAIN, SQL}),
    "domain imports inside a function": (
        "domain/catalog/planted.py", "def f() -> None:\n    import asyncio", {PURE_DOMAIN}),
    "application reads the clock": (
        "application/relay/planted.py", "import time", {PURE_APPLICATION}),
    "application reads JSON by msgspec": (
        "application/relay/planted.py", "import msgspec", {PURE_APPLICATION}),
    "an interface knows the container": (
        "interfaces/cli/planted.py", "import dependency_injector", {CONTAINER}),
    "catalog knows routing": (
        "domain/catalog/planted.py", "import turnout.domain.routing", {DOMAIN_ROOMS, CYCLES}),
    "health knows routing": (
        "domain/health/planted.py", "import turnout.domain.routing", {DOMAIN_ROOMS}),
    "a new domain room": ("domain/planted/thing.py", "", {DOMAIN_ROOMS}),
    "ports know the relay": (
        "application/ports/planted.py", "import turnout.application.relay",
        {APPLICATION_ROOMS, CYCLES}),
    "the relay knows commands": (
        "application/relay/planted.py", "import turnout.application.commands", {APPLICATION_ROOMS}),
    "transport knows protocols": (
        "infrastructure/transport/planted.py", "import turnout.infrastructure.protocols",
        {INFRASTRUCTURE_ROOMS, CYCLES}),
    "persistence knows config": (
        "infrastructure/persistence/planted.py", "import turnout.infrastructure.config",
        {INFRASTRUCTURE_ROOMS}),
    "the relay knows the control plane": (
        "interfaces/relay/planted.py", "import turnout.interfaces.control", {INTERFACE_ROOMS}),
    "chaos knows the command line": (
        "interfaces/chaos/planted.py", "import turnout.interfaces.cli", {INTERFACE_ROOMS, CYCLES}),
    "a vendor leans on a vendor": (
        "infrastructure/providers/planted/__init__.py",
        "import turnout.infrastructure.providers.openai", {PROVIDERS}),
    "a protocol leans on a protocol": (
        "infrastructure/protocols/gemini/planted.py",
        "import turnout.infrastructure.protocols.openai_chat", {PROTOCOLS}),
    "an ingress leans on an ingress": (
        "interfaces/relay/ingress/planted/__init__.py",
        "import turnout.interfaces.relay.ingress.openai_chat", {INGRESS}),
    "config speaks SQL": ("infrastructure/config/planted.py", "import sqlalchemy", {SQL}),
    "the command line reads YAML": ("interfaces/cli/planted.py", "import yaml", {YAML}),
    "a client speaks HTTP": ("infrastructure/clients/planted.py", "import httpx", {HTTP}),
    "a vendor speaks HTTP": ("infrastructure/providers/planted.py", "import pyreqwest", {HTTP}),
    "the relay validates by pydantic": (
        "interfaces/relay/planted.py", "from pydantic import BaseModel", {PYDANTIC}),
    "the relay is FastAPI": ("interfaces/relay/planted.py", "import fastapi", {FASTAPI}),
    "the control plane knows Granian": (
        "interfaces/control/planted.py", "import granian", {GRANIAN}),
    "the control plane knows its server": (
        "interfaces/control/planted.py", "import uvicorn", {UVICORN}),
    "the simulator draws": ("interfaces/simulator/planted.py", "import rich", {TERMINAL}),
    "a protocol uses the official client": (
        "infrastructure/protocols/planted.py", "import openai", {OPENAI}),
    "the relay looks prices up": ("interfaces/relay/planted.py", "import genai_prices", {PRICES}),
    "the control plane encrypts": (
        "interfaces/control/planted.py", "import cryptography.fernet", {CRYPTOGRAPHY}),
    "the control plane speaks Prometheus": (
        "interfaces/control/planted.py", "import prometheus_client", {TELEMETRY}),
    "the control plane calls people": (
        "interfaces/control/planted.py", "import apprise", {APPRISE}),
    "the cache speaks to Valkey": ("infrastructure/cache/planted.py", "import redis", {VALKEY}),
    "the control plane reads tokens": ("interfaces/control/planted.py", "import jwt", {PROOFS}),
}  # fmt: skip


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Which contracts broke, by violation; the empty name is the tree as it is."""
    copy = tmp_path_factory.mktemp("tree")
    shutil.copytree(SRC, copy / "turnout", ignore=shutil.ignore_patterns("__pycache__"))
    planted = {name: {place: text} for name, (place, text, _) in VIOLATIONS.items()}
    run = subprocess.run(
        [sys.executable, "-m", "tests.architecture.planting", str(copy), str(CONFIG)],
        input=json.dumps({**planted, CYCLES: CYCLE}), cwd=ROOT, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(copy)}, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return dict(json.loads(run.stdout))


def test_lint_imports_passes_and_saw_the_whole_tree() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run(
        [program, "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout + run.stderr
    seen = re.search(r"Analyzed (\d+) files, (\d+) dependencies", run.stdout)
    assert seen is not None, run.stdout
    assert int(seen[1]) >= MODULES_AT_LEAST
    assert int(seen[2]) >= IMPORTS_AT_LEAST


def test_nothing_is_broken_before_planting(outcome: dict[str, list[str]]) -> None:
    assert outcome[""] == []


@pytest.mark.parametrize("violation", VIOLATIONS)
def test_a_planted_violation_breaks_its_contract(
    violation: str, outcome: dict[str, list[str]]
) -> None:
    assert set(outcome[violation]) == VIOLATIONS[violation][2]


def test_two_siblings_that_need_each_other_break_the_rule_on_cycles(
    outcome: dict[str, list[str]],
) -> None:
    assert outcome[CYCLES] == [CYCLES]


def test_every_protocol_on_disk_is_in_the_contract() -> None:
    contracts = read_configuration(str(CONFIG))["contracts_options"]
    (listed,) = (options["modules"] for options in contracts if options["name"] == PROTOCOLS)
    folders = (SRC / "infrastructure" / "protocols").glob("*/__init__.py")
    assert {name.rpartition(".")[2] for name in listed} == {path.parent.name for path in folders}


def test_every_contract_has_a_violation() -> None:
    names = {options["name"] for options in read_configuration(str(CONFIG))["contracts_options"]}
    assert {CYCLES}.union(*(broken for _, _, broken in VIOLATIONS.values())) == names
