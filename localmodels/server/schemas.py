"""The fields of each native request, with their Go types (Ollama's api/types.go)."""

import base64
import binascii

from .gobind import ANY, BOOL, INT, MAP, STRING, Custom, List, SelfDecoding, Struct, kind_of
from .gotime import FOREVER, parse_duration

THINK_WORDS = ("high", "medium", "low", "max")
GO_TYPES = {"bool": "bool", "array": "[]interface {}", "object": "map[string]interface {}"}


def keep_alive(value):
    """Seconds to keep the model; negative means for ever. Raises ValueError."""
    if type(value) in (int, float):
        seconds = float(value)
    elif type(value) is str:
        seconds = parse_duration(value)
    else:
        raise ValueError(f"Unsupported type: '{GO_TYPES[kind_of(value)]}'")
    return FOREVER if seconds < 0 else seconds


def think(value):
    """True, False or a level. Raises ValueError."""
    choices = '"high", "medium", "low", "max", true, or false'
    if type(value) is bool:
        return value
    if type(value) is not str:
        raise ValueError(f"think must be a boolean or string ({choices})")
    if value not in THINK_WORDS:
        raise ValueError(f'invalid think value: "{value}" (must be {choices})')
    return value


class Image:
    """One picture as base64 text, without a `data:` prefix."""

    go = "api.ImageData"

    def read(self, value, place):
        if type(value) is not str:
            return place.mismatch(value, self.go)
        wrong_at = first_bad_byte(value)
        if wrong_at is not None:
            place.errors.append(ValueError(f"illegal base64 data at input byte {wrong_at}"))
            return None
        return base64.b64decode(value)


def first_bad_byte(text):
    """Where Go's decoder would stop, or None for sound base64.

    >>> first_bad_byte("data:image/png;base64,AAAA")
    4
    """
    text = text.replace("\r", "").replace("\n", "")
    try:
        base64.b64decode(text, validate=True)
        return None
    except (binascii.Error, ValueError):
        pass
    alphabet = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    for position, char in enumerate(text):
        if char not in alphabet:
            return position
    return len(text) - len(text) % 4  # cut off: the start of the last, incomplete group


def tool_arguments(value):
    """Arguments of a tool call must be an object; the sentence is the one Ollama's parser gives."""
    if type(value) is not dict:
        raise ValueError("Value looks like object, but can't find closing '}' symbol")
    return value


IMAGES = List(Image(), "[]api.ImageData")
KEEP_ALIVE = Custom(keep_alive)
THINK = Custom(think)

TOOL_CALL = Struct(
    "api.ToolCall", id=STRING,
    function=Struct("api.ToolCallFunction", index=INT, name=STRING, arguments=Custom(tool_arguments)))

MESSAGE = SelfDecoding(
    "api.Alias", role=STRING, content=STRING, thinking=STRING, images=IMAGES,
    tool_calls=List(TOOL_CALL, "[]api.ToolCall"), tool_name=STRING, tool_call_id=STRING)

TOOL = Struct(
    "api.Tool", type=STRING, items=ANY,
    function=Struct("api.ToolFunction", name=STRING, description=STRING, parameters=ANY))

# Shared by chat and generate.
_ASKING = dict(
    model=STRING, stream=BOOL, format=ANY, options=MAP, keep_alive=KEEP_ALIVE, think=THINK,
    truncate=BOOL, shift=BOOL, logprobs=BOOL, top_logprobs=INT)

CHAT = Struct(
    "api.ChatRequest", messages=List(MESSAGE, "[]api.Message"), tools=List(TOOL, "api.Tools"), **_ASKING)

GENERATE = Struct(
    "api.GenerateRequest", prompt=STRING, suffix=STRING, system=STRING, template=STRING,
    context=List(INT, "[]int"), raw=BOOL, images=IMAGES, **_ASKING)

EMBED = Struct(
    "api.EmbedRequest", model=STRING, input=ANY, truncate=BOOL, dimensions=INT, options=MAP,
    keep_alive=KEEP_ALIVE)

EMBEDDING = Struct(
    "api.EmbeddingRequest", model=STRING, prompt=STRING, options=MAP, keep_alive=KEEP_ALIVE)

SHOW = Struct(
    "api.ShowRequest", model=STRING, name=STRING, system=STRING, template=STRING, verbose=BOOL, options=MAP)

COPY = Struct("api.CopyRequest", source=STRING, destination=STRING)
DELETE = Struct("api.DeleteRequest", model=STRING, name=STRING)
PULL = Struct("api.PullRequest", model=STRING, name=STRING, insecure=BOOL, stream=BOOL,
              username=STRING, password=STRING)
PUSH = Struct("api.PushRequest", model=STRING, name=STRING, insecure=BOOL, stream=BOOL,
              username=STRING, password=STRING)
CREATE = Struct("api.CreateRequest", model=STRING, name=STRING, stream=BOOL, quantize=STRING,
                files=MAP, adapters=MAP, template=STRING, license=ANY, system=STRING, parameters=MAP,
                messages=List(MESSAGE, "[]api.Message"), modelfile=STRING, **{"from": STRING})
