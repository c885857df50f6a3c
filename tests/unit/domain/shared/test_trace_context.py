"""The header `traceparent`, in and out."""

import pytest

from turnout.domain.shared.trace_context import TraceContext, read_header

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@pytest.mark.parametrize(
    ("header", "read"),
    [
        (f"00-{TRACE}-{SPAN}-01", (TRACE, SPAN, True)),
        (f"00-{TRACE}-{SPAN}-00", (TRACE, SPAN, False)),
        (f" 00-{TRACE}-{SPAN}-03 ", (TRACE, SPAN, True)),
        (f"cc-{TRACE}-{SPAN}-01-more", (TRACE, SPAN, True)),
        (f"00-{TRACE}-{SPAN}-01-more", None),
        (f"ff-{TRACE}-{SPAN}-01", None),
        (f"00-{'0' * 32}-{SPAN}-01", None),
        (f"00-{TRACE}-{'0' * 16}-01", None),
        (f"00-{TRACE.upper()}-{SPAN}-01", None),
        ("nonsense", None),
    ],
)
def test_a_header_is_read(header: str, read: tuple[str, str, bool] | None) -> None:
    assert read_header(header) == read


def test_what_goes_out_can_be_read_and_names_the_attempt() -> None:
    context = TraceContext(TRACE, SPAN, True)
    assert read_header(context.header(2)) == (TRACE, context.attempt(2), True)
    assert len({context.attempt(1), context.attempt(2), SPAN}) == 3
    assert context.attempt(1) == TraceContext(TRACE, SPAN, False).attempt(1)
