import pytest
import typer

from turnout.interfaces.cli.actions import BadConfiguration, BadOptions, NoAnswer
from turnout.interfaces.cli.outcome import exits


@pytest.mark.parametrize("code", [0, 1, 7])
def test_what_is_returned_is_the_exit_code(code: int) -> None:
    with pytest.raises(typer.Exit) as ended:
        exits(lambda: code)()
    assert ended.value.exit_code == code


@pytest.mark.parametrize(
    "raised, code, told",
    [
        (BadConfiguration(["a", "b"]), 2, "a\nb\n"),
        (BadOptions("why"), 2, "turnout: why\n"),
        (NoAnswer("why"), 1, "turnout: why\n"),
    ],
)
def test_what_is_raised_is_told(
    raised: Exception, code: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def command() -> int:
        raise raised

    with pytest.raises(typer.Exit) as ended:
        exits(command)()
    assert ended.value.exit_code == code
    assert capsys.readouterr() == ("", told)


def test_other_exceptions_are_bugs_and_pass() -> None:
    with pytest.raises(ZeroDivisionError):
        exits(lambda: 1 // 0)()
