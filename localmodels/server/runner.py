"""Runs an engine in worker threads, so that the server answers while a model thinks."""

import asyncio
import logging
import threading
from concurrent.futures import ThreadPoolExecutor

from .errors import ApiError, Cut, EngineError, busy

MAX_QUEUE = 512  # Ollama's OLLAMA_MAX_QUEUE
STOPPED = ("model runner has unexpectedly stopped, this may be due to resource limitations or an internal error, "
           "check ollama server logs for details")
_DONE = object()


class Runner:
    """`parallel` jobs at a time, `max_queue` more in line, 503 for the rest."""

    def __init__(self, parallel=1, max_queue=MAX_QUEUE):
        self.limit = parallel + max_queue
        self._pool = ThreadPoolExecutor(parallel, thread_name_prefix="model")
        self._jobs = set()

    def is_busy(self):
        """Whether a job runs or waits."""
        return bool(self._jobs)

    async def call(self, function, *args):
        """Run a function in a worker thread and wait for its result."""
        async for result in self.stream(lambda: iter([function(*args)])):
            return result

    async def stream(self, start):
        """Yield what the iterator from `start()` yields. Closing this generator stops the job."""
        if len(self._jobs) >= self.limit:
            raise busy()
        job = _Job(start, asyncio.get_running_loop())
        self._jobs.add(job)
        self._pool.submit(job.run).add_done_callback(lambda _: self._jobs.discard(job))
        try:
            while (item := await job.arrived.get()) is not _DONE:
                if isinstance(item, Exception):
                    raise as_known(item)
                yield item
            self._jobs.discard(job)  # at once: the thread may take its time to say that it has ended
        finally:
            job.cancelled.set()

    def stop(self):
        """Cancel everything and wait for the threads."""
        for job in list(self._jobs):
            job.cancelled.set()
        self._pool.shutdown(wait=True, cancel_futures=True)


def as_known(error):
    """An error the server knows how to answer; anything else is a crash of the engine, which is logged."""
    if isinstance(error, (ApiError, Cut)):
        return error
    logging.error("the engine failed", exc_info=error)
    return EngineError(500, STOPPED)


class _Job:
    def __init__(self, start, loop):
        self.start, self.loop = start, loop
        self.arrived = asyncio.Queue()
        self.cancelled = threading.Event()

    def run(self):
        """In the worker thread: pull items until the end, an error, or a cancel."""
        last = _DONE
        items = iter(())
        try:
            if self.cancelled.is_set():
                return
            items = iter(self.start())
            for item in items:
                if self.cancelled.wait(getattr(item, "wait", 0) or 0):
                    return
                self.put(item)
        except Exception as error:
            last = error
        finally:
            if hasattr(items, "close"):
                items.close()
            self.put(last)

    def put(self, item):
        try:
            self.loop.call_soon_threadsafe(self.arrived.put_nowait, item)
        except RuntimeError:
            self.cancelled.set()  # the server has stopped: nobody listens any more
