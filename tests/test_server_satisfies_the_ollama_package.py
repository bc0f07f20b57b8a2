"""The official `ollama` Python package drives the practice server, with no special case in client code."""

import asyncio

import ollama
import pytest

from localmodels.server.scripted import ScriptedOllama

HELLO = [{"role": "user", "content": "hello"}]


@pytest.fixture
def server():
    with ScriptedOllama(models=["llama3.2"], capabilities=("completion", "embedding")) as one:
        yield one


@pytest.fixture
def client(server):
    with ollama.Client(host=server.url, trust_env=False) as one:
        yield one


def test_chat(server, client):
    server.reply("Hi.", prompt_eval_count=3, eval_count=2)
    reply = client.chat("llama3.2", HELLO)
    assert reply.message.content == reply["message"]["content"] == "Hi."
    assert reply.done and reply.done_reason == "stop" and (reply.prompt_eval_count, reply.eval_count) == (3, 2)
    assert server.last.json["stream"] is False and server.last.json["tools"] == []


def test_chat_stream(server, client):
    server.reply(chunks=["a ", "b"])
    parts = list(client.chat("llama3.2", HELLO, stream=True))
    assert "".join(part.message.content for part in parts) == "a b"
    assert [part.done for part in parts] == [False, False, True]


def test_generate_whole_and_streamed(server, client):
    server.reply("once", context=[1, 2])
    reply = client.generate("llama3.2", "a")
    assert reply.response == "once" and list(reply.context) == [1, 2]
    assert "".join(part.response for part in client.generate("llama3.2", "a", stream=True))


def test_tool_calls_and_thinking(server, client):
    server.install("qwen3", capabilities=("completion", "tools", "thinking"))
    server.reply(thinking="hm", tool_calls=[{"name": "add", "arguments": {"a": 1}}])

    def add(a: int) -> int:
        """Add one.

        Args:
          a: a number
        """

    reply = client.chat("qwen3", HELLO, tools=[add], think=True)
    assert reply.message.thinking == "hm"
    assert reply.message.tool_calls[0].function.arguments == {"a": 1}


def test_list_show_ps(server, client):
    (model,) = client.list().models
    assert model.model == "llama3.2:latest" and model.details.format == "gguf" and model.size > 0
    shown = client.show("llama3.2")
    assert shown.modelinfo["general.architecture"] == "llama" and "completion" in shown.capabilities
    client.chat("llama3.2", HELLO)
    (running,) = client.ps().models
    assert running.model == "llama3.2:latest" and running.expires_at.tzinfo and running.context_length > 0


def test_pull_whole_and_with_progress(server, client):
    assert client.pull("gemma2:2b").status == "success"
    parts = list(client.pull("qwen2.5:0.5b", stream=True))
    assert parts[-1].status == "success" and any(part.completed == part.total for part in parts if part.total)
    assert server.models == ["gemma2:2b", "llama3.2:latest", "qwen2.5:0.5b"]


def test_copy_delete_create(server, client):
    assert client.copy("llama3.2", "mine").status == "success"
    assert client.delete("mine").status == "success"
    assert client.create("pirate", from_="llama3.2", system="Arr.").status == "success"
    assert server.models == ["llama3.2:latest", "pirate:latest"]


def test_embed_and_the_old_embeddings(client):
    assert len(client.embed("llama3.2", ["a", "b"]).embeddings) == 2
    assert len(client.embed("llama3.2", "a").embeddings) == 1
    assert len(client.embeddings("llama3.2", "a").embedding) == 8


@pytest.mark.parametrize(("ask", "status", "text"), [
    (lambda c: c.chat("nobody", HELLO), 404, "model 'nobody' not found"),
    (lambda c: list(c.chat("nobody", HELLO, stream=True)), 404, "model 'nobody' not found"),
    (lambda c: c.generate("nobody", "a"), 404, "model 'nobody' not found"),
    (lambda c: c.embed("nobody", "a"), 404, "try pulling it first"),
    (lambda c: c.show("nobody"), 404, "model 'nobody:latest' not found"),
    (lambda c: c.delete("nobody"), 404, "model 'nobody' not found"),
    (lambda c: c.copy("nobody", "x"), 404, 'model "nobody" not found'),
    (lambda c: c.pull("nobody"), 500, "file does not exist"),
    (lambda c: c.push("nobody"), 500, "file does not exist"),
    (lambda c: c.chat("a b", HELLO), 400, "invalid model name"),
    (lambda c: c.chat("llama3.2", HELLO, think=True), 400, "does not support thinking"),
    (lambda c: c.chat("llama3.2", HELLO, tools=[{"type": "function", "function": {"name": "f"}}]), 400,
     "registry.ollama.ai/library/llama3.2:latest does not support tools"),
    (lambda c: c.chat("llama3.2", HELLO, options={"temperature": "hot"}), 500, "must be of type float32"),
    (lambda c: c.chat("llama3.2", HELLO, keep_alive="5"), 400, "missing unit"),
])
def test_every_error_is_a_response_error_with_status_and_text(client, ask, status, text):
    with pytest.raises(ollama.ResponseError) as caught:
        ask(client)
    assert caught.value.status_code == status and text in caught.value.error


def test_an_error_in_mid_stream_has_status_minus_one(server, client):
    server.fail_mid_stream("broke")
    with pytest.raises(ollama.ResponseError, match="broke") as caught:
        list(client.chat("llama3.2", HELLO, stream=True))
    assert caught.value.status_code == -1


def test_a_pull_that_fails_in_its_stream(client):
    with pytest.raises(ollama.ResponseError, match="file does not exist"):
        list(client.pull("nobody", stream=True))


def test_a_server_that_is_down(server, client):
    server.down()
    with pytest.raises(ConnectionError, match="Failed to connect to Ollama"):
        client.chat("llama3.2", HELLO)


def test_the_async_client(server):
    server.reply("a")
    server.reply(chunks=["b", "c"])

    async def drive():
        async with ollama.AsyncClient(host=server.url, trust_env=False) as client:
            whole = await client.chat("llama3.2", HELLO)
            parts = [part.message.content async for part in await client.chat("llama3.2", HELLO, stream=True)]
            with pytest.raises(ollama.ResponseError):
                await client.chat("nobody", HELLO)
            return whole.message.content, "".join(parts), len((await client.list()).models)

    assert asyncio.run(drive()) == ("a", "bc", 1)
