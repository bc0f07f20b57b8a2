"""What a handler or an engine raises when a request cannot be answered."""


class ApiError(Exception):
    """An answer with an error status. `text` goes into {"error": text}."""

    def __init__(self, status, text, **extra):
        super().__init__(text)
        self.status = status
        self.text = text
        self.extra = extra


class EngineError(ApiError):
    """The engine failed. Before the first piece it sets the status; later it becomes an error line."""


class Cut(Exception):
    """Drop the connection without another byte (only the scripted engine asks for this)."""


def bad_request(text):
    """A 400 with this text."""
    return ApiError(400, text)


def missing_body():
    return bad_request("missing request body")


def model_required():
    return bad_request("model is required")


def invalid_name():
    return bad_request("invalid model name")


def not_found(sent):
    """Chat, generate, delete and /v1 name the model exactly as it was sent."""
    return ApiError(404, f"model '{sent}' not found")


def try_pulling(sent):
    """The two embedding endpoints still use Ollama's older sentence."""
    return ApiError(404, f'model "{sent}" not found, try pulling it first')


def lacks(full_name, capability):
    """Tools and insert: the error carries the full registry name."""
    return bad_request(f"{full_name} does not support {capability}")


def lacks_quoted(sent, capability):
    """Thinking, chat and generate: the error carries the name as sent, in quotes."""
    return bad_request(f'"{sent}" does not support {capability}')


def busy():
    # Two spaces: that is how Ollama writes it.
    return ApiError(503, "server busy, please try again.  maximum pending requests exceeded")
