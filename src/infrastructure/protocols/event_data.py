"""The payload of one server-sent event."""


def event_data(block: bytes) -> bytes:
    """Return the `data` of an event as it came; nothing for a comment or an event without data.

    Source: WHATWG HTML, server-sent events; lines end in LF, CRLF or CR.
    """
    lines = [line[5:] for line in block.splitlines() if line.startswith(b"data:")]
    return lines[0] if len(lines) == 1 else b"\n".join(lines)
