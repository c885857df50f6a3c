import pytest

from turnout.infrastructure.protocols.event_data import event_data


@pytest.mark.parametrize(
    ("block", "data"),
    [
        (b"data: {}\n\n", b" {}"),
        (b"event: a\ndata:{}\n\n", b"{}"),
        (b"event: a\r\ndata: {}\r\n\r\n", b" {}"),
        (b"data: [1,\ndata: 2]\n\n", b" [1,\n 2]"),
        (b": ping\n\n", b""),
        (b"event: ping\n\n", b""),
        (b"", b""),
    ],
)
def test_event_data(block: bytes, data: bytes) -> None:
    assert event_data(block) == data
