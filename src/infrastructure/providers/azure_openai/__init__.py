"""Azure OpenAI: `base_url` is the resource, https://RESOURCE.openai.azure.com.

The v1 API by default, where `model` names the deployment; with the option `api_version`
("2024-10-21") the classic one, where the path does.
Docs: https://learn.microsoft.com/azure/ai-foundry/openai/reference
"""

from urllib.parse import quote

from turnout.domain.inference.request import WireProtocol
from turnout.infrastructure.clients.vendor import Authentication, Location, Vendor
from turnout.infrastructure.protocols.codec import Options, Paths


def _locate(plain: Location, options: Options) -> Location:
    resource = plain.base_url.removesuffix("/v1").removesuffix("/openai")
    version = options.get("api_version")
    if not version:
        return Location(f"{resource}/openai/v1", None, plain.authentication)
    query = f"?api-version={quote(version, safe='')}"
    deployment = "/openai/deployments/{model}"
    chat = f"{deployment}/chat/completions{query}"
    paths = Paths(chat, chat, f"/openai/models{query}", f"{deployment}/embeddings{query}")
    return Location(resource, paths, plain.authentication)


VENDOR = Vendor(
    name="azure_openai",
    protocol=WireProtocol.OPENAI_CHAT,
    docs="https://learn.microsoft.com/azure/ai-foundry/openai/reference",
    key_variable="AZURE_OPENAI_API_KEY",
    authentication=Authentication("api-key", ""),
    options={"api_version": "dated version of the classic API, such as 2024-10-21"},
    locate=_locate,
)
