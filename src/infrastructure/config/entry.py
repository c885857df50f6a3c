"""Reads one provider's entry as the admin API gets it: the words of `turnout.yaml`, no file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from turnout.domain.catalog.provider import ProviderSettings
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.ids import ProviderId
from turnout.infrastructure.config.checking import checked
from turnout.infrastructure.config.declaration import Declaring, KnownVendor
from turnout.infrastructure.config.faults import Fault, Origin
from turnout.infrastructure.config.tree import Node

_REQUEST = Origin("request")


@dataclass(frozen=True, slots=True)
class EntryReader:
    """Knows vendors and models; `today` decides prices."""

    vendors: Mapping[str, KnownVendor]
    today: Callable[[], date]

    def __call__(self, id: ProviderId, entry: Mapping[str, object]) -> ProviderSettings:
        """Return the settings. Raises DomainError `provider.entry` with all that is wrong."""
        tree = Node({"ai_providers": Node({id: _node(dict(entry))}, _REQUEST)}, _REQUEST)
        settings, faults = checked(tree)
        if settings is not None:
            declaring = Declaring(settings, tree, self.vendors, self.today(), faults)
            found = declaring.declared().providers.get(id)
            if found is not None and not faults:
                return found
        prefix = f"ai_providers.{id}"
        raise DomainError("provider.entry", "; ".join(_said(fault, prefix) for fault in faults))


def _node(value: object) -> Node:
    if isinstance(value, dict):
        return Node({str(key): _node(below) for key, below in value.items()}, _REQUEST)
    if isinstance(value, (list, tuple)):
        return Node([_node(below) for below in value], _REQUEST)
    plain = value if value is None or isinstance(value, (bool, int, float)) else str(value)
    return Node(plain, _REQUEST)


def _said(fault: Fault, prefix: str) -> str:
    place = fault.path.removeprefix(prefix).lstrip(".") or "entry"
    return str(fault).replace(f"{_REQUEST}: {fault.path}", place, 1)
