import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from turnout.infrastructure import providers
from turnout.infrastructure.discovery import BrokenVendorFolder, discover_vendors

KNOWN = {
    "anthropic", "azure_openai", "cerebras", "cohere", "deepseek", "fireworks", "google", "groq",
    "llamacpp", "lmstudio", "mistral", "ollama", "openai", "openrouter", "perplexity", "simulator",
    "together", "vertex", "vllm", "xai",
}  # fmt: skip
"""Promised to users by name; more may come."""
PROVIDERS = Path(providers.__path__[0])


def test_every_vendor_is_found_under_its_name() -> None:
    vendors = discover_vendors()
    folders = {path.parent.name for path in PROVIDERS.glob("*/__init__.py")}
    assert set(vendors) == folders
    assert vendors.keys() >= KNOWN
    assert all(name == vendor.name for name, vendor in vendors.items())


@pytest.fixture
def room(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[ModuleType]:
    """An empty package to put vendor folders in."""
    name = f"vendors_of_{request.node.name}"
    (tmp_path / name).mkdir()
    (tmp_path / name / "__init__.py").write_text("")
    sys.path.insert(0, str(tmp_path))
    try:
        yield import_module(name)
    finally:
        sys.path.remove(str(tmp_path))
        for module in [module for module in sys.modules if module.startswith(name)]:
            del sys.modules[module]


def put(room: ModuleType, folder: str, source: str) -> None:
    path = Path(room.__path__[0]) / folder
    path.mkdir()
    (path / "__init__.py").write_text(source)


def test_a_folder_with_anothers_name_is_refused(room: ModuleType) -> None:
    put(
        room,
        "acme",
        "from turnout.domain.inference.request import WireProtocol\n"
        "from turnout.infrastructure.clients.vendor import Vendor\n"
        "VENDOR = Vendor('openai', WireProtocol.OPENAI_CHAT, docs='')\n",
    )
    with pytest.raises(BrokenVendorFolder, match="acme: its vendor is called 'openai'"):
        discover_vendors(room)


def test_a_folder_without_a_vendor_is_refused(room: ModuleType) -> None:
    put(room, "acme", "VENDOR = 17\n")
    with pytest.raises(BrokenVendorFolder, match="acme: expected VENDOR to be a Vendor, found 17"):
        discover_vendors(room)
