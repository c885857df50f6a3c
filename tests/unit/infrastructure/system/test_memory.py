from turnout.infrastructure.system.memory import resident_bytes


def test_a_process_takes_some_megabytes() -> None:
    assert 5_000_000 < resident_bytes() < 50_000_000_000
