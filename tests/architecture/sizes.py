"""How long files and functions are, against the caps of the house style.

`python -m tests.architecture.sizes` prints the table.
"""

from dataclasses import dataclass
from statistics import median

from tests.architecture.source import SRC, Module, modules

FILE_CAP = 300
TABLE_OR_CODEC_CAP = 400
FUNCTION_CAP = 40

TABLES_AND_CODECS = (
    "infrastructure/protocols/",
    "infrastructure/persistence/tables.py",
    "interfaces/relay/ingress/",
    "interfaces/simulator/",
)

ALLOWED: dict[str, str] = {}
"""What may be longer, `place` or `place::function`, and why."""


@dataclass(frozen=True, slots=True)
class Length:
    """Of one file (`relay/attempt.py`) or function (`relay/attempt.py::Attempt.saw`), in lines."""

    what: str
    lines: int
    cap: int

    @property
    def is_over(self) -> bool:
        return self.lines > self.cap


def file_length(module: Module) -> Length:
    is_table_or_codec = module.place.startswith(TABLES_AND_CODECS)
    cap = TABLE_OR_CODEC_CAP if is_table_or_codec else FILE_CAP
    return Length(module.place, len(module.text.splitlines()), cap)


def function_lengths(module: Module) -> list[Length]:
    return [
        Length(f"{module.place}::{node.name}", _lines(node.lineno, node.end_lineno), FUNCTION_CAP)
        for node in module.functions()
    ]


def _lines(first: int, last: int | None) -> int:
    return (last or first) - first + 1


def over_cap() -> list[Length]:
    """Everything longer than its cap, allowed or not."""
    lengths = [length for module in modules() for length in _all_lengths(module)]
    return [length for length in lengths if length.is_over]


def _all_lengths(module: Module) -> list[Length]:
    return [file_length(module), *function_lengths(module)]


def report() -> str:
    """A table by room, and what is over its cap."""
    header = f"{'room':34} {'files':>5} {'lines':>6} {'median':>6} {'longest':>7}   functions: "
    rows = [header + f"{'n':>5} {'median':>6} {'longest':>7}"]
    rooms: dict[str, list[Module]] = {}
    for module in modules():
        rooms.setdefault("/".join(module.place.split("/")[:-1][:2]) or ".", []).append(module)
    rows += [_row(room, inside) for room, inside in sorted(rooms.items())]
    rows.append(_row("all of src/", list(modules())))
    for length in over_cap():
        reason = ALLOWED.get(length.what, "NOT ALLOWED")
        rows.append(f"over its cap of {length.cap}: {length.what}, {length.lines} lines ({reason})")
    return "\n".join(rows)


def _row(room: str, inside: list[Module]) -> str:
    files = [file_length(module).lines for module in inside]
    functions = [length.lines for module in inside for length in function_lengths(module)] or [0]
    return (
        f"{room:34} {len(files):5} {sum(files):6} {median(files):6.0f} {max(files):7}"
        f"              {len(functions):5} {median(functions):6.0f} {max(functions):7}"
    )


if __name__ == "__main__":
    print(f"sizes of {SRC.name}/, in lines\n{report()}")
