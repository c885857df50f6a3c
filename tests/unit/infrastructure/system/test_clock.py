import time

from turnout.infrastructure.system.clock import SystemClock


def test_time_is_the_machines() -> None:
    clock = SystemClock()
    before = time.time()
    assert before <= clock.epoch_seconds() <= time.time()
    assert clock.monotonic_seconds() <= clock.monotonic_seconds()
