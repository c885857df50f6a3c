"""The keys of a provider's accounts: what the store holds of them, and what stays in the file."""

from collections.abc import Iterator

from turnout.domain.catalog.credential import ELSEWHERE
from turnout.infrastructure.config.schema import ProviderEntry, Settings


def references_of(name: str, entry: ProviderEntry) -> tuple[str, ...]:
    """Return the references to the keys of the provider `name`, in order; none when none is given.

    A literal stays in the file, and `config:NAME` or `config:NAME#PLACE` stands for it.
    """
    return tuple(place if _is_literal(key) else key for place, key in _keys(name, entry))


def literal_keys(settings: Settings) -> dict[str, str]:
    """Return the keys that stand in the file itself, by the reference that stands for each."""
    return {
        place: key
        for name, entry in settings.ai_providers.items()
        for place, key in _keys(name, entry)
        if key and _is_literal(key)
    }


def place_of(reference: str) -> str:
    """Return where in the file the key behind `config:...` stands, as a dotted path."""
    name, _, place = reference.removeprefix("config:").partition("#")
    return f"ai_providers.{name}." + (f"api_keys[{int(place) - 1}]" if place else "api_key")


def _keys(name: str, entry: ProviderEntry) -> Iterator[tuple[str, str]]:
    if entry.api_key is not None:
        yield f"config:{name}", entry.api_key
    for place, key in enumerate(entry.api_keys, 1):
        yield f"config:{name}#{place}", key


def _is_literal(key: str) -> bool:
    return "${" not in key and not key.startswith(("file:", *ELSEWHERE))
