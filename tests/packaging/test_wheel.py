"""The wheel holds the package, all of it, and nothing else; and what it installs runs."""

import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOT_SOURCE = shutil.ignore_patterns(
    ".git", ".venv", "build", "dist", "*.egg-info", "__pycache__", ".*_cache", "node_modules"
)


def _run(*command: object, cwd: Path) -> str:
    words = [str(word) for word in command]
    run = subprocess.run(words, cwd=cwd, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy, since building leaves traces."""
    copy = tmp_path_factory.mktemp("build") / "tree"
    shutil.copytree(ROOT, copy, symlinks=True, ignore=NOT_SOURCE)
    _run(sys.executable, "-m", "build", "--no-isolation", "--outdir", copy / "dist", cwd=copy)
    return copy


@pytest.fixture(scope="module")
def wheel(tree: Path) -> Path:
    (wheel,) = (tree / "dist").glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a new virtual environment with the wheel in it.

    The dependencies are those of the environment that runs the tests, put on the path behind it.
    """
    venv = tmp_path_factory.mktemp("install") / "venv"
    if shutil.which("uv"):
        _run("uv", "venv", "--quiet", "--python", sys.executable, venv, cwd=venv.parent)
        python = venv / "bin" / "python"
        _run("uv", "pip", "install", "--no-deps", "--python", python, wheel, cwd=venv.parent)
    else:
        _run(sys.executable, "-m", "venv", venv, cwd=venv.parent)
        _run(venv / "bin" / "pip", "install", "--no-deps", "--no-index", wheel, cwd=venv.parent)
    site = next((venv / "lib").glob("python*/site-packages"))
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return venv / "bin"


def _files(folder: Path, prefix: str) -> set[str]:
    paths = (path for path in folder.rglob("*") if path.is_file() and path.name != ".digest")
    return {f"{prefix}/{path.relative_to(folder).as_posix()}" for path in paths}


def _sources(tree: Path) -> set[str]:
    return _files(tree / "src", "turnout") | _files(tree / "migrations", "turnout/migrations")


def test_the_wheel_holds_every_file_of_the_package_and_nothing_else(
    tree: Path, wheel: Path
) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    package = {name for name in names if name.startswith("turnout/")}
    others = {name.split("/")[0].partition("-")[2] for name in names - package}
    assert package == _sources(tree)
    assert {other.rpartition(".")[2] for other in others} == {"dist-info"}


def test_the_wheel_says_that_it_is_typed_and_under_which_licence(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "turnout/py.typed" in names
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_the_source_distribution_builds_without_git_and_holds_the_sources(tree: Path) -> None:
    (sdist,) = (tree / "dist").glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert _files(tree / "src", "src") | _files(tree / "migrations", "migrations") <= names
    assert {"LICENSE", "README.md", "pyproject.toml", "setup.py", "MANIFEST.in"} <= names


def test_the_installed_programs_run(installed: Path) -> None:
    by_name = _run(installed / "turnout", "--version", cwd=installed)
    as_module = _run(installed / "python", "-m", "turnout", "--version", cwd=installed)
    assert by_name == as_module
    assert "0." in by_name


def test_the_installed_package_is_found_with_its_migrations(installed: Path) -> None:
    program = (
        "import turnout, importlib.resources as r\n"
        "print(turnout.__file__)\n"
        "print((r.files('turnout.migrations') / 'env.py').is_file())"
    )
    where, migrated = _run(installed / "python", "-c", program, cwd=installed).split()
    assert where.startswith(str(installed.parent))
    assert migrated == "True"
