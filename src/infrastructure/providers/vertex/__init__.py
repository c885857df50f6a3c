"""Google's Vertex AI: Gemini models, with an express-mode key or in a project.

Express mode needs a key and nothing else, and has no embeddings. With the options `project` and
`location` the call goes to that project, and the secret is an OAuth access token, which its owner
must keep fresh.
Docs: https://cloud.google.com/vertex-ai/generative-ai/docs/start/express-mode/overview
"""

from turnout.domain.inference.request import WireProtocol
from turnout.domain.shared.errors import DomainError
from turnout.infrastructure.clients.vendor import BEARER, Authentication, Location, Vendor
from turnout.infrastructure.protocols.codec import Options, Paths

_BASE_URL = "https://aiplatform.googleapis.com"


def _locate(plain: Location, options: Options) -> Location:
    project, location = options.get("project"), options.get("location")
    if not project and not location:
        return Location(plain.base_url, _paths("/v1beta1"), plain.authentication)
    if not project or not location:
        raise DomainError(
            "provider.option", "vertex takes the options 'project' and 'location' together"
        )
    base_url = plain.base_url
    if base_url == _BASE_URL and location != "global":
        base_url = f"https://{location}-aiplatform.googleapis.com"
    return Location(base_url, _paths(f"/v1beta1/projects/{project}/locations/{location}"), BEARER)


def _paths(scope: str) -> Paths:
    model = f"{scope}/publishers/google/models/{{model}}"
    return Paths(
        chat=f"{model}:generateContent",
        chat_stream=f"{model}:streamGenerateContent?alt=sse",
        models="/v1beta1/publishers/google/models",
        embeddings=f"{model}:predict" if "/projects/" in scope else None,
    )


VENDOR = Vendor(
    name="vertex",
    protocol=WireProtocol.GEMINI,
    docs="https://cloud.google.com/vertex-ai/generative-ai/docs",
    base_url=_BASE_URL,
    key_variable="GOOGLE_VERTEX_API_KEY",
    authentication=Authentication("x-goog-api-key", ""),
    options={"project": "Google Cloud project", "location": "region, or 'global'"},
    locate=_locate,
)
