"""VendorEmbeddings: an EmbeddingClient for any vendor whose protocol has embeddings."""

from dataclasses import dataclass
from functools import partial
from time import perf_counter

from turnout.application.ports.provider_client import Embedded
from turnout.domain.catalog.deployment import Deployment
from turnout.domain.inference.request import EmbeddingRequest
from turnout.infrastructure.clients.access import Access, traced
from turnout.infrastructure.protocols.codec import EmbeddingCodec
from turnout.infrastructure.transport.engine import HttpRequest
from turnout.infrastructure.transport.rate_limits import read_headroom


@dataclass(frozen=True, slots=True)
class VendorEmbeddings:
    """An EmbeddingClient."""

    access: Access
    codec: EmbeddingCodec

    async def embed(self, request: EmbeddingRequest, deployment: Deployment) -> Embedded:
        """See EmbeddingClient."""
        access = self.access
        wire = self.codec.request(request, deployment, access.options)
        url = access.embedding_urls[deployment.upstream]
        headers = access.whole_headers
        if wire.headers:
            headers = (*headers, *wire.headers)
        call = HttpRequest("POST", url, traced(headers), wire.body)
        started = perf_counter()
        reply = await access.engine.send(call)
        waited = perf_counter() - started
        if not 200 <= reply.status < 300:
            raise access.failure(reply.status, reply.headers, reply.body)
        vectors = access.decoded(lambda: self.codec.reply(reply.body, request))
        return Embedded(vectors, wire.dropped, waited, partial(read_headroom, reply.headers))
