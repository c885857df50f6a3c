from turnout.domain.shared.events import DomainEvent, Recorder


def test_events_are_handed_over_once_and_in_order() -> None:
    recorder = Recorder()
    first, second = DomainEvent(), DomainEvent()
    recorder.record(first)
    recorder.record(second)
    assert recorder.has_events
    assert recorder.collect() == (first, second)
    assert not recorder.has_events
    assert recorder.collect() == ()
