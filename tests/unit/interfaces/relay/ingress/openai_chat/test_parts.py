"""Parts of a content."""

from typing import Any

import pytest

from turnout.domain.inference.content import (
    AudioPart,
    DocumentPart,
    ImagePart,
    Media,
    Part,
    RefusalPart,
    TextPart,
)
from turnout.domain.inference.failure import InvalidRequest
from turnout.interfaces.relay.ingress.openai_chat.parts import extras_of, read_content, read_media
from turnout.interfaces.relay.openai.fields import Fields

PNG = Media(data="AAAA", media_type="image/png")
CACHED = {"anthropic_messages": {"cache_control": {"type": "ephemeral"}}}


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ({"type": "text", "text": "hi"}, TextPart("hi")),
        (
            {"type": "text", "text": "hi", "cache_control": {"type": "ephemeral"}},
            TextPart("hi", CACHED),
        ),
        ({"type": "refusal", "refusal": "no"}, RefusalPart("no")),
        (
            {"type": "image_url", "image_url": {"url": "https://x/y.png", "detail": "low"}},
            ImagePart(Media(url="https://x/y.png"), "low"),
        ),
        (
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
            ImagePart(PNG),
        ),
        (
            {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "mp3"}},
            AudioPart("AAAA", "mp3"),
        ),
        (
            {"type": "file", "file": {"file_data": "data:application/pdf;base64,AAAA"}},
            DocumentPart(Media(data="AAAA", media_type="application/pdf")),
        ),
        (
            {"type": "file", "file": {"file_data": "AAAA", "filename": "a.pdf"}},
            DocumentPart(Media(data="AAAA"), "a.pdf"),
        ),
        (
            {"type": "file", "file": {"file_id": "file-1"}},
            DocumentPart(Media(), None, "file-1"),
        ),
    ],
)
def test_every_kind_of_part(part: dict[str, Any], expected: Part) -> None:
    assert read_content([part], "messages[0].content") == (expected,)


def test_a_string_is_text_and_null_is_nothing() -> None:
    assert read_content("hi", "content") == (TextPart("hi"),)
    assert read_content(None, "content") == ()


def test_what_is_unknown_of_a_part_stays_with_it() -> None:
    fields = Fields({"cache_control": {"type": "ephemeral"}, "weight": 0, "index": None})
    assert extras_of(fields) == {**CACHED, "openai_chat": {"weight": 0}}


@pytest.mark.parametrize(
    ("url", "media"),
    [
        ("http://x/y", Media(url="http://x/y")),
        ("gs://bucket/y", Media(url="gs://bucket/y")),
        ("DATA:Image/PNG;BASE64,AAAA", PNG),
        ("data:image/png;charset=x;base64,AAAA", PNG),
        ("data:,hello%20you", Media(data="aGVsbG8geW91", media_type="text/plain")),
        ("data:image/svg+xml,%3Csvg/%3E", Media(data="PHN2Zy8+", media_type="image/svg+xml")),
        ("data:image/png;base64,", Media(data="", media_type="image/png")),
    ],
)
def test_urls_and_data_urls(url: str, media: Media) -> None:
    assert read_media(url, "url") == media


def test_bare_data_is_told_from_a_url() -> None:
    assert read_media("AAAA", "file_data", bare_data=True) == Media(data="AAAA")
    assert read_media("https://x/y", "file_data", bare_data=True) == Media(url="https://x/y")


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (5, "c"),
        ([5], "c[0]"),
        ([{}], "c[0].type"),
        ([{"type": "video"}], "c[0].type"),
        ([{"type": "text"}], "c[0].text"),
        ([{"type": "text", "text": "x"}, {"type": "text", "text": 5}], "c[1].text"),
        ([{"type": "image_url", "image_url": "http://x"}], "c[0].image_url"),
        ([{"type": "image_url", "image_url": {}}], "c[0].image_url.url"),
        ([{"type": "image_url", "image_url": {"url": "data:nothing"}}], "c[0].image_url.url"),
        ([{"type": "input_audio", "input_audio": {"data": "A"}}], "c[0].input_audio.format"),
        ([{"type": "file", "file": {}}], "c[0].file.file_data"),
    ],
)
def test_faults_name_the_field(content: object, field: str) -> None:
    with pytest.raises(InvalidRequest) as fault:
        read_content(content, "c")
    assert fault.value.field == field
