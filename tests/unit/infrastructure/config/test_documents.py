from pathlib import Path

import pytest

from turnout.infrastructure.config.documents import read_document
from turnout.infrastructure.config.faults import ConfigurationFaults

TEXT = """# a script
repeat: true
phases:
  - seconds: 1.5
  - name: down
    faults: [silent, reset]
"""


def test_a_file_is_a_plain_mapping_that_knows_its_lines(tmp_path: Path) -> None:
    file = tmp_path / "script.yaml"
    file.write_text(TEXT)
    document = read_document(file)
    assert document.content == {
        "repeat": True,
        "phases": [{"seconds": 1.5}, {"name": "down", "faults": ["silent", "reset"]}],
    }
    assert document.place_of("phases[1].faults[0]") == f"{file}:6"
    assert document.place_of("phases[1].nothing.here") == f"{file}:5"
    assert document.place_of("") == f"{file}:2"


def test_json_is_a_document_too(tmp_path: Path) -> None:
    file = tmp_path / "script.json"
    file.write_text('{"phases": [{"requests": 2}]}')
    assert read_document(file).content == {"phases": [{"requests": 2}]}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a: [", "doc.yaml:1: (file): "),
        (b"- a", "expected a mapping"),
        (b"a: 1\na: 2", "doc.yaml:2: a: found the key again"),
        (b"a: \xff", "byte 3 that is not UTF-8"),
        (None, "no such file or directory, expected a file to read"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(
    tmp_path: Path, content: bytes | None, words: str
) -> None:
    file = tmp_path / "doc.yaml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigurationFaults) as caught:
        read_document(file)
    assert words in str(caught.value)
