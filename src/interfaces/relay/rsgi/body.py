"""Reading a request's body, and holding no more of it than is allowed.

A caller who still sends when the answer comes sees a reset connection in place of the answer. So
what is too long, but not by far, is read to its end and thrown away before it is refused.
"""

from turnout.interfaces.relay.rsgi.wire import Headers, HTTPProtocol, ProtocolClosed

PATIENCE = 4
"""How many times longer than allowed a body may be and still be heard out."""


class BodyTooLarge(Exception):
    """The body is longer than `limit_bytes`."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"the body is longer than {limit_bytes} bytes")
        self.limit_bytes = limit_bytes


class BodyCut(Exception):
    """The body ended before its announced length; perhaps nobody is there to be told."""


async def read_body(headers: Headers, protocol: HTTPProtocol, limit_bytes: int) -> bytes:
    """Return the whole body; empty when there is none.

    A length that is announced is checked before anything is read. Raises BodyTooLarge, BodyCut.
    """
    announced = headers.get("content-length")
    if announced is None:
        return await _read_in_pieces(protocol, limit_bytes)
    if int(announced) > limit_bytes:
        waits_for_consent = headers.get("expect") is not None
        if not waits_for_consent and int(announced) <= PATIENCE * limit_bytes:
            await _read_in_pieces(protocol, limit_bytes)
        raise BodyTooLarge(limit_bytes)
    try:
        return await protocol()
    except ProtocolClosed:
        raise BodyCut from None


async def _read_in_pieces(protocol: HTTPProtocol, limit_bytes: int) -> bytes:
    pieces: list[bytes] = []
    length = 0
    async for piece in protocol:
        length += len(piece)
        if length <= limit_bytes:
            pieces.append(piece)
        elif length > PATIENCE * limit_bytes:
            break
        else:
            pieces.clear()
    if length > limit_bytes:
        raise BodyTooLarge(limit_bytes)
    return b"".join(pieces)
