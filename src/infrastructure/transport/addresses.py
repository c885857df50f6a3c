"""Which addresses may be connected to: none that only lead into the machine's own insides.

A provider's address is whatever its name leads to at the moment of connecting, so that is what is
looked at, and what is connected to. Some addresses are refused to everybody: link-local ones, where
clouds keep the metadata that hands out credentials, multicast, unspecified and reserved ones. Who
may connect to `public_only` addresses is refused private, shared and loopback ones too.

Sources: the IANA registries of special-purpose addresses (RFC 6890), as `ipaddress` has them; the
clouds' pages on their metadata servers, of which some have addresses that are not link-local.
"""

import asyncio
import socket
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address

METADATA_NAMES = frozenset(
    {
        "instance-data",
        "instance-data.ec2.internal",
        "metadata",
        "metadata.azure.internal",
        "metadata.goog",
        "metadata.google.internal",
    }
)
_METADATA = frozenset(
    map(ip_address, ("fd00:ec2::254", "100.100.100.200", "192.0.0.192", "168.63.129.16"))
)
"""AWS over IPv6, Alibaba, Oracle, Azure; the others' is link-local."""
_NAT64 = ip_network("64:ff9b::/96")


class AddressRefused(OSError):
    """An address that is not connected to. The text says which, and why."""


def refusal(host: str, *, public_only: bool = False) -> str | None:
    """Tell why `host`, a name or an address in any form, is not connected to; None if it may be.

    Of a name that is not known for what it leads to, `addresses_of` knows more.
    """
    if host.rstrip(".").lower() in METADATA_NAMES:
        return f"{host} is a cloud's metadata server"
    address = _literal(host)
    return None if address is None else _refused(address, public_only)


async def addresses_of(host: str, port: int, *, public_only: bool = False) -> list[str]:
    """Return the addresses of `host`, in the order in which to try them.

    Raises AddressRefused if one of them must not be connected to (who mixes them in is up to
    something), and OSError for a name that leads nowhere.
    """
    if reason := refusal(host, public_only=public_only):
        raise AddressRefused(reason)
    if (literal := _literal(host)) is not None:
        return [str(literal)]
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(info[4][0]) for info in found))
    for address in addresses:
        if reason := _refused(ip_address(address), public_only):
            raise AddressRefused(reason)
    return addresses


@lru_cache(maxsize=1024)
def _literal(host: str) -> Address | None:
    """Read an address in any form that the system knows: 127.1 and 0x7f000001 are one, too."""
    try:
        return ip_address(host)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host))
    except (OSError, UnicodeError):
        return None


def _refused(address: Address, public_only: bool) -> str | None:
    inner = _inner(address)
    kind = _always_refused(inner)
    if kind is None and public_only and not inner.is_global:
        kind = "not of the public internet"
    return None if kind is None else f"{address} is {kind}"


def _always_refused(address: Address) -> str | None:
    if address in _METADATA:
        return "a cloud's metadata server"
    if address.is_loopback:  # IPv6 has reserved all around it
        return None
    kinds = {
        "link-local": address.is_link_local,
        "a multicast address": address.is_multicast,
        "no address of anyone": address.is_unspecified or address in ip_network("0.0.0.0/8"),
        "a reserved address": address.is_reserved,
    }
    return next((kind for kind, holds in kinds.items() if holds), None)


def _inner(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 address stands for, if it stands for one."""
    if isinstance(address, IPv4Address):
        return address
    address = IPv6Address(int(address))  # without a zone
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address
