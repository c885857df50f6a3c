"""./dev: says what it can do, and what is missing when it cannot."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.secret_scan import findings

ROOT = Path(__file__).parents[2]
TOOLS = ("cat", "cksum", "dirname", "rm", "sed", "sh")


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    """An environment whose PATH has the tools of any system, and no Python."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in TOOLS:
        (folder / tool).symlink_to(shutil.which(tool) or f"/bin/{tool}")
    return {"PATH": str(folder), "HOME": str(tmp_path)}


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What ./dev needs of a clone, without its virtual environment."""
    folder = tmp_path / "a clone"
    folder.mkdir()
    for name in ("dev", "pyproject.toml", "setup.py"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "requirements", folder / "requirements")
    shutil.copytree(ROOT / "ui", folder / "ui", ignore=shutil.ignore_patterns("node_modules"))
    return folder


def _dev(
    clone: Path, environment: dict[str, str], *arguments: str
) -> subprocess.CompletedProcess[str]:
    command = [str(clone / "dev"), *arguments]
    return subprocess.run(command, env=environment, cwd="/", capture_output=True, text=True)


def _executable(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_help_names_every_command(clone: Path, bare: dict[str, str]) -> None:
    run = _dev(clone, bare, "help")
    commands = "setup fmt lint types arch test e2e bench check migrate serve demo new-adapter lock"
    assert run.returncode == 0
    assert set(commands.split()) <= set(re.findall(r"[a-z0-9-]+", run.stdout))


def test_an_unknown_command_is_refused_by_name(clone: Path, bare: dict[str, str]) -> None:
    run = _dev(clone, bare, "tset")
    assert run.returncode == 1
    assert "no command 'tset'" in run.stderr


def test_without_python_it_says_which_is_needed(clone: Path, bare: dict[str, str]) -> None:
    run = _dev(clone, bare, "setup")
    assert run.returncode == 1
    assert "no Python 3.11 or newer on PATH" in run.stderr


def test_a_python_that_is_too_old_or_does_not_run_is_passed_over(
    clone: Path, bare: dict[str, str]
) -> None:
    _executable(Path(bare["PATH"]) / "python3", "exit 1")
    run = _dev(clone, bare, "setup")
    assert "no Python 3.11 or newer on PATH" in run.stderr


def test_without_the_venv_module_it_says_what_to_install(clone: Path, bare: dict[str, str]) -> None:
    old = 'case "$2" in *ensurepip*) exit 1 ;; esac; echo "Python 3.12.0"'
    _executable(Path(bare["PATH"]) / "python3.12", old)
    run = _dev(clone, bare, "setup")
    assert run.returncode == 1
    assert "apt-get install python3-venv" in run.stderr


def test_a_failed_installation_shows_no_address(clone: Path, bare: dict[str, str]) -> None:
    installer = (
        'case "$*" in *"-m venv"*) mkdir -p .venv/bin; cp "$0" .venv/bin/python ;;\n'
        '*"pip install"*) echo "Looking in indexes: https://me:word@host.example/simple"\n'
        "exit 1 ;;\n"
        "esac"
    )
    for tool in ("mkdir", "cp"):
        (Path(bare["PATH"]) / tool).symlink_to(shutil.which(tool) or f"/bin/{tool}")
    _executable(Path(bare["PATH"]) / "python3.13", installer)
    run = _dev(clone, bare, "setup")
    assert run.returncode == 1
    assert "Looking in indexes: (address)" in run.stderr
    assert "host.example" not in run.stdout + run.stderr


def test_what_is_installed_already_is_left_alone_and_arguments_are_passed_on(
    clone: Path, bare: dict[str, str]
) -> None:
    """A second run, seen from another folder, starts the program at once."""
    programs = clone / ".venv" / "bin"
    programs.mkdir(parents=True)
    _executable(programs / "python", "echo installed >&2")
    _executable(programs / "turnout", 'echo "$PWD $*"')
    first = _dev(clone, bare, "serve", "--port", "1 2")
    second = _dev(clone, bare, "serve", "--port", "1 2")
    assert first.stdout == second.stdout == "/ serve --port 1 2\n"
    assert "installing requirements/runtime.lock" in first.stderr
    assert second.stderr == ""


def test_continuous_integration_runs_dev_test_and_nothing_else() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert script.splitlines()[-1] == "exec ./dev test </dev/null"
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_the_secret_scan_finds_keys_and_not_their_names(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text("a: ${OPENAI_API_KEY}\nb: sk-" + "a1B2" * 10 + "\nc: sk-test\n")
    assert list(findings(file)) == [2]
