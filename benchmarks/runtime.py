"""Tokens per second of the course's NumPy runtime and of llama.cpp, on the same file, in the same run.

    python benchmarks/runtime.py

Decode: 160 tokens chosen greedily, one after the other, sampling included. Prompt: 256 tokens read at
once. The two runtimes take turns for seven rounds; the medians are compared. "1 thread" holds both to one
thread; "default" lets each choose, which says little on a machine that is busy with other things (threads
that wait for each other lose most there): leave it out with --one-thread. The last line is one JSON object.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time

ROUNDS, DECODE, PROMPT = 7, 160, 256
TARGET = 0.5   # of llama.cpp's decode speed
QUESTION = [{"role": "user", "content": "Tell me a story about a fox."}]


def numpy_round(path) -> dict:
    """One measurement of the NumPy runtime, in this process."""
    from localmodels.tiny import load
    from localmodels.tiny.generate import generate

    model = load(path)
    ids = model.chat_ids(QUESTION)
    prompt = [(7 * number) % model.shape.vocabulary for number in range(PROMPT)]
    for _ in generate(model, ids, temperature=0, max_tokens=10, stop_ids=()):
        pass                                                       # warm up
    model.forward(prompt[:16])
    start = time.perf_counter()
    said = sum(1 for _ in generate(model, ids, temperature=0, max_tokens=DECODE, stop_ids=()))
    middle = time.perf_counter()
    model.hidden(prompt)
    return {"decode": said / (middle - start), "prompt": PROMPT / (time.perf_counter() - middle)}


def numpy_child(path, threads) -> dict:
    """The same in a fresh process, where the number of BLAS threads can be chosen."""
    names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
    chosen = {name: str(threads) for name in names} if threads else {}
    command = [sys.executable, __file__, "--model", str(path), "--numpy-round"]
    out = subprocess.run(command, env=os.environ | chosen, capture_output=True, text=True, check=True)
    return json.loads(out.stdout)


def llamacpp_round(llama, path) -> dict:
    """One measurement of llama.cpp, by its own clock (no HTTP, no JSON in it)."""
    from localmodels.tiny import load

    model = load(path)
    prompt = [(7 * number) % model.shape.vocabulary for number in range(PROMPT)]
    fixed = {"temperature": 0.0, "ignore_eos": True, "cache_prompt": False}
    llama.completion(model.chat_ids(QUESTION), n_predict=10, **fixed)     # warm up
    decode = llama.completion(model.chat_ids(QUESTION), n_predict=DECODE, **fixed)["timings"]
    read = llama.completion(prompt, n_predict=1, **fixed)["timings"]
    return {"decode": decode["predicted_per_second"], "prompt": read["prompt_per_second"]}


def compare(path, threads) -> dict:
    """Median speeds of both runtimes and their ratio, for one choice of threads."""
    from localmodels.tiny.llamacpp import LlamaCpp

    ours, theirs = [], []
    with LlamaCpp(path, threads=threads) as llama:
        for _ in range(ROUNDS):
            ours.append(numpy_child(path, threads))
            theirs.append(llamacpp_round(llama, path))
    result = {}
    for what in ("decode", "prompt"):
        numpy, cpp = (statistics.median(one[what] for one in rounds) for rounds in (ours, theirs))
        result[what] = {"numpy": round(numpy), "llamacpp": round(cpp), "ratio": round(numpy / cpp, 2)}
    return result


def main() -> None:
    from localmodels.tiny import MODEL_FILE
    from localmodels.tiny.llamacpp import LlamaCppMissing

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default=MODEL_FILE)
    parser.add_argument("--one-thread", action="store_true", help="leave out the comparison with default threads")
    parser.add_argument("--numpy-round", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.numpy_round:
        print(json.dumps(numpy_round(arguments.model)))
        return
    modes, results = {"1 thread": 1} if arguments.one_thread else {"1 thread": 1, "default": None}, {}
    for name, threads in modes.items():
        try:
            results[name] = compare(arguments.model, threads)
        except LlamaCppMissing as problem:
            raise SystemExit(f"llama.cpp is needed to compare with. {problem}") from problem
        for what, speed in results[name].items():
            print(f"{name:9} {what:6}  NumPy {speed['numpy']:7,} tok/s   llama.cpp {speed['llamacpp']:7,} tok/s   "
                  f"ratio {speed['ratio']:.2f}", flush=True)
    ratio = results["1 thread"]["decode"]["ratio"]
    print(json.dumps({"benchmark": "runtime", "unit": "tokens/s", "rounds": ROUNDS, "cpus": os.cpu_count(),
                      "results": results, "target_decode_ratio": TARGET, "met": ratio >= TARGET}))


if __name__ == "__main__":
    main()
