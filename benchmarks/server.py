"""What the HTTP server adds to an engine: milliseconds per request, microseconds per token.

Run: python benchmarks/server.py. The last line is JSON. Times are medians; `ratio` compares the tiny model's
speed through the server with the same call made directly, in the same process and in turns.
"""

import http.client
import json
import os
import statistics
import sys
import threading
import time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from localmodels.server.engines.tiny import TinyEngine  # noqa: E402
from localmodels.server.options import read  # noqa: E402
from localmodels.server.scripted import ScriptedOllama  # noqa: E402
from tests.practice_server import serving  # noqa: E402

ROUNDS, TOKENS, STORIES = 200, 300, 7
HELLO = [{"role": "user", "content": "Tell me a story."}]
# So hot that the model never ends by itself: every reply has the same number of tokens.
ENDLESS = {"temperature": 50, "top_k": 0, "top_p": 1, "seed": 1, "num_predict": 200}


def ask(link, body, path="/api/chat"):
    """One request over an open connection; returns the body's bytes."""
    link.request("POST", path, json.dumps(body))
    return link.getresponse().read()


def milliseconds(action, rounds=ROUNDS):
    """Median time of an action."""
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        action()
        times.append(time.perf_counter() - started)
    return statistics.median(times) * 1e3


def request_overhead():
    """Milliseconds for a whole chat request whose reply costs nothing, and for one token of a stream."""
    with ScriptedOllama() as server:
        link = http.client.HTTPConnection("127.0.0.1", server.port)
        body = {"model": "llama3.2", "messages": HELLO, "stream": False}
        one = milliseconds(lambda: ask(link, body))

        def stream():
            server.reply(chunks=["word "] * TOKENS)
            ask(link, {**body, "stream": True})

        many = milliseconds(stream, 20)
        link.close()
    return one, (many - one) / TOKENS * 1e3


def start_and_stop():
    """Milliseconds until a scripted server can be asked."""
    def once():
        with ScriptedOllama() as server:
            started.append(server.port)

    started = []
    return milliseconds(once, 30)


def tokens_per_second():
    """The tiny model directly and through the server, taking turns."""
    engine, direct, served = TinyEngine(), [], []
    with serving(engine, ["tiny-course"]) as server:
        engine.load()
        link = http.client.HTTPConnection("127.0.0.1", server.port)
        body = {"model": "tiny-course", "messages": HELLO, "options": ENDLESS}
        for _ in range(STORIES):
            started = time.perf_counter()
            *_, last = engine.chat(HELLO, read(ENDLESS))
            direct.append(last.end.eval_count / (time.perf_counter() - started))
            started = time.perf_counter()
            last = json.loads(ask(link, body).splitlines()[-1])
            served.append(last["eval_count"] / (time.perf_counter() - started))
        link.close()
    return statistics.median(direct), statistics.median(served)


def main():
    """Measure and print."""
    start_ms = start_and_stop()
    request_ms, token_us = request_overhead()
    direct, served = tokens_per_second()
    print(f"A chat request costs {request_ms:.2f} ms beside the engine, each streamed token {token_us:.0f} microseconds.")
    print(f"The tiny model makes {direct:.0f} tokens per second directly and {served:.0f} through the server.")
    assert threading.active_count() == 1, "a server left a thread behind"
    print(json.dumps({
        "benchmark": "server", "request_ms": round(request_ms, 3), "stream_us_per_token": round(token_us, 1),
        "scripted_start_stop_ms": round(start_ms, 2), "tiny_direct_tok_s": round(direct),
        "tiny_served_tok_s": round(served), "ratio": round(served / direct, 3)}))


if __name__ == "__main__":
    main()
