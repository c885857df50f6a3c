import json
from pathlib import Path

from turnout.infrastructure.persistence.dead_letters import DeadLetters


def test_records_are_kept_one_a_line_and_counted(tmp_path: Path) -> None:
    letters = DeadLetters(tmp_path / "dead.jsonl")
    assert not letters.path.exists()
    letters.put({"request": "r1", "team": "\ud800"}, "not a text")
    letters.put({"request": "r2"}, "too long")
    lines = [json.loads(line) for line in letters.path.read_text().splitlines()]
    assert [line["refused"] for line in lines] == ["not a text", "too long"]
    assert lines[1]["record"] == {"request": "r2"}
    assert letters.count == 2
