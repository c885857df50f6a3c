"""Where callers reach a gateway, and what they show there."""

from typing import Self
from urllib.parse import urlsplit

from msgspec import Struct, field


class Door(Struct, frozen=True, kw_only=True):
    """Host and port of a data plane. Without `model` callers ask for the scenario by its name."""

    host: str
    port: int
    tls: bool = False
    key: str = field(default="")
    model: str = ""

    def __repr__(self) -> str:
        return f"Door({self.host!r}, {self.port})"  # and not the key

    @classmethod
    def at(cls, url: str, *, key: str, model: str) -> Self:
        """Return the door at an address such as `http://127.0.0.1:8080`. Raises ValueError."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
            raise ValueError(f"{url!r} is no address of a gateway")
        tls = parts.scheme == "https"
        port = parts.port or (443 if tls else 80)
        return cls(host=parts.hostname, port=port, tls=tls, key=key, model=model)

    @property
    def headers(self) -> list[tuple[str, str]]:
        """What every request shows beside its body."""
        authority = f"[{self.host}]" if ":" in self.host else self.host
        shown = [("host", f"{authority}:{self.port}")]
        return [*shown, ("authorization", f"Bearer {self.key}")] if self.key else shown
