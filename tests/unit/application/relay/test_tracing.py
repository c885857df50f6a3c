"""Which requests are traced."""

from contextvars import copy_context

from turnout.application.ports.outgoing_trace import CURRENT_TRACE
from turnout.application.relay.tracing import Tracing
from turnout.domain.shared.ids import RequestId
from turnout.domain.shared.trace_context import TraceContext

CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0"


def begun(tracing: Tracing, number: int = 1, header: str | None = None) -> TraceContext | None:
    def begin() -> TraceContext | None:
        context = tracing.begin(RequestId(f"req_{number}"), lambda name: header)
        assert CURRENT_TRACE.get() is context
        return context

    return copy_context().run(begin)


def test_nothing_is_traced_where_that_is_off() -> None:
    assert begun(Tracing(), header=f"{CALLER}1") is None


def test_about_the_share_is_sampled() -> None:
    contexts = [begun(Tracing(0.1), number) for number in range(2000)]
    sampled = [context for context in contexts if context and context.is_sampled]
    assert 140 <= len(sampled) <= 260
    assert len({context.trace for context in contexts if context}) == 2000


def test_all_or_none() -> None:
    for share in (0.0, 1.0):
        contexts = [begun(Tracing(share), number) for number in range(50)]
        assert {context.is_sampled for context in contexts if context} == {bool(share)}


def test_the_caller_s_decision_stands() -> None:
    for share, flag in ((0.0, "1"), (1.0, "0")):
        context = begun(Tracing(share), header=CALLER + flag)
        assert context is not None
        assert context.is_sampled is (flag == "1")
        assert context.parent == "b7ad6b7169203331"


def test_a_bad_header_begins_a_new_trace() -> None:
    context = begun(Tracing(1.0), header="nonsense")
    assert context is not None
    assert (context.parent, context.is_sampled) == (None, True)
