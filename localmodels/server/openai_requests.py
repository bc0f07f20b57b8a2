"""From OpenAI's requests to Ollama's own: the same checks and engines answer both."""

from . import gojson
from .errors import bad_request
from .schemas import first_bad_byte

EFFORTS = ("minimal", "low", "medium", "high", "xhigh", "ultra", "max", "none")
THINK = {"none": False, "minimal": "low", "xhigh": "max", "ultra": "max"}
IMAGE_PREFIXES = ("data:;base64,", *(f"data:image/{kind};base64," for kind in ("jpeg", "jpg", "png", "webp")))
GO_TYPES = {type(None): "<nil>", int: "float64", float: "float64", bool: "bool", dict: "map[string]interface {}"}


def chat_fields(asked):
    """The fields of /api/chat for a chat completion request. Raises ApiError 400."""
    if not asked.get("messages"):
        raise bad_request("[] is too short - 'messages'")
    messages = [made for one in asked["messages"] for made in _messages(one, asked["messages"])]
    fields = {"model": asked.get("model", ""), "messages": messages, "stream": asked.get("stream", False),
              "options": _options(asked), "tools": asked.get("tools", [])}
    wanted = _format(asked.get("response_format", {}))
    think = _think(asked)
    return fields | ({"format": wanted} if wanted else {}) | ({"think": think} if think is not None else {})


def generate_fields(asked):
    """The fields of /api/generate for a completion request."""
    return {"model": asked.get("model", ""), "prompt": asked.get("prompt", ""), "suffix": asked.get("suffix", ""),
            "stream": asked.get("stream", False), "options": _options(asked)}


def _options(asked):
    """Sampling fields move into `options`; what OpenAI leaves open is 1.0 here, not Ollama's default."""
    found = {"temperature": 1.0, "top_p": 1.0}
    same = ("temperature", "top_p", "seed", "frequency_penalty", "presence_penalty")
    found |= {name: asked[name] for name in same if name in asked}
    if "max_tokens" in asked:
        found["num_predict"] = asked["max_tokens"]
    stop = asked.get("stop")
    if isinstance(stop, str):
        found["stop"] = [stop]
    elif isinstance(stop, list):
        found["stop"] = [one for one in stop if isinstance(one, str)]
    return found


def _format(wanted):
    kind = wanted.get("type", "").strip().lower()
    if kind == "json_object":
        return "json"
    return wanted.get("json_schema", {}).get("schema") if kind == "json_schema" else None


def _think(asked):
    effort = asked.get("reasoning", {}).get("effort") or asked.get("reasoning_effort")
    if not effort:
        return None
    if effort not in EFFORTS:
        *first, last = (f'"{one}"' for one in EFFORTS)
        raise bad_request(f'invalid reasoning value: "{effort}" (must be {", ".join(first)}, or {last})')
    return THINK.get(effort, effort)


def _messages(message, everything):
    """One message with a list of parts becomes several."""
    content, calls = message.get("content"), message.get("tool_calls")
    base = {"role": message.get("role", "").lower()}
    if isinstance(content, str) or content is None and calls:
        return [base | {"content": content or ""} | _extras(message, everything)]
    if isinstance(content, list):
        parts = [base | _part(one) for one in content]
        return [*parts[:-1], parts[-1] | _extras(message, everything)] if parts else []
    raise bad_request(f"invalid message content type: {GO_TYPES[type(content)]}")


def _extras(message, everything):
    found = {}
    if message.get("reasoning"):
        found["thinking"] = message["reasoning"]
    if message.get("tool_calls"):
        found["tool_calls"] = [_tool_call(one) for one in message["tool_calls"]]
    if message.get("role", "").lower() == "tool":
        found["tool_name"] = message.get("name") or _name_of_call(message.get("tool_call_id"), everything)
    return found


def _tool_call(call):
    function = call.get("function", {})
    try:
        arguments = gojson.loads(function.get("arguments", "").encode())
    except ValueError:
        arguments = None
    if not isinstance(arguments, dict):
        raise bad_request("invalid tool call arguments")
    return {"id": call.get("id", ""), "function": {"name": function.get("name", ""), "arguments": arguments}}


def _name_of_call(identity, everything):
    calls = [call for message in everything for call in message.get("tool_calls", [])]
    names = [call.get("function", {}).get("name", "") for call in calls if identity and call.get("id") == identity]
    return names[-1] if names else ""


def _part(part):
    kind = part.get("type") if isinstance(part, dict) else None
    if kind == "text" and isinstance(part.get("text"), str):
        return {"content": part["text"]}
    if kind == "image_url":
        return {"content": "", "images": [_image(part.get("image_url"))]}
    raise bad_request("invalid message format")


def _image(given):
    url = given.get("url") if isinstance(given, dict) else given
    if not isinstance(url, str):
        raise bad_request("invalid message format")
    if url.startswith(("http://", "https://")):
        raise bad_request("image URLs are not currently supported, please use base64 encoded data instead")
    prefix = next((one for one in IMAGE_PREFIXES if url.startswith(one)), None)
    if prefix is None:
        raise bad_request("invalid image input")
    if first_bad_byte(url[len(prefix):]) is not None:
        raise bad_request("invalid message format")
    return url[len(prefix):]
