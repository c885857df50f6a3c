"""The simulator, a stand-in for providers: `base_url` is that of a started one, with `/v1`."""

from turnout.domain.inference.request import WireProtocol
from turnout.infrastructure.clients.vendor import Vendor

VENDOR = Vendor(name="simulator", protocol=WireProtocol.OPENAI_CHAT, docs="")
