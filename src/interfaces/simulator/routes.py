"""Which operation a request asks for, by its method and path."""

from urllib.parse import unquote

from msgspec import Struct
from msgspec.json import encode

from turnout.interfaces.simulator import anthropic_messages, gemini, openai_chat
from turnout.interfaces.simulator.dialect import ErrorReply, Operation
from turnout.interfaces.simulator.http_request import Request

_MODELS_PATH = "/v1/models"
_GEMINI_MODELS_PATHS = ("/v1beta/models", "/v1/models", "/v1alpha/models")
_FIXED: dict[str, Operation] = {
    "/v1/chat/completions": openai_chat.CHAT_COMPLETIONS,
    "/v1/embeddings": openai_chat.EMBEDDINGS,
    "/v1/messages": anthropic_messages.MESSAGES,
    "/v1/messages/count_tokens": anthropic_messages.COUNT_TOKENS,
}
_VERBS: dict[str, Operation] = {
    "generateContent": gemini.GENERATE_CONTENT,
    "streamGenerateContent": gemini.STREAM_GENERATE_CONTENT,
    "embedContent": gemini.EMBED_CONTENT,
    "batchEmbedContents": gemini.BATCH_EMBED_CONTENTS,
    "countTokens": gemini.COUNT_TOKENS,
}
_OPENAI = (openai_chat.MODELS, openai_chat.MODEL)
_ANTHROPIC = (anthropic_messages.MODELS, anthropic_messages.MODEL)
_GEMINI = (gemini.MODELS, gemini.MODEL)


class Route(Struct, frozen=True):
    """The operation, and the model that the path names, if any."""

    operation: Operation
    model: str = ""


def route(request: Request, protocols: tuple[str, ...]) -> Route | ErrorReply:
    """The route among those of the protocols, or the 404 or 405 to answer with."""
    method, found = "POST", _posted(request.path)
    if found is None:
        method, found = "GET", _listed(request, protocols)
    if found is None or found.operation.dialect.name not in protocols:
        return _unknown(404, f"Invalid URL ({request.method} {request.path})")
    if request.method != method:
        return _unknown(405, f"Not allowed to {request.method} on {request.path}")
    return found


def _posted(path: str) -> Route | None:
    operation = _FIXED.get(path)
    if operation is not None:
        return Route(operation)
    start, _, verb = path.partition(":")
    root, _, model = start.rpartition("/")
    if root in _GEMINI_MODELS_PATHS and verb in _VERBS:
        return Route(_VERBS[verb], unquote(model))
    return None


def _listed(request: Request, protocols: tuple[str, ...]) -> Route | None:
    """A list of models or one of them."""
    for start in _GEMINI_MODELS_PATHS:
        if request.path == start or request.path.startswith(f"{start}/"):
            model = unquote(request.path.removeprefix(start).removeprefix("/"))
            every, one = _lists(request, protocols, start)
            return Route(one if model else every, model)
    return None


def _lists(request: Request, protocols: tuple[str, ...], start: str) -> tuple[Operation, Operation]:
    """On the path that three protocols share, clients are told apart by their headers."""
    if start != _MODELS_PATH or b"x-goog-api-key" in request.headers:
        return _GEMINI
    if b"anthropic-version" in request.headers or "openai_chat" not in protocols:
        return _ANTHROPIC
    return _OPENAI


def _unknown(status: int, message: str) -> ErrorReply:
    error = {"message": message, "type": "invalid_request_error", "param": None, "code": None}
    return ErrorReply(status, (("content-type", "application/json"),), encode({"error": error}))
