from turnout.infrastructure.config.restart import needs_restart
from turnout.infrastructure.config.schema import Settings


def settings(**sections: object) -> Settings:
    return Settings.model_validate(sections)


def test_what_is_followed_needs_none() -> None:
    new = settings(
        server={"access_keys": ["a", "b"]},
        upstream={
            "timeouts": {"connect_seconds": 1},
            "circuit": {"strikes_to_open": 2},
            "probe": "off",
            "concurrency": {"most": 3},
        },
        metadata={"name": "x"},
        ai_providers={"ollama": {"models": ["m"]}},
        fallback_chains={"default": ["ollama"]},
    )
    assert needs_restart(settings(), new) == ()
    assert needs_restart(new, settings()) == ()


def test_everything_else_is_named() -> None:
    new = settings(
        server={"port": 1, "admin_token": "secret"},
        upstream={"keepalive_seconds": 1},
        database={"url": "sqlite:///x.db"},
    )
    names = ("server.port", "server.admin_token", "upstream.keepalive_seconds", "database.url")
    assert needs_restart(settings(), new) == names
    assert needs_restart(new, new) == ()
