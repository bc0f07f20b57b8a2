"""What may be wrong with a request, in the order in which Ollama looks: the first failure wins."""

from dataclasses import dataclass

from . import errors, gojson, names, options
from .errors import ApiError, bad_request

CLOUD_OFF = "ollama cloud is disabled: remote model is unavailable"
MAX_LOGPROBS = 20


@dataclass(frozen=True)
class Asked:
    """A request that may run: the model, the options, and how long to keep the model."""

    sent_name: str
    model: object
    capabilities: tuple
    fields: dict
    options: options.Options

    @property
    def keep_alive(self):
        return self.fields.get("keep_alive")


def parse_name(sent, empty, invalid=None):
    """A Name from what was sent; `empty` and `invalid` are the ApiErrors for those two cases."""
    where, base = names.source(sent)
    if where == "cloud":
        if base.lower().endswith(":local"):
            raise bad_request(f'use either :local or :cloud, not both: "{sent}"')
        raise ApiError(403, CLOUD_OFF)
    if where == "local" and names.source(base)[0] == "cloud":
        raise bad_request(f'use either :local or :cloud, not both: "{sent}"')
    if not base:
        raise empty
    try:
        return names.parse(base)
    except names.BadName:
        raise (invalid or errors.invalid_name()) from None


def installed(server, sent, empty, missing):
    """The Installed for a name as sent, or the endpoint's own error."""
    model = server.shelf.find(parse_name(sent, empty))
    if model is None:
        raise missing
    return model


def top_logprobs(fields):
    if not 0 <= fields.get("top_logprobs", 0) <= MAX_LOGPROBS:
        raise bad_request(f"top_logprobs must be between 0 and {MAX_LOGPROBS}")


def thinking(fields, sent, capabilities):
    """think on a model that cannot; think:false is always fine."""
    if fields.get("think") and "thinking" not in capabilities:
        raise errors.lacks_quoted(sent, "thinking")


def capability(model, capabilities, needed):
    if needed not in capabilities:
        raise errors.lacks(model.full, needed)


def format_field(wanted):
    """None, "json" or a schema; anything else is a 500, found only after loading."""
    if wanted is None or wanted == "":
        return None
    if wanted == "json" or type(wanted) is dict:
        return wanted
    quoted = gojson.dumps(gojson.dumps(wanted))
    raise ApiError(500, f'invalid format: {quoted}; expected "json" or a valid JSON Schema object')


def pictures(messages, capabilities):
    """An image for a model without eyes, as llama.cpp words it inside Ollama's error."""
    if "vision" in capabilities or not any(message.get("images") for message in messages):
        return
    message = "Multimodal data provided, but model does not support multimodal requests."
    nested = {"error": {"code": 400, "message": message, "type": "invalid_request_error"}}
    raise bad_request(gojson.dumps(nested))
