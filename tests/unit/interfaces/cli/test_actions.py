from turnout.interfaces.cli.actions import BadConfiguration, ControlPlane


def test_faults_are_lines() -> None:
    bad = BadConfiguration(line for line in ("f:1: a", "f:2: b"))
    assert bad.faults == ("f:1: a", "f:2: b")
    assert str(bad) == "f:1: a\nf:2: b"


def test_a_token_is_not_shown() -> None:
    assert repr(ControlPlane("http://h", "planted")) == "ControlPlane(url='http://h')"
