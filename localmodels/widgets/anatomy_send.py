"""Sending a request exactly as given, right or wrong, and saying what the answer means.

`send` is the only function that touches the network. `diagnose` is pure: it looks at what was sent and
what came back, never at which button was pressed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import urlsplit

from localmodels import facts
from localmodels.widgets.anatomy import PATH, TIMEOUT_S


@dataclass(frozen=True)
class Sent:
    """A request as it goes out."""

    method: str
    url: str
    body: bytes = b""


@dataclass(frozen=True)
class Got:
    """What came back: a status with a body, or the `trouble` that left no reply."""

    status: int | None = None
    reason: str = ""
    text: str = ""
    trouble: str = ""  # "nobody", "slow" or a sentence

    @property
    def data(self):
        """The body as JSON (of a stream: its lines as a list), or None where it is not JSON."""
        return _json(self.text)


@dataclass(frozen=True)
class Diagnosis:
    """What happened, why, and what to do next. `good` means a text came back."""

    headline: str
    cause: str
    fix: str
    good: bool = False


def send(sent: Sent, *, timeout_s: float = TIMEOUT_S) -> Got:
    """Send the bytes and wait for the whole answer. Never raises for what a network does."""
    import requests

    session = requests.Session()
    session.trust_env = False  # a proxy in the environment must not catch localhost
    headers = {"Content-Type": "application/json"} if sent.body else {}
    try:
        reply = session.request(
            sent.method, sent.url, data=sent.body or None, headers=headers, timeout=timeout_s, allow_redirects=False
        )
        return Got(reply.status_code, reply.reason or "", reply.content.decode("utf-8", "replace"))
    except requests.Timeout:
        return Got(trouble="slow")
    except requests.ConnectionError as error:
        broken_off = "aborted" in str(error).lower() or "reset" in str(error).lower()
        return Got(trouble="The connection broke off before the answer was complete." if broken_off else "nobody")
    except requests.RequestException as error:
        return Got(trouble=f"requests could not send this: {error}")
    finally:
        session.close()


def diagnose(sent: Sent, got: Got) -> Diagnosis:
    """Status, cause and fix in plain words."""
    if got.status is None:
        return _no_answer(sent, got)
    if got.status == 200:
        return _ok(sent, got)
    headline = f"{got.status} {got.reason}".strip()
    error = got.data.get("error") if isinstance(got.data, dict) else None
    if got.status == 404 and error:
        return Diagnosis(headline, "The server understood the request, but no model of this name is installed.",
                         f"Compare the name. If it is right, write `ollama pull {_model(sent)}` in a terminal; or name a model that is installed.")
    if got.status == 404:
        return Diagnosis(headline, f"The server has no path {urlsplit(sent.url).path}. The body is plain text: nothing read your JSON.",
                         f"Check the spelling: the path is {PATH}.")
    if got.status == 405:
        return Diagnosis(headline, f"The path exists, but not for {sent.method}: it takes something, so it wants POST.",
                         "Use requests.post(...) in place of requests.get(...).")
    if got.status == 400:
        return _bad_request(sent, headline)
    return Diagnosis(headline, f"The server reports: {error or got.text.strip() or 'no reason'}",
                     "Read the body: it names what went wrong. Numbers from 500 up are the server's own trouble.")


def _no_answer(sent: Sent, got: Got) -> Diagnosis:
    host = urlsplit(sent.url).netloc
    if got.trouble == "nobody":
        return Diagnosis("none: nobody answered", f"No program listens at {host}, so there is nobody to send even an error.",
                         f"Start the server (`{facts.value('install.serve')}`) and compare the port: Ollama's own is {facts.value('ollama.port')}.")
    if got.trouble == "slow":
        return Diagnosis("none: it took too long", "The server took the request but did not answer in time. A large model may still be loading.",
                         "Wait a little and send again, allow a longer timeout, or use a smaller model.")
    return Diagnosis("none: no complete answer", got.trouble, "Send it again. If it happens twice, restart the server.")


def _ok(sent: Sent, got: Got) -> Diagnosis:
    headline = f"200 {got.reason}".strip()
    text = reply_text(got)
    if text:
        return Diagnosis(headline, "The model answered.", "Nothing to fix. Pick a key below to see the code that reaches it.", good=True)
    fields = _sent_fields(sent)
    only_loaded = isinstance(got.data, dict) and got.data.get("done_reason") == "load"
    if not fields or "messages" in fields and not only_loaded:
        return Diagnosis(headline, "All went well, but the model wrote nothing.", "Ask again, or ask something else.")
    wrong = next((name for name in ("message", "prompt") if name in fields), None)
    cause = "Without messages there is nothing to answer: the server only loaded the model (done_reason is load)."
    named = f' The unknown field "{wrong}" was ignored without a word.' if wrong else ""
    return Diagnosis(f"{headline}, but no text", cause + named, 'Write "messages" with an s: a list of {"role": ..., "content": ...} entries.')


def _bad_request(sent: Sent, headline: str) -> Diagnosis:
    if _json(sent.body.decode("utf-8", "replace")) is None:
        return Diagnosis(headline, "The body is not JSON, so the server could not read it. The error says at which character it gave up.",
                         "Give requests a dictionary: json={...} writes correct JSON for you.")
    return Diagnosis(headline, "The body is JSON, but a value is missing or of the wrong kind, such as a text where true or false belongs.",
                     "The error names the field. In Python write False, not \"false\".")


def reply_text(got: Got) -> str:
    """The text of the reply, joined over the lines of a stream."""
    parts = got.data if isinstance(got.data, list) else [got.data]
    messages = [part.get("message") for part in parts if isinstance(part, dict)]
    return "".join(message.get("content") or "" for message in messages if isinstance(message, dict))


def _sent_fields(sent: Sent) -> set[str]:
    data = _json(sent.body.decode("utf-8", "replace"))
    return {key.lower() for key in data} if isinstance(data, dict) else set()


def _model(sent: Sent) -> str:
    data = _json(sent.body.decode("utf-8", "replace"))
    return str(data.get("model", "NAME")) if isinstance(data, dict) else "NAME"


def _json(text: str):
    for read in (json.loads, lambda lines: [json.loads(line) for line in lines.splitlines() if line.strip()] or None):
        try:
            return read(text)
        except ValueError:
            continue
    return None
