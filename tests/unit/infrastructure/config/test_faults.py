import pytest

from turnout.infrastructure.config.faults import ConfigurationFaults, Fault, Origin

LINE = Origin("turnout.yaml", 7)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (
            Fault(LINE, "server.port", "'x'", "a port number"),
            "turnout.yaml:7: server.port: found 'x', expected a port number",
        ),
        (
            Fault(LINE, "server.prt", "unknown key", "", "did you mean port?"),
            "turnout.yaml:7: server.prt: unknown key (did you mean port?)",
        ),
        (Fault(Origin("X"), "", "", "a mapping"), "X: (file): expected a mapping"),
    ],
)
def test_a_fault_tells_place_path_value_and_what_was_expected(fault: Fault, told: str) -> None:
    assert str(fault) == told


def test_all_faults_are_told_at_once() -> None:
    one, two = Fault(LINE, "a", "1", "text"), Fault(LINE, "b", "2", "text")
    assert str(ConfigurationFaults([one, two])).splitlines() == [str(one), str(two)]
