"""`POST /v1/embeddings`: texts in, vectors out."""

from dataclasses import dataclass

from turnout.application.ports.system import IdSource
from turnout.application.relay.tracing import Tracing
from turnout.interfaces.relay.exchange import Exchange
from turnout.interfaces.relay.ingress.openai_embeddings.reply import embeddings_body
from turnout.interfaces.relay.ingress.openai_embeddings.request import read_embedding_request
from turnout.interfaces.relay.use_cases import Admits, EmbeddingRelay

EMBEDDINGS = "embeddings"


@dataclass(frozen=True, slots=True)
class EmbeddingsEndpoint:
    """Raises what the relay raises, AccessDenied, InvalidRequest, BodyTooLarge and BodyCut."""

    relay: EmbeddingRelay
    admission: Admits
    ids: IdSource
    max_body_bytes: int
    tracing: Tracing

    async def __call__(self, exchange: Exchange) -> None:
        """Serve one request."""
        request_id = self.ids.next_request()
        exchange.relays(EMBEDDINGS, request_id)
        grant = exchange.grant = self.admission.grant(exchange.presented_key(), exchange.source)
        request = read_embedding_request(await exchange.body(self.max_body_bytes))
        exchange.asked_model, request.id = request.model, request_id
        exchange.trace = self.tracing.begin(request_id, exchange.headers.get)
        relayed = await self.relay(request, grant)
        taken, exchange.meter = relayed.taken, request.meter
        body = embeddings_body(relayed.reply, encoding=request.encoding, model=taken.model)
        exchange.answer(taken, body)
