"""Google's Gemini API, with a key of AI Studio. Docs: https://ai.google.dev/api"""

from turnout.domain.inference.request import WireProtocol
from turnout.infrastructure.clients.vendor import Authentication, Vendor

VENDOR = Vendor(
    name="google",
    protocol=WireProtocol.GEMINI,
    docs="https://ai.google.dev/api",
    base_url="https://generativelanguage.googleapis.com",
    key_variable="GOOGLE_API_KEY",
    authentication=Authentication("x-goog-api-key", ""),
)
