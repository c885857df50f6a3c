"""The sections of `turnout.yaml` on where state is kept, and how long it is waited for."""

from pydantic import Field

from turnout.infrastructure.config.section import Number, Section, Whole


class Database(Section):
    """Where configuration is stored: a SQLite file beside this one when not given.

    The rest is for PostgreSQL.
    """

    url: str | None = None
    pool_size: Whole = 10
    connect_seconds: Number = 5.0
    statement_seconds: Number = 10.0


class SharedState(Section):
    """The Valkey or Redis server that replicas share; none where a gateway is alone.

    Names of all that is kept there begin with `key_prefix`.
    """

    url: str | None = Field(default=None, pattern=r"^(redis|rediss|unix)://")
    key_prefix: str = Field(default="turnout", pattern=r"^[A-Za-z0-9._{}-]+$")
    timeout_milliseconds: Whole = 50
