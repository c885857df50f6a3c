"""The state that replicas share, where there is any: only then is its client imported."""

from typing import TYPE_CHECKING

from turnout.application.ports.system import Clock
from turnout.bootstrap.plane_settings import SharedStateSettings

if TYPE_CHECKING:
    from turnout.infrastructure.valkey.link import ValkeyLink


def shared_link(settings: SharedStateSettings, clock: Clock) -> "ValkeyLink | None":
    """Return this process's one way to the server, None where none is configured."""
    if settings.url is None:
        return None
    from turnout.infrastructure.valkey.link import ValkeyLink

    return ValkeyLink(
        settings.url,
        clock,
        key_prefix=settings.key_prefix,
        timeout_seconds=settings.timeout_milliseconds / 1000.0,
    )
