"""`POST /v1/embeddings`: texts in, vectors out."""

from dataclasses import dataclass

from turnout.interfaces.relay.exchange import Exchange
from turnout.interfaces.relay.ingress.openai_embeddings.reply import embeddings_body
from turnout.interfaces.relay.ingress.openai_embeddings.request import read_embedding_request
from turnout.interfaces.relay.use_cases import Admits, EmbeddingRelay


@dataclass(frozen=True, slots=True)
class EmbeddingsEndpoint:
    """Raises what the relay raises, AccessDenied, InvalidRequest, BodyTooLarge and BodyCut."""

    relay: EmbeddingRelay
    admission: Admits
    max_body_bytes: int

    async def __call__(self, exchange: Exchange) -> None:
        """Serve one request."""
        grant = self.admission.grant(exchange.presented_key(), exchange.source)
        request = read_embedding_request(await exchange.body(self.max_body_bytes))
        relayed = await self.relay(request, grant)
        taken = relayed.taken
        body = embeddings_body(relayed.reply, encoding=request.encoding, model=taken.model)
        exchange.answer(taken, body)
