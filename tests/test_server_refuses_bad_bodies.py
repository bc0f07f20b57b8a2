"""Every body problem of the contract gives Ollama's status and Ollama's sentence."""

import json

import pytest
from tests.practice_server import call, post

from localmodels.server.scripted import ScriptedOllama

CHAT, GENERATE = "/api/chat", "/api/generate"


@pytest.fixture(scope="module")
def ollama():
    with ScriptedOllama() as server:
        yield server


NOT_JSON = [
    (None, "missing request body"),
    ("", "missing request body"),
    (" \n\t ", "missing request body"),
    ("{", "unexpected EOF"),
    ('{"model":"x","mess', "unexpected EOF"),
    ('{"model":"x","messages":[{"role":"user"', "unexpected EOF"),
    ("tru", "unexpected EOF"),
    ("{'model':'x'}", r"invalid character '\'' looking for beginning of object key string"),
    ('{"model":"x",}', "invalid character '}' looking for beginning of object key string"),
    ('{"model":"x","stream":False}', "invalid character 'F' looking for beginning of value"),
    ('{"model":"x","stream":True}', "invalid character 'T' looking for beginning of value"),
    ('{"model":"x" "stream":false}', "invalid character '\"' after object key:value pair"),
    ("model=llama3.2", "invalid character 'm' looking for beginning of value"),
    ('{"model":"a\nb"}', r"invalid character '\n' in string literal"),
    ("\ufeff{}", "invalid character 'ï' looking for beginning of value"),
]


@pytest.mark.parametrize(("body", "text"), NOT_JSON)
@pytest.mark.parametrize("path", [CHAT, GENERATE, "/api/embed", "/api/embeddings", "/api/show", "/api/copy",
                                  "/api/pull", "/api/push", "/api/create"])
def test_a_body_that_is_not_json_is_named(ollama, path, body, text):
    assert post(ollama, path, body) == (400, {"error": text})


@pytest.mark.parametrize(("body", "text"), NOT_JSON[:4])
def test_delete_reads_its_body_the_same_way(ollama, body, text):
    status, _, data = call(ollama, "DELETE", "/api/delete", body)
    assert (status, json.loads(data)) == (400, {"error": text})


@pytest.mark.parametrize(("body", "kind"), [("[]", "array"), ('"x"', "string"), ("5", "number"), ("true", "bool")])
@pytest.mark.parametrize(("path", "name"), [
    (CHAT, "ChatRequest"), (GENERATE, "GenerateRequest"), ("/api/embed", "EmbedRequest"),
    ("/api/embeddings", "EmbeddingRequest"), ("/api/show", "ShowRequest"), ("/api/copy", "CopyRequest"),
    ("/api/pull", "PullRequest"), ("/api/create", "CreateRequest")])
def test_a_body_that_is_no_object_is_named(ollama, path, name, body, kind):
    text = f"json: cannot unmarshal {kind} into Go value of type api.{name}"
    assert post(ollama, path, body) == (400, {"error": text})


def field(kind, path, go, request="ChatRequest"):
    return f"json: cannot unmarshal {kind} into Go struct field {request}.{path} of type {go}"


WRONG_TYPES = [
    (CHAT, {"model": 123}, field("number", "model", "string")),
    (CHAT, {"messages": "hi"}, field("string", "messages", "[]api.Message")),
    (CHAT, {"messages": {}}, field("object", "messages", "[]api.Message")),
    (CHAT, {"messages": ["hi"]}, field("string", "messages", "api.Alias")),
    (CHAT, {"messages": [{"content": 1}]}, field("number", "messages.content", "string")),
    (CHAT, {"messages": [{"content": ["a"]}]}, field("array", "messages.content", "string")),
    (CHAT, {"messages": [{"content": {}}]}, field("object", "messages.content", "string")),
    (CHAT, {"messages": [{"role": 1}]}, field("number", "messages.role", "string")),
    (CHAT, {"stream": "false"}, field("string", "stream", "bool")),
    (CHAT, {"stream": 0}, field("number", "stream", "bool")),
    (CHAT, {"options": "x"}, field("string", "options", "map[string]interface {}")),
    (CHAT, {"options": []}, field("array", "options", "map[string]interface {}")),
    (CHAT, {"tools": "x"}, field("string", "tools", "api.Tools")),
    (CHAT, {"tools": ["x"]}, field("string", "tools", "api.Tool")),
    (CHAT, {"messages": [{"tool_calls": [{"function": {"name": "f", "arguments": "{}"}}]}]},
     "Value looks like object, but can't find closing '}' symbol"),
    (CHAT, {"messages": [{"images": "abc"}]}, field("string", "messages.images", "[]api.ImageData")),
    (CHAT, {"messages": [{"images": ["abc"]}]}, "illegal base64 data at input byte 0"),
    (CHAT, {"messages": [{"images": ["data:image/png;base64,AAAA"]}]}, "illegal base64 data at input byte 4"),
    (GENERATE, {"prompt": 1}, field("number", "prompt", "string", "GenerateRequest")),
    (GENERATE, {"prompt": ["a"]}, field("array", "prompt", "string", "GenerateRequest")),
    (CHAT, {"keep_alive": "5"}, 'time: missing unit in duration "5"'),
    (CHAT, {"keep_alive": "forever"}, 'time: invalid duration "forever"'),
    (CHAT, {"keep_alive": ""}, 'time: invalid duration ""'),
    (CHAT, {"keep_alive": True}, "Unsupported type: 'bool'"),
    (CHAT, {"keep_alive": []}, "Unsupported type: '[]interface {}'"),
    (CHAT, {"think": "yes"}, 'invalid think value: "yes" (must be "high", "medium", "low", "max", true, or false)'),
    (CHAT, {"think": 1}, 'think must be a boolean or string ("high", "medium", "low", "max", true, or false)'),
    (CHAT, {"top_logprobs": 21}, "top_logprobs must be between 0 and 20"),
    (GENERATE, {"top_logprobs": -1}, "top_logprobs must be between 0 and 20"),
    (GENERATE, {"model": "llama3.2", "prompt": "a", "raw": True, "system": "s"},
     "raw mode does not support template, system, or context"),
    (GENERATE, {"model": "llama3.2", "prompt": "a", "raw": True, "context": [1]},
     "raw mode does not support template, system, or context"),
]


@pytest.mark.parametrize(("path", "body", "text"), WRONG_TYPES)
def test_a_field_of_the_wrong_type_is_named(ollama, path, body, text):
    assert post(ollama, path, body) == (400, {"error": text})


@pytest.mark.parametrize("body", [
    {"model": "llama3.2", "messages": None, "stream": None, "options": None, "keep_alive": None, "think": None},
    {"model": "llama3.2", "surprise": {"a": [1]}, "temperature": "hot"},
    {"MODEL": "llama3.2", "MESSAGES": []},
    {"model": "llama3.2", "keep_alive": "0"},
    {"model": "llama3.2", "format": ""},
])
def test_what_ollama_forgives_is_forgiven(ollama, body):
    status, reply = post(ollama, CHAT, body)
    assert status == 200 and reply["done"] is True


def test_what_follows_the_first_json_value_is_ignored(ollama):
    assert post(ollama, CHAT, '{"model":"llama3.2"} and more')[0] == 200


def test_a_body_of_null_is_an_empty_request(ollama):
    assert post(ollama, CHAT, "null") == (400, {"error": "model is required"})


def test_content_null_is_an_empty_text(ollama):
    body = {"model": "llama3.2", "messages": [{"role": "user", "content": None}], "stream": False}
    assert post(ollama, CHAT, body)[0] == 200


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "text/plain",
                                          "multipart/form-data; boundary=x", "nonsense"])
def test_the_content_type_makes_no_difference(ollama, content_type):
    status, _ = post(ollama, CHAT, {"model": "llama3.2"}, headers={"Content-Type": content_type})
    assert status == 200


def test_a_multipart_body_is_read_as_the_text_it_is(ollama):
    body, kind = "--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--", "multipart/form-data; boundary=x"
    status, reply = post(ollama, CHAT, body, headers={"Content-Type": kind})
    assert (status, reply) == (400, {"error": "invalid character '-' in numeric literal"})
