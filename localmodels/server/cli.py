"""`python -m localmodels serve`: the practice server from a terminal, or started by a notebook."""

import argparse
import asyncio
import errno
import os
import signal
import socket
import sys
from pathlib import Path

from .errors import EngineError

PORT = 11434
LOOPBACK = ("127.0.0.1", "::1")
CHECK_SECONDS = 1.0
QUEUE_LENGTH = 128


class CannotServe(Exception):
    """The server cannot start; str() is a sentence with the reason and the fix."""


def main(arguments=None):
    """Serve until Ctrl-C, SIGTERM or idleness; returns the exit code."""
    # The tiny model's matrices are too small to share between threads: one is faster than two.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    chosen = parser().parse_args(arguments)
    try:
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            runner.run(serve(chosen))
    except (CannotServe, EngineError) as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.")
    return 0


def parser():
    """What may be written after `serve`."""
    made = argparse.ArgumentParser(
        prog="python -m localmodels serve",
        description="Run the practice server: an Ollama-compatible server with a tiny model of its own, "
                    "reachable from this computer alone.")
    add = made.add_argument
    add("--port", type=_port, default=PORT, help="where to listen (default %(default)s, Ollama's own port; 0: any)")
    add("--engine", choices=("tiny", "llamacpp"), default="tiny",
        help="tiny: the course's NumPy runtime; llamacpp: llama.cpp, for any GGUF file")
    add("--model", metavar="FILE", help="a GGUF file to serve instead of the course's own")
    add("--speed", type=_positive, metavar="TOKENS_PER_SECOND",
        help="slow replies down so that streaming can be seen; durations stay true")
    add("--idle-minutes", type=_positive, metavar="N", help="stop after N minutes without a request")
    return made


def _port(text):
    number = int(text)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return number


def _positive(text):
    number = float(text)
    if not number > 0:
        raise argparse.ArgumentTypeError("it must be more than 0")
    return number


async def serve(chosen):
    """Listen, say so in one line, and run until told to stop."""
    sockets = listening_sockets(chosen.port)
    try:
        app, note = make(chosen)
    except BaseException:
        _close(sockets)
        raise
    from tornado.httpserver import HTTPServer

    server, stop = HTTPServer(app), asyncio.Event()
    server.add_sockets(sockets)
    _on_signals(stop)
    port = sockets[0].getsockname()[1]
    print(f"The practice server listens on http://localhost:{port} ({note}). Stop it with Ctrl-C.", flush=True)
    try:
        await _until_stopped(stop, app.server, chosen.idle_minutes)
    finally:
        server.stop()
        await server.close_all_connections()
        app.server.stop()


def make(chosen):
    """The application and a note on what answers. Raises CannotServe or EngineError."""
    from localmodels import state

    from .app import make_app
    from .registry import Shelf

    engine, note = make_engine(chosen)
    if chosen.speed:
        from .engines.throttled import Throttled

        engine = Throttled(engine, chosen.speed)
        note += f", slowed down to {chosen.speed:g} tokens per second"
    app = make_app(engine, (), speed=chosen.speed, proof=state.proof)
    about = app.server.about
    _check_memory(about)
    app.server.shelf = Shelf([about.model], path=state.home() / f"models-{chosen.engine}.json")
    return app, f"{about.model.removesuffix(':latest')}, {note}"


def make_engine(chosen):
    """The engine that was asked for; the tiny one where llama.cpp cannot run the course's own file."""
    from ..tiny import MODEL_FILE

    path = chosen.model or MODEL_FILE
    if chosen.engine == "llamacpp":
        why_not = _llamacpp_problem(path)
        if not why_not:
            from .engines.llamacpp import LlamaCppEngine

            return LlamaCppEngine(path), "llama.cpp"
        if chosen.model:
            raise CannotServe(why_not)
        print(why_not, file=sys.stderr)
    from .engines.tiny import TinyEngine

    return TinyEngine(path), "NumPy runtime"


def _llamacpp_problem(path):
    """None, or a sentence. The file is looked at first: it is the likelier mistake."""
    from ..tiny.gguf_file import BadModelFile, check_it_is_gguf
    from ..tiny.llamacpp import probe

    try:
        check_it_is_gguf(Path(path))
    except BadModelFile as problem:
        raise CannotServe(str(problem)) from None
    return probe(path)


def _check_memory(about):
    from localmodels import machine

    free = machine.free_memory()
    if free is not None and free < about.memory:
        raise CannotServe(
            f"{about.model} needs about {about.memory / 1e6:.0f} MB of memory and only {free / 1e6:.0f} MB is free. "
            "Close other programs or notebooks, or serve a smaller file.")


def listening_sockets(port):
    """Sockets on 127.0.0.1 and, where there is one, ::1: this computer alone can connect."""
    first = _bind(socket.AF_INET, LOOPBACK[0], port)
    try:
        return [first, _bind(socket.AF_INET6, LOOPBACK[1], first.getsockname()[1])]
    except CannotServe:
        first.close()
        raise
    except OSError:
        return [first]  # a machine without IPv6


def _bind(family, host, port):
    one = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # on Windows this option would let two programs share a port
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        one.setblocking(False)
        one.bind((host, port))
        one.listen(QUEUE_LENGTH)
        return one
    except OSError as problem:
        one.close()
        if problem.errno in (errno.EADDRINUSE, errno.EACCES, getattr(errno, "WSAEACCES", errno.EACCES)):
            raise CannotServe(port_sentence(port, problem.errno)) from None
        raise


def port_sentence(port, problem):
    """Who has the port, and what to do."""
    free = f"Start on another port: python -m localmodels serve --port {port + 1 if port < 65535 else 0}"
    if problem != errno.EADDRINUSE:
        return f"This user may not listen on port {port}. {free}"
    from localmodels.finding import Address, Kind, probe

    who = {Kind.OLLAMA: "Ollama is running there, so you may not need the practice server at all",
           Kind.MINE: "your practice server is running there already; `python -m localmodels stop` ends it",
           Kind.THEIRS: "another user's practice server is running there"}
    found = probe(Address("localhost", port)).kind
    return f"Port {port} is taken: {who.get(found, 'another program uses it')}. {free}"


def _close(sockets):
    for one in sockets:
        one.close()


def _on_signals(stop):
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(name, stop.set)
        except NotImplementedError:  # Windows: Ctrl-C arrives as KeyboardInterrupt
            return


async def _until_stopped(stop, server, idle_minutes):
    """Wait for a signal, or until nobody has asked for anything for so long."""
    while not stop.is_set():
        try:
            await asyncio.wait_for(stop.wait(), CHECK_SECONDS)
        except TimeoutError:
            server.memory.now()  # models whose keep_alive is over leave memory
        if idle_minutes and server.idle_seconds() > idle_minutes * 60:
            print(f"Nobody asked for anything for {idle_minutes:g} minutes: stopped.")
            return

