"""npm's `ollama` drives the practice server; skipped where node or the npm registry cannot be reached."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from localmodels.server.scripted import ScriptedOllama

PACKAGE = "ollama@0.6.4"
SCRIPT = Path(__file__).with_name("npm_client.mjs")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the package installed in it."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not (node and npm):
        pytest.skip("node and npm are not installed: npm's ollama client was not tried")
    place = tmp_path_factory.mktemp("npm")
    command = [npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(place), PACKAGE]
    try:
        installed = subprocess.run(command, cwd=place, timeout=60, capture_output=True).returncode == 0
    except subprocess.TimeoutExpired:
        installed = False
    if not installed:
        pytest.skip("the npm registry could not be reached: npm's ollama client was not tried")
    shutil.copy(SCRIPT, place)
    return place


def test_chat_stream_list_show_pull_embed_copy_delete_and_errors(folder):
    with ScriptedOllama(models=["llama3.2"], capabilities=("completion", "embedding")) as server:
        server.reply("Hi.")
        server.reply(chunks=["a ", "b"])
        server.reply("once")
        done = subprocess.run([shutil.which("node"), SCRIPT.name, server.url.replace("127.0.0.1", "localhost")], cwd=folder,
                              capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
    assert (found["chat"], found["stream"], found["generate"]) == ("Hi.", "a b", "once")
    assert found["list"] == ["llama3.2:latest"] and found["ps"] == 1 and "completion" in found["show"]
    assert found["pull"][0] == "pulling manifest" and found["pull"][-1] == "success"
    assert (found["embed"], found["embeddings"]) == (2, 8)
    assert found["copy"] == found["delete"] == {"status": "success"}
    assert found["missing"] == {"name": "ResponseError", "status": 404, "message": "model 'nobody' not found"}
    assert found["option"]["status"] == 500 and "integer" in found["option"]["message"]
