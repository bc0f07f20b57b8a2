"""The official `openai` Python package drives the practice server: only base_url and model are changed."""

import asyncio

import httpx
import openai
import pytest

from localmodels.server.scripted import ScriptedOllama

HELLO = [{"role": "user", "content": "hello"}]


@pytest.fixture
def server():
    with ScriptedOllama(models=["llama3.2"], capabilities=("completion", "embedding")) as one:
        yield one


@pytest.fixture
def client(server):
    http = httpx.Client(trust_env=False)
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key="not-needed", max_retries=0, http_client=http) as one:
        yield one


def test_chat(server, client):
    server.reply("Hi.", prompt_eval_count=3, eval_count=2)
    reply = client.chat.completions.create(model="llama3.2", messages=HELLO, temperature=0, max_tokens=5)
    assert reply.choices[0].message.content == "Hi." and reply.choices[0].finish_reason == "stop"
    assert reply.usage.total_tokens == 5 and reply.model == "llama3.2"


def test_chat_stream(server, client):
    server.reply(chunks=["a ", "b"])
    stream = client.chat.completions.create(
        model="llama3.2", messages=HELLO, stream=True, stream_options={"include_usage": True})
    parts = list(stream)
    assert "".join(part.choices[0].delta.content or "" for part in parts if part.choices) == "a b"
    assert parts[-1].usage.completion_tokens == 2


def test_tool_calls(server, client):
    server.install("qwen3", capabilities=("completion", "tools"))
    server.reply(tool_calls=[{"name": "add", "arguments": {"a": 1}}])
    tools = [{"type": "function", "function": {"name": "add", "parameters": {"type": "object", "properties": {}}}}]
    reply = client.chat.completions.create(model="qwen3", messages=HELLO, tools=tools)
    call = reply.choices[0].message.tool_calls[0]
    assert (call.function.name, call.function.arguments) == ("add", '{"a":1}')
    server.reply("Three.")
    messages = [*HELLO, reply.choices[0].message, {"role": "tool", "tool_call_id": call.id, "content": "3"}]
    assert client.chat.completions.create(model="qwen3", messages=messages).choices[0].message.content == "Three."


def test_completions(server, client):
    server.reply("once")
    assert client.completions.create(model="llama3.2", prompt="a").choices[0].text == "once"
    server.reply(chunks=["o", "n"])
    stream = client.completions.create(model="llama3.2", prompt="a", stream=True)
    assert "".join(part.choices[0].text for part in stream) == "on"


def test_models(server, client):
    assert [model.id for model in client.models.list()] == ["llama3.2:latest"]
    assert client.models.retrieve("llama3.2").owned_by == "library"
    server.remove("llama3.2")
    assert list(client.models.list().data or []) == []


def test_embeddings(client):
    for encoding in ("float", "base64"):
        found = client.embeddings.create(model="llama3.2", input=["a", "b"], encoding_format=encoding)
        assert len(found.data) == 2 and found.usage.prompt_tokens == 2
    vector = client.embeddings.create(model="llama3.2", input="a").data[0].embedding
    assert sum(number * number for number in vector) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(("ask", "kind", "text"), [
    (lambda c: c.chat.completions.create(model="nobody", messages=HELLO), openai.NotFoundError, "not found"),
    (lambda c: c.chat.completions.create(model="llama3.2", messages=[]), openai.BadRequestError, "too short"),
    (lambda c: c.chat.completions.create(model="a b", messages=HELLO), openai.BadRequestError, "invalid model name"),
    (lambda c: c.chat.completions.create(model="nobody", messages=HELLO, stream=True), openai.NotFoundError, "nobody"),
    (lambda c: c.completions.create(model="nobody", prompt="a"), openai.NotFoundError, "nobody"),
    (lambda c: c.embeddings.create(model="nobody", input="a"), openai.NotFoundError, "try pulling it first"),
    (lambda c: c.models.retrieve("nobody"), openai.NotFoundError, "nobody:latest"),
])
def test_errors_are_the_packages_own_exceptions(client, ask, kind, text):
    with pytest.raises(kind, match=text):
        ask(client)


def test_faults_of_the_server(server, client):
    server.fail(500, "boom")
    with pytest.raises(openai.InternalServerError, match="boom"):
        client.chat.completions.create(model="llama3.2", messages=HELLO)
    server.down()
    with pytest.raises(openai.APIConnectionError):
        client.chat.completions.create(model="llama3.2", messages=HELLO)


def test_the_async_client(server):
    server.reply(chunks=["a", "b"])

    async def drive():
        http = httpx.AsyncClient(trust_env=False)
        async with openai.AsyncOpenAI(base_url=f"{server.url}/v1", api_key="x", max_retries=0, http_client=http) as client:
            stream = await client.chat.completions.create(model="llama3.2", messages=HELLO, stream=True)
            return "".join([part.choices[0].delta.content or "" async for part in stream])

    assert asyncio.run(drive()) == "ab"
