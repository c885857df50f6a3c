import pytest
from tests.support.conversations import PNG

from turnout.domain.inference.content import (
    AudioPart,
    DocumentPart,
    ImagePart,
    Media,
    Part,
    ReasoningPart,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.infrastructure.protocols.anthropic_messages.blocks import arguments, encode_block
from turnout.infrastructure.protocols.turns import Placed

PDF = Media(None, "JVBERi0=", "application/pdf")


def block(part: Part) -> tuple[dict[str, object] | None, list[str]]:
    dropped: list[str] = []
    return encode_block(Placed(part, "p"), dropped), dropped


@pytest.mark.parametrize(
    ("part", "source"),
    [
        (
            ImagePart(Media("https://x/a.png"), "auto"),
            {"type": "url", "url": "https://x/a.png"},
        ),
        (
            ImagePart(Media(None, PNG, "image/png")),
            {"type": "base64", "media_type": "image/png", "data": PNG},
        ),
        (DocumentPart(Media("https://x/a.pdf")), {"type": "url", "url": "https://x/a.pdf"}),
        (
            DocumentPart(PDF),
            {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0="},
        ),
        (
            DocumentPart(Media(None, "aMOk", "text/markdown")),
            {"type": "text", "media_type": "text/plain", "data": "hä"},
        ),
        (DocumentPart(Media(), None, "file_011"), {"type": "file", "file_id": "file_011"}),
    ],
)
def test_media(part: Part, source: dict[str, object]) -> None:
    written, dropped = block(part)
    kind = "image" if isinstance(part, ImagePart) else "document"
    assert (written, dropped) == ({"type": kind, "source": source}, [])


def test_a_documents_name_is_its_title_and_a_pictures_detail_is_named_as_lost() -> None:
    written, _ = block(DocumentPart(PDF, "a.pdf"))
    assert written is not None
    assert written["title"] == "a.pdf"
    assert block(ImagePart(Media("https://x"), "high"))[1] == ["p.detail"]


@pytest.mark.parametrize(
    "part",
    [
        AudioPart("UklGRg==", "wav"),
        ImagePart(Media("http://x/a.png")),
        ImagePart(Media(None, PNG, "image/tiff")),
        ImagePart(Media(None, PNG, None)),
        DocumentPart(Media(None, PNG, "application/zip")),
        DocumentPart(Media(None, "///8=", "text/plain")),
        DocumentPart(Media(None, "?", "text/plain")),
        DocumentPart(Media(), None, "file-openai"),
    ],
)
def test_what_another_protocol_might_hold_goes_to_the_next_target(part: Part) -> None:
    with pytest.raises(ProviderFailure, match=r"^p: ") as caught:
        block(part)
    assert caught.value.kind is FailureKind.UNSUPPORTED


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ('{"a": 1}', {"a": 1}),
        ("", {}),
        ("[1]", {"arguments": "[1]"}),
        ('{"a": ', {"arguments": '{"a": '}),
        ("[" * 100_000, {"arguments": "[" * 100_000}),
    ],
)
def test_arguments_are_an_object_whatever_the_model_wrote(
    text: str, read: dict[str, object]
) -> None:
    assert arguments(text) == read


def test_ids_are_made_fit_alike_on_both_sides() -> None:
    use, _ = block(ToolCallPart("functions.f:0", "f", "{}"))
    told, _ = block(ToolResultPart("functions.f:0", ()))
    assert use is not None
    assert told is not None
    assert use["id"] == told["tool_use_id"] == "functions_f_0"


def test_a_result_holds_text_and_pictures() -> None:
    picture = ImagePart(Media(None, PNG, "image/png"), "low")
    told, dropped = block(ToolResultPart("c", (TextPart("a"), TextPart(" "), picture)))
    assert told is not None
    kinds = [each["type"] for each in told["content"]]  # type: ignore[attr-defined]
    assert (kinds, dropped) == (["text", "image"], ["p.content[2].detail"])


def test_thinking_without_a_proof_is_named_as_lost() -> None:
    assert block(ReasoningPart("hm")) == (None, ["p"])


def test_own_fields_never_replace_what_a_block_is() -> None:
    placed = Placed(TextPart("a"), "p", {"type": "image", "citations": []})
    assert encode_block(placed, []) == {"type": "text", "text": "a", "citations": []}
