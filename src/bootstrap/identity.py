"""Makes the identity provider that the file names, if it names one."""

from turnout.application.ports.system import Clock
from turnout.application.queries.identify import Vouching
from turnout.bootstrap.plane_settings import PlaneSettings
from turnout.infrastructure.identity.secrets import RandomSecrets
from turnout.infrastructure.transport.engine import EngineOptions

MOST_BYTES = 1024 * 1024
"""Of an answer of the identity provider."""


def vouching(settings: PlaneSettings, clock: Clock) -> Vouching | None:
    """Return who vouches for people, None if nobody does."""
    oidc = settings.control.oidc
    if oidc is None:
        return None
    # Most have none, and should not wait at each start for what it takes.
    from turnout.infrastructure.identity.openid import OpenIdProvider, OpenIdSettings
    from turnout.infrastructure.transport.httpx_engine import HttpxEngine

    options = EngineOptions(reply_limit_bytes=MOST_BYTES, ca_file=settings.upstream.ca_file)
    openid = OpenIdSettings(
        oidc.issuer,
        oidc.client_id,
        oidc.client_secret,
        oidc.audience,
        oidc.groups_claim,
        oidc.name_claim,
        oidc.scopes,
    )
    provider = OpenIdProvider(openid, HttpxEngine(options), RandomSecrets(), clock)
    return Vouching(provider, oidc.roles, takes_bearers=oidc.audience is not None)
