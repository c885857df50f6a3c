from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from turnout.bootstrap.scaffold import scaffold_adapter
from turnout.domain.inference.request import WireProtocol
from turnout.infrastructure.clients.vendor import Vendor
from turnout.interfaces.cli.actions import BadOptions


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The package's folder in something like a source checkout."""
    (tmp_path / "pyproject.toml").touch()
    package = tmp_path / "src"
    (package / "infrastructure" / "providers" / "groq").mkdir(parents=True)
    return package


@pytest.mark.parametrize("protocol", WireProtocol)
def test_a_scaffold_is_a_vendor_at_once(checkout: Path, protocol: WireProtocol) -> None:
    module, recordings = scaffold_adapter("acme_ai", protocol, checkout)
    assert module == Path("src/infrastructure/providers/acme_ai/__init__.py")
    assert (checkout.parent / recordings).read_text() == ""
    spec = spec_from_file_location("acme_ai", checkout.parent / module)
    assert spec is not None
    assert spec.loader is not None
    loaded = module_from_spec(spec)
    spec.loader.exec_module(loaded)
    vendor = loaded.VENDOR
    assert isinstance(vendor, Vendor)
    assert (vendor.name, vendor.protocol) == ("acme_ai", protocol)
    assert vendor.key_variable == "ACME_AI_API_KEY"
    assert loaded.__doc__ == "Acme Ai. Docs: https://docs.acme_ai.example"


@pytest.mark.parametrize(
    "name, protocol, told",
    [
        ("groq", "openai_chat", "NAME: 'groq' is taken, src/infrastructure/providers/groq exists"),
        ("acme", "smtp", "PROTOCOL: found 'smtp', expected one of openai_chat, anthropic_messages"),
        ("Acme", "gemini", "NAME: found 'Acme', expected lower-case letters"),
        ("acme-ai", "gemini", "NAME: found 'acme-ai', expected"),
        ("_acme", "gemini", "NAME: found '_acme', expected"),
        ("4me", "gemini", "NAME: found '4me', expected"),
        ("../acme", "gemini", "NAME: found '../acme', expected"),
        ("", "gemini", "NAME: found '', expected"),
        ("class", "gemini", "NAME: found 'class', which is a word of Python"),
    ],
)
def test_what_cannot_be_scaffolded_is_refused_and_nothing_written(
    checkout: Path, name: str, protocol: str, told: str
) -> None:
    before = sorted(checkout.parent.rglob("*"))
    with pytest.raises(BadOptions, match=told):
        scaffold_adapter(name, protocol, checkout)
    assert sorted(checkout.parent.rglob("*")) == before


def test_recordings_that_are_there_already_are_not_touched(checkout: Path) -> None:
    there = checkout.parent / "tests" / "contract" / "cassettes" / "acme"
    there.mkdir(parents=True)
    with pytest.raises(BadOptions, match="tests/contract/cassettes/acme exists"):
        scaffold_adapter("acme", "gemini", checkout)
    assert not (checkout / "infrastructure" / "providers" / "acme").exists()


def test_an_installed_package_is_not_written_into(tmp_path: Path) -> None:
    with pytest.raises(BadOptions, match="works in a source checkout"):
        scaffold_adapter("acme", "gemini", tmp_path / "site-packages" / "turnout")
