"""Where a plane may listen: where the port is free, and others need a proof or cannot reach it."""

import socket
from ipaddress import ip_address

from turnout.bootstrap.plane_settings import TlsSettings
from turnout.bootstrap.plane_tls import server_context
from turnout.interfaces.cli.actions import BadOptions


def bindable(host: str, port: int, place: str) -> int:
    """Return `port`, or for 0 one that is free now.

    Raises BadOptions naming `place` if nothing could listen there.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.create_server((host, port), family=family) as door:
            return int(door.getsockname()[1])
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (while")[0]
        raise BadOptions(f"{place}: cannot listen on {host} port {port}: {reason}") from None


def refuse_bad_files(tls: TlsSettings | None, setting: str) -> None:
    """Raise BadOptions naming `setting` if no server could be started with these files."""
    if tls is None:
        return
    try:
        server_context(tls)
    except OSError as error:
        files = ", ".join(filter(None, (tls.cert_file, tls.key_file, tls.client_ca_file)))
        reason = getattr(error, "reason", None) or error.strerror or "they cannot be read"
        raise BadOptions(
            f"{setting}: found {files} ({reason}), expected a certificate, its key and "
            "certificates of authorities, as PEM"
        ) from None


def refuse_open(host: str, has_proof: bool, setting: str) -> None:
    """Raise BadOptions if other machines can reach `host` and `setting` asks no proof of them."""
    if not has_proof and not is_loopback(host):
        raise BadOptions(
            f"{setting} is empty, and {host} can be reached by other machines: "
            "set it, listen on 127.0.0.1, or say --insecure"
        )


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach `host`."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def address(host: str, port: int, *, tls: bool = False) -> str:
    """Return the URL of what listens there."""
    return f"http{'s' if tls else ''}://{f'[{host}]' if ':' in host else host}:{port}"
