"""One HTTP request and its reply: JSON, text, or a stream of lines."""

import asyncio
import logging
from contextlib import aclosing

import tornado.iostream
import tornado.web

from . import gojson
from .errors import ApiError, Cut, missing_body

NATIVE_JSON = "application/json; charset=utf-8"
PLAIN_JSON = "application/json"
TEXT = "text/plain"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


@tornado.web.stream_request_body  # the body stays as sent: no form is decoded, whatever its type
class Exchange(tornado.web.RequestHandler):
    """What handlers get. `server` is the Server behind it, `params` come from the path."""

    SUPPORTED_METHODS = METHODS

    def initialize(self, server, dispatch):
        self.server, self.dispatch = server, dispatch
        self.body, self.params, self._parts, self._job = b"", (), [], None
        self.json_type = NATIVE_JSON

    @property
    def is_openai(self):
        """True under /v1, where replies and errors take OpenAI's form."""
        return self.request.path.startswith("/v1/")

    def prepare(self):
        # Without this every streamed piece waits some 40 ms for the client's acknowledgement.
        self.request.connection.stream.set_nodelay(True)

    def data_received(self, chunk):
        self._parts.append(chunk)

    def set_default_headers(self):
        self.clear_header("Server")

    def compute_etag(self):
        return None

    async def handle(self, *_):
        """Answer; whatever goes wrong inside becomes an error reply."""
        self.body = b"".join(self._parts)
        self.server.begin(self)
        # A task of its own, so that it can be cancelled when the client goes away.
        self._job = asyncio.ensure_future(self.dispatch(self))
        try:
            await self._job
        except (Cut, tornado.iostream.StreamClosedError, asyncio.CancelledError):
            self.cut()
        except ApiError as error:
            self.error(error)
        except Exception as error:  # a fault of ours: the client still gets an answer it can read
            logging.exception("%s %s failed", self.request.method, self.request.path)
            self.error(ApiError(500, f"{type(error).__name__}: {error}"))
        finally:
            self.server.done()

    get = post = put = patch = delete = head = options = handle

    # -- reading

    def read(self, schema, no_body=missing_body):
        """The body as fields of a schema; raises the contract's 400."""
        try:
            return schema.parse(gojson.loads(self.body))
        except gojson.NoValue:
            raise no_body() from None
        except ValueError as error:
            raise ApiError(400, str(error)) from None

    # -- replying

    def json(self, value, status=200):
        """One JSON object."""
        self.set_status(status)
        self.set_header("Content-Type", PLAIN_JSON if self.is_openai else self.json_type)
        self.finish(gojson.dumps(value) + ("\n" if self.is_openai else ""))

    def empty(self, status=200):
        """No body at all."""
        self.set_status(status)
        self.clear_header("Content-Type")
        self.finish()

    def text(self, value, status=200, content_type=TEXT):
        """Plain text."""
        self.set_status(status)
        self.set_header("Content-Type", content_type)
        self.finish(value)

    def write_error(self, status_code, **_):
        """What Tornado itself refuses, such as a method that HTTP does not have."""
        self.text("405 method not allowed" if status_code == 405 else str(status_code), status_code)

    def error(self, error):
        """The error in the form that belongs to the path."""
        if self._headers_written:
            return self.cut()  # a stream had begun: its end is missing, which is what clients look for
        self.json(error_body(error, openai=self.is_openai), error.status)

    async def send(self, data):
        """Write bytes at once; in small bits when a test asks for awkward boundaries."""
        step = self.server.wire_size or len(data)
        for start in range(0, len(data), step):
            self.write(data[start:start + step])
            await self.flush()

    async def stream(self, lines, content_type):
        """Send each piece of bytes from an async generator as soon as it comes."""
        self.set_header("Content-Type", content_type)
        self.json_type = PLAIN_JSON  # of an error before the first line
        async with aclosing(lines):
            async for line in lines:
                await self.send(line)
        self.finish()

    def cut(self):
        """Drop the connection in the middle of things."""
        self._auto_finish = False
        self.request.connection.stream.close()

    def on_connection_close(self):
        """The client has gone: stop working for it."""
        if self._job:
            self._job.cancel()


def error_body(error, openai):
    """{"error": "..."}, or OpenAI's envelope around the same text."""
    if not openai:
        return {"error": error.text, **error.extra}
    kinds = {400: "invalid_request_error", 404: "not_found_error"}
    kind = kinds.get(error.status, "api_error")
    return {"error": {"message": error.text, "type": kind, "param": None, "code": None}}
