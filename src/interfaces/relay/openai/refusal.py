"""An answer that tells of an error, in OpenAI's shape.

{"error": {"message": str, "type": str, "param": str | null, "code": str | null}}
"""

from dataclasses import dataclass

import msgspec

from turnout.interfaces.relay.rsgi.wire import HeaderList


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error as the caller sees it."""

    status: int
    message: str
    type: str = "invalid_request_error"
    code: str | None = None
    param: str | None = None
    headers: tuple[tuple[str, str], ...] = ()

    def body(self) -> bytes:
        """Return the JSON body."""
        error = {
            "message": self.message,
            "type": self.type,
            "param": self.param,
            "code": self.code,
        }
        return msgspec.json.encode({"error": error})

    def event(self) -> bytes:
        """Return the event that tells it inside a stream, where no status can be sent any more."""
        return b"data: " + self.body() + b"\n\n"

    def header_list(self) -> HeaderList:
        """Return the headers of the answer."""
        return [("content-type", "application/json"), *self.headers]
