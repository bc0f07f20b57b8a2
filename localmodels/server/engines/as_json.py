"""`format` for an engine that cannot force a model to write JSON: the reply is put into JSON afterwards.

Real Ollama lets the model choose only tokens that keep the text valid. The tiny model knows no JSON,
so its whole sentence becomes the first text in the answer and everything else stays empty. The
shape is right, the content is no more than what the model said.
"""

from .. import gojson

EMPTY = {"integer": 0, "number": 0, "boolean": False, "null": None}


def wrap(text, wanted):
    """`text` as JSON text: {"response": text}, or in the shape of a JSON schema.

    >>> wrap("Paris.", {"type": "object", "properties": {"city": {"type": "string"}, "age": {"type": "integer"}}})
    '{"city":"Paris.","age":0}'
    """
    if not isinstance(wanted, dict) or not wanted:
        return gojson.dumps({"response": text})
    return gojson.dumps(_filled(wanted, [text]))


def _filled(schema, texts):
    """A value that fits `schema`; the first place for a text takes the one in `texts`."""
    if not isinstance(schema, dict):
        return None
    if schema.get("enum"):
        return schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    kind = schema.get("type", "object" if "properties" in schema else "string")
    kind = kind[0] if isinstance(kind, list) and kind else kind
    if kind == "object":
        parts = schema.get("properties", {})
        return {name: _filled(part, texts) for name, part in parts.items()}
    if kind == "array":
        return [_filled(schema.get("items", {}), texts)]
    return (texts.pop() if texts else "") if kind == "string" else EMPTY.get(kind)
