from turnout.domain.shared.events import DomainEvent, Recorder


def test_events_are_handed_over_once_and_in_order() -> None:
    recorder = Recorder()
    first, second = DomainEvent(), DomainEvent()
    recorder.record(first)
    recorder.record(second)
    assert recorder.collect() == (first, second)
    assert recorder.collect() == ()


def test_it_is_told_whether_there_is_anything_to_collect() -> None:
    recorder = Recorder()
    told = [recorder.has_events]
    recorder.record(DomainEvent())
    told.append(recorder.has_events)
    recorder.collect()
    assert [*told, recorder.has_events] == [False, True, False]
