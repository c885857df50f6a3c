"""Runs every import contract on a copy of the tree with one violation planted at a time.

`python -m tests.architecture.planting COPY CONFIG < violations.json`, with COPY first on the path,
reads `{name: {file below turnout/: text}}` and prints `{name: [contracts that broke]}`, and under
the empty name what broke with nothing planted. It is a program of its own because the running test
process already knows the real `turnout`.
"""

import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path

import grimp
from importlinter.api import read_configuration
from importlinter.contracts.acyclic_siblings import AcyclicSiblingsContract
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.independence import IndependenceContract
from importlinter.contracts.layers import LayersContract
from importlinter.contracts.protected import ProtectedContract
from importlinter.domain.contract import Contract

KINDS: dict[str, type[Contract]] = {
    "acyclic_siblings": AcyclicSiblingsContract,
    "forbidden": ForbiddenContract,
    "independence": IndependenceContract,
    "layers": LayersContract,
    "protected": ProtectedContract,
}


def contracts(config: str) -> list[Contract]:
    """The contracts of a configuration file."""
    settings = read_configuration(config)
    return [
        KINDS[options["type"]](options["name"], settings["session_options"], options)
        for options in settings["contracts_options"]
    ]


def broken(rules: list[Contract]) -> list[str]:
    """The names of the contracts that the tree as it is now breaks."""
    graph = grimp.build_graph("turnout", include_external_packages=True, cache_dir=None)
    return [rule.name for rule in rules if not rule.check(deepcopy(graph), verbose=False).kept]


def main(copy: Path, config: str) -> None:
    """Plant, check, remove; the copy is as before at the end."""
    rules = contracts(config)
    outcome = {"": broken(rules)}
    for name, files in json.load(sys.stdin).items():
        with planted(copy / "turnout", files):
            outcome[name] = broken(rules)
    print(json.dumps(outcome))


@contextmanager
def planted(package: Path, files: dict[str, str]) -> Iterator[None]:
    """New files, with the packages around them; everything is gone afterwards."""
    made: list[Path] = []
    for place, text in files.items():
        file = package / place
        if not file.parent.exists():
            file.parent.mkdir()
            (file.parent / "__init__.py").touch()
            made.append(file.parent)
        file.write_text(text, encoding="utf-8")
        made.append(file)
    yield
    for path in made:
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
