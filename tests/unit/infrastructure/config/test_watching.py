from dataclasses import replace
from pathlib import Path

from tests.support.catalog import GOOGLE, OPENAI, plain_settings

from turnout.application.commands.apply_configuration import DeclaredConfiguration
from turnout.infrastructure.config.watching import (
    configuration_files,
    fingerprint,
    secret_files,
)


def test_every_environments_file_counts(tmp_path: Path) -> None:
    names = ["turnout.yaml", "turnout.production.yaml", "other.yaml", "turnout.db", "turnoutx.yaml"]
    for name in names:
        (tmp_path / name).touch()
    found = configuration_files(tmp_path / "turnout.yaml")
    assert [file.name for file in found] == ["turnout.yaml", "turnout.production.yaml"]


def test_a_name_is_no_pattern(tmp_path: Path) -> None:
    (tmp_path / "t1.x.yaml").touch()
    (tmp_path / "t[1].x.yaml").touch()
    found = configuration_files(tmp_path / "t[1].yaml")
    assert [file.name for file in found] == ["t[1].yaml", "t[1].x.yaml"]


def test_secrets_files_are_found_in_keys_and_headers() -> None:
    declared = DeclaredConfiguration(
        {
            OPENAI: replace(
                plain_settings(OPENAI),
                credential="file:/run/key",
                further_credentials=("file:/run/second", "${B}"),
            ),
            GOOGLE: replace(
                plain_settings(GOOGLE),
                credential="${KEY}",
                headers={"x-key": "file:/run/other", "x-team": "a"},
            ),
        },
        {},
    )
    assert secret_files(declared) == [Path("/run/key"), Path("/run/other"), Path("/run/second")]


def test_content_is_what_counts(tmp_path: Path) -> None:
    one, two, link = tmp_path / "one", tmp_path / "two", tmp_path / "link"
    one.write_text("a")
    two.write_text("b")
    link.symlink_to("one")
    before = fingerprint([link])
    one.write_text("a")
    assert fingerprint([link]) == before
    link.unlink()
    link.symlink_to("two")
    assert fingerprint([link]) != before
    assert fingerprint([one, two]) != fingerprint([two, one])
    assert fingerprint([tmp_path / "none"]) == fingerprint([tmp_path / "none"])
