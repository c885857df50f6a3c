"""Vendor: a company or kind of server that we know how to talk to. Data, but where it bends."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from turnout.domain.inference.request import WireProtocol
from turnout.infrastructure.protocols.codec import Options, Paths


@dataclass(frozen=True, slots=True)
class Authentication:
    """The header that carries the secret, its name in lower case, and what precedes it there."""

    header: str = "authorization"
    prefix: str = "Bearer "


BEARER = Authentication()


@dataclass(frozen=True, slots=True)
class Bent:
    """A chat body made fit for a vendor, and the names of the caller's fields that it lost."""

    body: bytes
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bends:
    """Where a vendor departs from its protocol's chat: pure functions over bytes.

    `request` takes the body before it goes out; `reply` a whole body and `block` one event of a
    stream, before the codec reads them. Each returns what it was given when there is nothing to do.
    """

    request: Callable[[bytes], Bent] | None = None
    reply: Callable[[bytes], bytes] | None = None
    block: Callable[[bytes], bytes] | None = None


@dataclass(frozen=True, slots=True)
class Location:
    """Where operations are, and how to prove who asks. `paths` None: the protocol's own hold."""

    base_url: str
    paths: Paths | None = None
    authentication: Authentication = BEARER


@dataclass(frozen=True, slots=True)
class Vendor:
    """What a vendor's name implies.

    An empty `base_url` must be given by the operator; `key_variable` is None where no key is
    needed. `options` are the operator's options that the vendor knows, with what each is; `locate`
    says where they lead, and may raise DomainError `provider.option`.
    """

    name: str
    protocol: WireProtocol
    docs: str
    base_url: str = ""
    key_variable: str | None = None
    authentication: Authentication = BEARER
    headers: tuple[tuple[str, str], ...] = ()
    paths: Paths | None = None
    bends: Bends = Bends()
    options: Mapping[str, str] = field(default_factory=dict)
    locate: Callable[[Location, Options], Location] | None = None

    def location(self, base_url: str, options: Options) -> Location:
        """Return where a provider at this vendor is."""
        plain = Location(base_url.rstrip("/"), self.paths, self.authentication)
        return plain if self.locate is None else self.locate(plain, options)


UNKNOWN_VENDORS: Mapping[WireProtocol, Vendor] = {
    WireProtocol.OPENAI_CHAT: Vendor("", WireProtocol.OPENAI_CHAT, docs=""),
    WireProtocol.ANTHROPIC_MESSAGES: Vendor(
        "",
        WireProtocol.ANTHROPIC_MESSAGES,
        docs="",
        authentication=Authentication("x-api-key", ""),
        headers=(("anthropic-version", "2023-06-01"),),
    ),
    WireProtocol.GEMINI: Vendor(
        "", WireProtocol.GEMINI, docs="", authentication=Authentication("x-goog-api-key", "")
    ),
}
"""Servers known by their protocol alone."""
