"""The child process of ``llamacpp.py``: the only place where xllamacpp is imported.

Reads what to load from its one argument, makes one token, prints one line of JSON with a port and
a key (or the problem), and serves until its standard input closes, that is until its parent ends.
"""

import json
import os
import secrets
import sys
import urllib.request


def main() -> None:
    """Load, prove that it works, say where to find it, wait."""
    speak = os.fdopen(os.dup(1), "w")
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)              # llama.cpp writes its log to both; the parent wants one line
    os.dup2(silence, 2)
    try:
        server, key = start(json.loads(sys.argv[1]))
        make_one_token(server.listening_address, key)
        ready = {"port": int(server.listening_address.rsplit(":", 1)[1]), "key": key}
    except Exception as problem:     # whatever it is, the parent turns it into a sentence
        ready = {"problem": str(problem) or type(problem).__name__}
    speak.write(json.dumps(ready) + "\n")
    speak.flush()
    if "port" in ready:
        sys.stdin.buffer.read()      # returns when the parent closes the pipe or is gone
    os._exit(0)                      # llama.cpp's own threads need no goodbye


def start(wish: dict):
    """An xllamacpp server for ``wish`` (path, threads, context, embeddings), and its key."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = wish["path"]
    params.n_parallel = 1            # one request at a time, with the whole context for it
    params.n_ctx = wish["context"] or 0
    params.warmup = False
    params.embedding = wish["embeddings"]
    if wish["embeddings"]:
        params.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
    if wish["threads"]:
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = wish["threads"]
    key = secrets.token_hex(16)      # other programs of this machine cannot use the port
    params.api_keys = [key]
    return xllamacpp.Server(params), key


def make_one_token(address: str, key: str) -> None:
    """The real test: a processor that cannot run the code dies here, not in front of a student."""
    request = urllib.request.Request(
        f"{address}/completion", json.dumps({"prompt": "a", "n_predict": 1}).encode(),
        {"Content-Type": "application/json", "Authorization": f"Bearer {key}"})
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    direct.open(request, timeout=60).read()


if __name__ == "__main__":
    main()
