import pytest
from tests.support.conversations import PNG

from turnout.domain.inference.content import (
    AudioPart,
    DocumentPart,
    ImagePart,
    Media,
    Part,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from turnout.domain.inference.failure import FailureKind, InvalidRequest, ProviderFailure
from turnout.infrastructure.protocols.gemini.parts import (
    encode_call,
    encode_media,
    encode_result,
)

DATA = Media(None, PNG, "image/png")
INLINE = {"inlineData": {"mimeType": "image/png", "data": PNG}}


def file(uri: str, kind: str | None = None) -> dict[str, object]:
    return {"fileData": {"fileUri": uri} | ({"mimeType": kind} if kind else {})}


@pytest.mark.parametrize(
    ("part", "wire"),
    [
        (ImagePart(DATA), INLINE),
        (ImagePart(Media("https://x/a.png?b=c.gif")), file("https://x/a.png?b=c.gif", "image/png")),
        (ImagePart(Media("https://x/a")), file("https://x/a", "image/jpeg")),
        (ImagePart(Media("gs://b/a.webp")), file("gs://b/a.webp", "image/webp")),
        (ImagePart(Media("https://x/a", None, "image/heic")), file("https://x/a", "image/heic")),
        (
            AudioPart("UklGRg==", "wav"),
            {"inlineData": {"mimeType": "audio/wav", "data": "UklGRg=="}},
        ),
        (
            AudioPart("T2dnUw==", "ogg"),
            {"inlineData": {"mimeType": "audio/ogg", "data": "T2dnUw=="}},
        ),
        (
            DocumentPart(Media(None, "JVBERi0=", "application/pdf"), "a.pdf"),
            {"inlineData": {"mimeType": "application/pdf", "data": "JVBERi0="}},
        ),
        (DocumentPart(Media("https://x/a")), file("https://x/a", "application/pdf")),
        (DocumentPart(Media(), None, "files/abc"), file("files/abc")),
    ],
)
def test_media(part: Part, wire: dict[str, object]) -> None:
    assert encode_media(part, "p") == wire


@pytest.mark.parametrize(
    "part",
    [
        ImagePart(Media("http://x/a.png")),
        ImagePart(Media("file:///etc/passwd")),
        DocumentPart(Media(), None, "file-openai"),
    ],
)
def test_addresses_that_gemini_does_not_fetch_go_to_the_next_target(part: Part) -> None:
    with pytest.raises(ProviderFailure, match=r"^p: ") as caught:
        encode_media(part, "p")
    assert caught.value.kind is FailureKind.UNSUPPORTED


@pytest.mark.parametrize(
    ("text", "args"),
    [('{"a": 1}', {"a": 1}), ("", {}), ("[1]", {"arguments": "[1]"}), ("{", {"arguments": "{"})],
)
def test_a_calls_arguments_are_an_object(text: str, args: dict[str, object]) -> None:
    wire = encode_call(ToolCallPart("c", "f", text))
    assert wire == {"functionCall": {"id": "c", "name": "f", "args": args}}


@pytest.mark.parametrize(
    ("texts", "is_error", "response"),
    [
        (("72", "F"), False, {"output": "72F"}),
        (('{"degrees": 72}',), False, {"degrees": 72}),
        (("[72]",), False, {"output": "[72]"}),
        ((), False, {"output": ""}),
        (("no such city",), True, {"error": "no such city"}),
    ],
)
def test_a_result_is_an_object(
    texts: tuple[str, ...], is_error: bool, response: dict[str, object]
) -> None:
    part = ToolResultPart("c", tuple(map(TextPart, texts)), is_error=is_error)
    (wire,) = encode_result(part, {"c": "f"}, "p", pictured=False)
    assert wire == {"functionResponse": {"id": "c", "name": "f", "response": response}}


def test_pictures_go_into_a_result_or_after_it() -> None:
    part = ToolResultPart("c", (TextPart("{}"), ImagePart(DATA)))
    inside = encode_result(part, {"c": "f"}, "p", pictured=True)
    after = encode_result(part, {"c": "f"}, "p", pictured=False)
    result = {"id": "c", "name": "f", "response": {}}
    assert inside == [{"functionResponse": {**result, "parts": [INLINE]}}]
    assert after == [{"functionResponse": result}, INLINE]
    far = ToolResultPart("c", (ImagePart(Media("https://x/a.png")),))
    assert len(encode_result(far, {"c": "f"}, "p", pictured=True)) == 2


def test_a_result_names_its_function_by_the_call_or_by_itself() -> None:
    part = ToolResultPart("c", (), name="g")
    (wire,) = encode_result(part, {}, "p", pictured=False)
    assert wire["functionResponse"]["name"] == "g"  # type: ignore[index]


def test_a_result_of_a_call_that_was_never_made_is_the_callers_fault() -> None:
    with pytest.raises(InvalidRequest, match="'c'") as caught:
        encode_result(ToolResultPart("c", ()), {}, "messages[3]", pictured=False)
    assert caught.value.field == "messages[3].tool_call_id"
