"""The fields of /v1 requests, with their Go types (Ollama's openai package)."""

from .gobind import ANY, BOOL, FLOAT, INT, STRING, List, Struct
from .schemas import TOOL

TOOL_CALL = Struct("openai.ToolCall", id=STRING, index=INT, type=STRING,
                   function=Struct("openai.Function", name=STRING, arguments=STRING))

MESSAGE = Struct("openai.Message", role=STRING, content=ANY, reasoning=STRING, name=STRING,
                 tool_calls=List(TOOL_CALL, "[]openai.ToolCall"), tool_call_id=STRING)

STREAM_OPTIONS = Struct("openai.StreamOptions", include_usage=BOOL)

_SAMPLING = dict(model=STRING, stream=BOOL, stream_options=STREAM_OPTIONS, max_tokens=INT, seed=INT, stop=ANY,
                 temperature=FLOAT, frequency_penalty=FLOAT, presence_penalty=FLOAT, top_p=FLOAT)

CHAT = Struct(
    "openai.ChatCompletionRequest", messages=List(MESSAGE, "[]openai.Message"),
    response_format=Struct("openai.ResponseFormat", type=STRING,
                           json_schema=Struct("openai.JsonSchema", schema=ANY)),
    tools=List(TOOL, "[]api.Tool"), reasoning=Struct("openai.Reasoning", effort=STRING),
    reasoning_effort=STRING, **_SAMPLING)

COMPLETION = Struct("openai.CompletionRequest", prompt=STRING, suffix=STRING, **_SAMPLING)

EMBED = Struct("openai.EmbedRequest", input=ANY, model=STRING, dimensions=INT, encoding_format=STRING)
