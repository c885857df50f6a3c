"""The `turnout` command as it is installed: a few times as a process, else in this one."""

import json
import signal
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from tests.support.cli import Ran, run

from turnout.bootstrap.__main__ import ACTIONS

SCRIPT = Path(sys.executable).with_name("turnout")
USERS_FILE = Path(__file__).with_name("users_file.yaml")
KEYS = {"OPENAI_API_KEY": "planted-1", "GOOGLE_API_KEY": "planted-2"}
BAD = """\
server:
  port: 80800
ai_providers:
  opnai:
    models: [gpt-4]
  google:
    models: [gemini-1.5-flash-latest]
    api_key: planted-3
    wieght: 2
fallback_chains:
  default: [google, gogle]
"""


def turnout(*arguments: str, **environ: str) -> Ran:
    """Run the real command in this process."""
    return run(ACTIONS, *arguments, **{**KEYS, **environ})


@pytest.fixture
def users_file(tmp_path: Path) -> str:
    file = tmp_path / "turnout.yaml"
    file.write_text(USERS_FILE.read_text())
    return str(file)


@pytest.fixture
def bad_file(tmp_path: Path) -> str:
    file = tmp_path / "bad.yaml"
    file.write_text(BAD)
    return str(file)


@pytest.mark.parametrize("command", [[SCRIPT], [sys.executable, "-m", "turnout"]])
def test_it_is_a_program_and_a_module(command: list[str]) -> None:
    told = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True)
    assert told.stdout == f"turnout {version('turnout')}\n"


def test_a_bad_file_ends_the_process_with_two(bad_file: str) -> None:
    ended = subprocess.run([SCRIPT, "config", "check", bad_file], capture_output=True, text=True)
    assert (ended.returncode, ended.stdout) == (2, "")
    lines = ended.stderr.splitlines()
    assert lines[0] == f"{bad_file}:2: server.port: found 80800, expected at most 65535"
    assert lines[1].startswith(f"{bad_file}:9: ai_providers.google.wieght: ")
    assert lines[1].endswith("(did you mean 'weight'?)")
    assert "planted" not in ended.stderr


def test_faults_that_only_a_whole_file_shows_have_lines_too(bad_file: str) -> None:
    text = BAD.replace("80800", "8080").replace("wieght", "weight")
    Path(bad_file).write_text(text)
    told = turnout("config", "check", bad_file)
    vendor, target = told.errors.splitlines()
    assert told.code == 2
    assert vendor.startswith(f"{bad_file}:4: ai_providers.opnai: found 'opnai', expected a known")
    assert vendor.endswith("(did you mean 'openai'?)")
    assert target.startswith(f"{bad_file}:11: fallback_chains.default[1]: found 'gogle'")


def test_the_users_file_is_good(users_file: str) -> None:
    told = turnout("config", "check", users_file)
    assert told == Ran(0, f"{users_file}: good: 2 providers with 3 models, 1 chains\n", "")


def test_a_missing_file_is_told() -> None:
    told = turnout("config", "check", "no-such.yaml")
    assert (told.code, told.output) == (2, "")
    assert "no-such.yaml" in told.errors


def test_settings_are_shown_with_origins_and_without_secrets(tmp_path: Path) -> None:
    file = tmp_path / "turnout.yaml"
    file.write_text(
        "metadata: {environment: test}\nserver: {access_keys: [planted-4]}\n"
        "ai_providers: {openai: {models: [gpt-4], api_key: planted-5}}\n"
    )
    file.with_name("turnout.test.yaml").write_text("server: {workers: 3}\n")
    arguments = "config", "show", "--resolved", "--config", str(file)
    told = turnout(*arguments, TURNOUT__SERVER__PORT="9001", TURNOUT__SERVER__ADMIN_TOKEN="planted")
    assert told.code == 0
    assert "planted" not in told.output
    shown = dict(line.split(" = ", 1) for line in told.output.splitlines())
    assert shown["server.port"] == "9001  # TURNOUT__SERVER__PORT"
    assert shown["server.workers"] == f"3  # {tmp_path / 'turnout.test.yaml'}:1"
    assert shown["server.access_keys[0]"] == f"'***'  # {file}:2"
    assert shown["server.host"] == "'127.0.0.1'  # default"


def test_explain_names_targets_in_order_and_the_rule_of_each_drop(users_file: str) -> None:
    arguments = "explain", "--config", users_file, "--model", "gpt-4", "--needs", "vision"
    table = turnout(*arguments)
    assert table.code == 0
    assert "gemini-1.5-flash-latest" in table.output
    told = json.loads(turnout(*arguments, "--json").output)
    assert [target["provider"] for target in told["targets"]] == ["google"]
    assert {drop["rule"] for drop in told["dropped"]} == {"capability"}
    assert "vision" in told["dropped"][0]["detail"]


def test_explain_suggests_names(users_file: str) -> None:
    told = turnout("explain", "--config", users_file, "--model", "gpt-5")
    assert (told.code, told.output) == (1, "Nothing is called 'gpt-5'. Did you mean gpt-4?\n")


def test_providers_are_found_by_capability(users_file: str) -> None:
    told = turnout("providers", "list", "--config", users_file, "--capability", "vision", "--json")
    rows = json.loads(told.output)
    assert [row["name"] for row in rows] == ["google"]
    assert rows[0]["credential"] == "${GOOGLE_API_KEY}"
    assert "planted" not in told.output


def test_the_store_is_made_beside_the_file_and_upgraded_once(users_file: str) -> None:
    first = turnout("db", "upgrade", "--config", users_file)
    assert first.code == 0
    assert first.output.startswith("the store is at revision 0")
    assert Path(users_file).with_suffix(".db").exists()
    assert turnout("db", "upgrade", "--config", users_file) == first


def test_a_database_that_nobody_knows_is_named() -> None:
    told = turnout("db", "upgrade", "--url", "oracle://h/d")
    assert told.code == 2
    assert "oracle" in told.errors


def test_simulators_serve_until_they_are_interrupted() -> None:
    command = [str(SCRIPT), "simulate", "--name", "north", "--protocol", "gemini"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as on:
        assert on.stdout is not None
        assert on.stderr is not None
        told = on.stderr.readline()
        block = [on.stdout.readline().rstrip() for _ in range(7)]
        on.send_signal(signal.SIGINT)
        assert on.wait(20) == 0
    address = told.removeprefix("north speaks gemini on ").rstrip()
    assert block == [
        "ai_providers:",
        "  north:",
        "    protocol: gemini",
        f"    base_url: {address}",
        "    api_key: simulated",
        "    models: [sim-north]",
        "fallback_chains:",
    ]
