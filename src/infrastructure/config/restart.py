"""Which settings a running gateway cannot take over."""

from turnout.infrastructure.config.rendering import leaves_of
from turnout.infrastructure.config.schema import Settings

_FOLLOWED = (
    "ai_providers",
    "alerts",
    "fallback_chains",
    "limits",
    "logging.access",
    "logging.level",
    "metadata",
    "server.access_keys",
    "telemetry.traces.share",
    "upstream.circuit",
    "upstream.concurrency",
    "upstream.probe",
    "upstream.timeouts",
)
"""What is followed while running, or means nothing to it."""


def needs_restart(running: Settings, new: Settings) -> tuple[str, ...]:
    """Return the dotted names of settings that differ and are only read at the start."""
    before, after = dict(leaves_of(running)), dict(leaves_of(new))
    names = dict.fromkeys((*before, *after))
    return tuple(
        name
        for name in names
        if before.get(name) != after.get(name) and not name.startswith(_FOLLOWED)
    )
