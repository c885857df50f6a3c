"""Finds every vendor folder."""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from turnout.infrastructure import providers
from turnout.infrastructure.clients.vendor import Vendor


class BrokenVendorFolder(Exception):
    """A vendor's folder breaks the rules; the message names the folder."""


def discover_vendors(room: ModuleType = providers) -> Mapping[str, Vendor]:
    """Return the vendor of each folder in `room`, by name.

    Raises BrokenVendorFolder for a folder without a VENDOR, or one that has another's name: so no
    name can occur twice.
    """
    vendors: dict[str, Vendor] = {}
    for found in iter_modules(room.__path__):
        vendor = getattr(import_module(f"{room.__name__}.{found.name}"), "VENDOR", None)
        if not isinstance(vendor, Vendor):
            raise BrokenVendorFolder(
                f"{found.name}: expected VENDOR to be a Vendor, found {vendor!r}"
            )
        if vendor.name != found.name:
            raise BrokenVendorFolder(f"{found.name}: its vendor is called {vendor.name!r}")
        vendors[vendor.name] = vendor
    return vendors
