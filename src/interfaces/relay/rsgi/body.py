"""Reading a request's body, never more of it than is allowed."""

from turnout.interfaces.relay.rsgi.wire import Headers, HTTPProtocol, ProtocolClosed


class BodyTooLarge(Exception):
    """The body is longer than `limit_bytes`."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"the body is longer than {limit_bytes} bytes")
        self.limit_bytes = limit_bytes


class CallerLeft(Exception):
    """Nobody is there any more to be answered."""


async def read_body(headers: Headers, protocol: HTTPProtocol, limit_bytes: int) -> bytes:
    """Return the whole body; empty when there is none.

    A length that is announced is checked before anything is read. Raises BodyTooLarge, CallerLeft.
    """
    announced = headers.get("content-length")
    if announced is None:
        return await _read_unannounced(protocol, limit_bytes)
    if int(announced) > limit_bytes:
        raise BodyTooLarge(limit_bytes)
    try:
        return await protocol()
    except ProtocolClosed:
        raise CallerLeft from None


async def _read_unannounced(protocol: HTTPProtocol, limit_bytes: int) -> bytes:
    pieces: list[bytes] = []
    length = 0
    async for piece in protocol:
        length += len(piece)
        if length > limit_bytes:
            raise BodyTooLarge(limit_bytes)
        pieces.append(piece)
    return b"".join(pieces)
