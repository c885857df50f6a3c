"""Every page: its links lead somewhere, and what it shows is not broken."""

import ast
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.docs.pages import DOCS

ROOT = DOCS.parent
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    for link in re.findall(r"\]\(([^)]+)\)", text):
        path, _, anchor = link.partition("#")
        if path.startswith("http"):
            continue
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target.read_text("utf-8")), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_python_examples_are_python(page: Path) -> None:
    for example in blocks(page.read_text("utf-8"), "python"):
        compile(example, page.name, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


def test_the_users_file_is_the_one_that_is_tried() -> None:
    (shown,) = blocks(README, "yaml")
    assert shown == (ROOT / "tests" / "e2e" / "users_file.yaml").read_text("utf-8").rstrip() + "\n"


def test_the_picture_is_whole_and_can_be_read_aloud() -> None:
    picture = ElementTree.parse(DOCS / "turnout.svg").getroot()
    names = [child.tag.rpartition("}")[2] for child in picture]
    assert names[:2] == ["title", "desc"]
