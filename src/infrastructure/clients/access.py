"""Access: how one provider is reached, worked out once so that no request has to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import quote

from turnout.application.ports.outgoing_trace import TRACEPARENT
from turnout.domain.catalog.provider import Provider
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.infrastructure.clients.vendor import Bends, Vendor
from turnout.infrastructure.protocols.codec import Codec, Options
from turnout.infrastructure.transport.engine import HttpEngine, ReplyHeaders
from turnout.infrastructure.transport.retry_after import retry_after_seconds

Headers = tuple[tuple[str, str], ...]

Read = TypeVar("Read")

_SHORTEST_SECRET = 6
"""A shorter secret may be a common word: masking it would garble messages."""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Access:
    """A provider's engine, codec, URLs and headers. URLs are by the deployment's upstream name.

    Whatever uses the engine holds on to the access for as long: see VendorClientFactory.
    """

    engine: HttpEngine
    codec: Codec
    bends: Bends
    options: Options
    whole_headers: Headers = field(repr=False)
    stream_headers: Headers = field(repr=False)
    chat_urls: Mapping[str, str]
    stream_urls: Mapping[str, str]
    embedding_urls: Mapping[str, str]
    models_url: str
    secret: str | None = field(repr=False)

    def failure(self, status: int, headers: ReplyHeaders, body: bytes) -> ProviderFailure:
        """Classify an error answer, with the wait that it asks for and without our secret."""
        failure = self.codec.chat.failure(status, headers, body)
        if failure.retry_after_seconds is None:
            failure.retry_after_seconds = retry_after_seconds(headers)
        return self.masked(failure)

    def decoded(self, decode: Callable[[], Read]) -> Read:
        """Run a codec over an answer; finish the failure that it raises."""
        try:
            return decode()
        except ProviderFailure as failure:
            self.masked(failure)
            raise
        except RecursionError:
            raise too_deep() from None

    def masked(self, failure: ProviderFailure) -> ProviderFailure:
        """Take our secret out of a provider's words, should it repeat it."""
        secret = self.secret
        if secret is not None and len(secret) >= _SHORTEST_SECRET:
            failure.message = failure.message.replace(secret, "***")
            failure.args = (failure.message,)
            failure.raw = failure.raw.replace(secret.encode(), b"***")
        return failure


def access_to(
    provider: Provider, secret: str | None, vendor: Vendor, codec: Codec, engine: HttpEngine
) -> Access:
    """Work out the access to `provider`. Raises DomainError for options that lead nowhere."""
    settings = provider.settings
    location = vendor.location(settings.base_url, settings.options)
    paths = location.paths or codec.chat.paths
    upstreams = [deployment.upstream for deployment in settings.deployments]

    def urls(path: str) -> dict[str, str]:
        template = location.base_url + path
        return {name: template.replace("{model}", quote(name, safe="/:@")) for name in upstreams}

    def headers(accept: str) -> Headers:
        sent = {"content-type": "application/json", "accept": accept, "user-agent": "turnout"}
        sent.update(vendor.headers)
        if secret is not None:
            proof = location.authentication
            sent[proof.header] = proof.prefix + secret
        sent.update((name.lower(), value) for name, value in settings.headers.items())
        return tuple(sent.items())

    return Access(
        engine=engine,
        codec=codec,
        bends=vendor.bends,
        options=settings.options,
        whole_headers=headers("application/json"),
        stream_headers=headers("text/event-stream"),
        chat_urls=urls(paths.chat),
        stream_urls=urls(paths.chat_stream),
        embedding_urls=urls(paths.embeddings) if paths.embeddings else {},
        models_url=location.base_url + paths.models,
        secret=secret,
    )


def traced(headers: Headers) -> Headers:
    """Return `headers` with the trace that the attempt under way is part of, if it is."""
    traceparent = TRACEPARENT.get()
    return headers if traceparent is None else (*headers, ("traceparent", traceparent))


def too_deep() -> ProviderFailure:
    """The failure of an answer whose JSON no parser of ours can follow."""
    return ProviderFailure(FailureKind.MALFORMED, "the provider's answer is nested too deeply")
