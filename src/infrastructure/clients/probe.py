"""VendorProbe: a ProviderProbe that asks for the list of models, which costs no tokens."""

from dataclasses import dataclass

from turnout.infrastructure.clients.access import Access
from turnout.infrastructure.transport.engine import HttpRequest


@dataclass(frozen=True, slots=True)
class VendorProbe:
    """A ProviderProbe. It sets no time limit of its own: cancel it to give up."""

    access: Access

    async def models(self) -> tuple[str, ...]:
        """See ProviderProbe."""
        access = self.access
        reply = await access.engine.send(
            HttpRequest("GET", access.models_url, access.whole_headers)
        )
        if not 200 <= reply.status < 300:
            raise access.failure(reply.status, reply.headers, reply.body)
        return access.decoded(lambda: access.codec.chat.model_names(reply.body))
