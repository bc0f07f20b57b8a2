"""llama.cpp, reading the same file, thinks the same as the NumPy runtime."""

import importlib.util
import os
import subprocess
import sys
import time

import numpy as np
import psutil
import pytest

from localmodels.tiny import MODEL_FILE, load
from localmodels.tiny.chat import said_ids
from localmodels.tiny.golden import read_golden
from localmodels.tiny.llamacpp import LlamaCpp, LlamaCppError, explain, probe
from localmodels.tiny.measure import log_probs
from localmodels.tiny.quantize import quantize

from .test_runtime_tokenizer import STRINGS

needs_llamacpp = pytest.mark.skipif(
    importlib.util.find_spec("xllamacpp") is None, reason="xllamacpp is not installed: nothing to compare with")
ALLOWED = 0.05   # nats; llama.cpp rounds intermediate results to 16 bits


@pytest.fixture(scope="module")
def llama():
    with LlamaCpp(MODEL_FILE, threads=1, embeddings=True) as running:
        yield running


def same_thoughts(model, llama, ids):
    """Asserts equal chances for every next token after every prefix of ``ids``."""
    ours = log_probs(model.forward(ids))
    theirs = llama.log_probs(ids, model.shape.vocabulary)
    assert (ours.argmax(axis=1) == theirs.argmax(axis=1)).all()
    assert np.abs(ours - theirs).max() < ALLOWED


@needs_llamacpp
def test_the_chances_of_every_next_token_are_the_same(llama):
    model = load()
    for chat in read_golden()["chats"][:3]:
        same_thoughts(model, llama, said_ids(model.tokenizer, chat)[:48])


@needs_llamacpp
@pytest.mark.parametrize("kind", ["Q8_0", "Q5_0", "Q4_0", "Q4_K", "Q2_K"])
def test_quantised_files_load_there_and_think_the_same(kind, tmp_path):
    path = quantize(MODEL_FILE, tmp_path / f"{kind}.gguf", kind)
    model = load(path)
    ids = model.chat_ids([{"role": "user", "content": "What is the KV cache?"}])
    with LlamaCpp(path, threads=1) as llama:
        ours, theirs = log_probs(model.forward(ids)), llama.log_probs(ids, model.shape.vocabulary)
    # llama.cpp also rounds the activations to 8 bits when the weights are quantised.
    assert (np.exp(ours) * (ours - theirs)).sum(axis=1).mean() < 0.01
    assert (ours.argmax(axis=1) == theirs.argmax(axis=1)).mean() >= 0.9


@needs_llamacpp
def test_the_likeliest_answers_are_the_same(llama):
    model = load()
    for question, golden in read_golden()["greedy"].items():
        ids = model.chat_ids([{"role": "user", "content": question}])
        said = llama.completion(ids, n_predict=len(golden), temperature=0.0, return_tokens=True)["tokens"]
        assert said == golden


@needs_llamacpp
def test_text_becomes_the_same_ids(llama):
    tokenizer = load().tokenizer
    text_only = [text for text in STRINGS if text and "\x00" not in text]
    assert [text for text in text_only if llama.tokenize(text) != tokenizer.encode(text)] == []


@needs_llamacpp
def test_chats_become_the_same_text(llama):
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello!"}]
    assert llama.chat_prompt(messages) == load().chat_text(messages)


@needs_llamacpp
def test_embeddings_are_the_same(llama):
    text = "The KV cache keeps the keys and values of earlier tokens."
    assert np.abs(np.array(llama.embed(text)) - load().embed(text)).max() < 0.005


@needs_llamacpp
def test_text_is_streamed_piece_by_piece(llama):
    ids = load().chat_ids([{"role": "user", "content": "What is the KV cache?"}])
    pieces = list(llama.stream(ids, n_predict=5, temperature=0.0, ignore_eos=True))
    assert len(pieces) > 3
    assert pieces[-1]["stop"] and pieces[-1]["timings"]["predicted_n"] == 5


@needs_llamacpp
def test_what_llamacpp_refuses_is_an_error_with_its_words(llama):
    with pytest.raises(LlamaCppError, match="exceeds the available context size") as refused:
        llama.completion([5] * 2000, n_predict=1)
    assert refused.value.status == 400


@needs_llamacpp
def test_a_stream_that_is_refused_is_an_error_too(llama):
    with pytest.raises(LlamaCppError, match="exceeds the available context size"):
        list(llama.stream([5] * 2000, n_predict=1))


@needs_llamacpp
def test_the_probe_says_yes_and_leaves_nothing_running():
    before = {child.pid for child in psutil.Process().children()}
    assert probe(MODEL_FILE) is None
    assert {child.pid for child in psutil.Process().children()} <= before


@needs_llamacpp
def test_the_child_ends_with_its_parent():
    code = ("from localmodels.tiny.llamacpp import LlamaCpp; from localmodels.tiny import MODEL_FILE; import os;"
            "print(LlamaCpp(MODEL_FILE).child.pid, flush=True); os._exit(0)")
    pid = int(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, timeout=60).stdout)
    deadline = time.monotonic() + 10
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, "the llama.cpp process outlived its parent"
        time.sleep(0.05)


def test_a_damaged_file_is_a_sentence_not_a_crash(tmp_path):
    path = tmp_path / "half.gguf"
    path.write_bytes(MODEL_FILE.read_bytes()[:300_000])
    assert "complete" in probe(path) or "not installed" in probe(path)


def test_a_file_of_another_kind_is_named(tmp_path):
    path = tmp_path / "notes.gguf"
    path.write_text("Buy milk.")
    assert "is not a GGUF model" in probe(path)


def test_without_the_package_the_sentence_says_how_to_get_it(monkeypatch, tmp_path):
    (tmp_path / "xllamacpp.py").write_text("raise ModuleNotFoundError(\"No module named 'xllamacpp'\")")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    assert "Install it with: pip install" in probe(MODEL_FILE)


def test_a_missing_system_library_is_named(monkeypatch, tmp_path):
    (tmp_path / "xllamacpp.py").write_text("raise ImportError('libgomp.so.1: cannot open shared object file')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    assert "libgomp1" in probe(MODEL_FILE)


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot send itself this signal on Windows")
def test_a_processor_without_avx2_is_named(monkeypatch, tmp_path):
    dying = "import os, signal; signal.signal(signal.SIGILL, signal.SIG_DFL); os.kill(os.getpid(), signal.SIGILL)"
    (tmp_path / "xllamacpp.py").write_text(dying)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    assert "AVX2" in probe(MODEL_FILE)


@pytest.mark.parametrize("status", [-4, 132, 0xC000001D, 0xC000001D - 2**32])
def test_an_illegal_instruction_is_recognised_on_every_system(status):
    assert "AVX2" in explain(status, "", "x.gguf")


def test_a_missing_windows_runtime_is_named():
    assert "msvc-runtime" in explain(0, "DLL load failed while importing xllamacpp", "x.gguf")
