"""`GET /v1/models` and `GET /v1/models/{id}`: what callers may use."""

from dataclasses import dataclass

from turnout.interfaces.relay.exchange import Exchange
from turnout.interfaces.relay.ingress.openai_models.reply import model_body, models_body
from turnout.interfaces.relay.openai.failures import Refused, unlisted_model
from turnout.interfaces.relay.use_cases import Admits, ModelList

PREFIX = "/v1/models/"
"""What precedes an id, which may hold slashes itself."""


@dataclass(frozen=True, slots=True)
class ModelsEndpoint:
    """Raises AccessDenied, Refused."""

    list_models: ModelList
    admission: Admits

    async def all(self, exchange: Exchange) -> None:
        """Answer with the list."""
        grant = self.admission.grant(exchange.presented_key(), exchange.source)
        exchange.answer_json(models_body(self.list_models(grant.scope)))

    async def one(self, exchange: Exchange) -> None:
        """Answer with the model that the path names."""
        grant = self.admission.grant(exchange.presented_key(), exchange.source)
        name = exchange.path.removeprefix(PREFIX)
        for model in self.list_models(grant.scope):
            if model.id == name:
                exchange.answer_json(model_body(model))
                return
        raise Refused(unlisted_model(name))
