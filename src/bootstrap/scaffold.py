"""`turnout new-adapter`: begins a vendor's folder in a source checkout."""

import keyword
from pathlib import Path

import turnout
from turnout.domain.inference.request import WireProtocol
from turnout.interfaces.cli.actions import BadOptions

_PACKAGE = Path(turnout.__file__).parent
_ADDRESSES = {
    WireProtocol.OPENAI_CHAT: "https://api.{name}.example/v1",
    WireProtocol.ANTHROPIC_MESSAGES: "https://api.{name}.example",
    WireProtocol.GEMINI: "https://api.{name}.example/v1beta",
}
_TEMPLATE = '''"""{title}. Docs: https://docs.{name}.example"""

from turnout.domain.inference.request import WireProtocol
from turnout.infrastructure.clients.vendor import Vendor

VENDOR = Vendor(
    name="{name}",
    protocol=WireProtocol.{protocol},
    docs="https://docs.{name}.example",
    base_url="{base_url}",
    key_variable="{variable}_API_KEY",
)
'''


def scaffold_adapter(name: str, protocol: str, package: Path = _PACKAGE) -> list[Path]:
    """Write `providers/NAME/__init__.py` and an empty file for recordings; return their paths.

    Raises BadOptions for a name that is taken or no identifier, for an unknown protocol, and where
    `package` is not the `src` folder of a checkout.
    """
    root = package.parent
    if package.name != "src" or not (root / "pyproject.toml").is_file():
        raise BadOptions("new-adapter works in a source checkout, and this is an installed package")
    if not (name.isidentifier() and name.isascii()) or name != name.lower() or name[0] == "_":
        raise BadOptions(
            f"NAME: found {name!r}, expected lower-case letters, digits and '_', a letter first"
        )
    if keyword.iskeyword(name):
        raise BadOptions(f"NAME: found {name!r}, which is a word of Python")
    if protocol not in list(WireProtocol):
        expected = ", ".join(WireProtocol)
        raise BadOptions(f"PROTOCOL: found {protocol!r}, expected one of {expected}")
    module = package / "infrastructure" / "providers" / name / "__init__.py"
    recordings = root / "tests" / "contract" / "cassettes" / name / "exchanges.jsonl"
    for folder in (module.parent, recordings.parent):
        if folder.exists():
            raise BadOptions(f"NAME: {name!r} is taken, {folder.relative_to(root)} exists")
    written = {module: _row(name, WireProtocol(protocol)), recordings: ""}
    for path, text in written.items():
        path.parent.mkdir(parents=True)
        path.write_text(text)
    return [path.relative_to(root) for path in written]


def _row(name: str, protocol: WireProtocol) -> str:
    return _TEMPLATE.format(
        name=name,
        title=name.replace("_", " ").title(),
        protocol=protocol.name,
        base_url=_ADDRESSES[protocol].format(name=name),
        variable=name.upper(),
    )
