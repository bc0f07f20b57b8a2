"""`request_anatomy`: a chat request in four forms, its reply as a tree, and ways to break it."""

from __future__ import annotations

import threading
from html import escape

from localmodels import facts
from localmodels.widgets import anatomy_send
from localmodels.widgets.anatomy import Form, NotAForm, as_curl, as_json, as_python, from_json
from localmodels.widgets.anatomy_breaks import as_typed, breaks, not_installed, with_model
from localmodels.widgets.anatomy_figure import TEXT, as_html, as_text, example_reply
from localmodels.widgets.anatomy_send import Got, Sent, diagnose
from localmodels.widgets.display import Twin, code, rich, status
from localmodels.widgets.reply_tree import tree

ASK_TAGS_S = 5  # seconds to wait for the list of installed models


def request_anatomy(url=None, model=None):
    """A form, its JSON, Python and curl side by side; send it, take the reply apart, break it.

    url    base URL of the server, as `connect()` returns it; where the last connect() led when left out.
    model  the model to ask; the course's default when left out.
    """
    return RequestAnatomy((url or _last_url()).rstrip("/"), Form(model or facts.value("models.default")))


def _last_url() -> str:
    from localmodels import connection

    port = connection.port_in_use
    return f"http://localhost:{port}" if port else facts.value("ollama.url")


class RequestAnatomy(Twin):
    """The anatomy of one request to one server."""

    def __init__(self, url: str, form: Form):
        self.url, self.form = url, form

    def text(self):
        return as_text(self.url, self.form)

    def figure(self):
        return as_html(self.url, self.form)

    def live(self):
        return LiveAnatomy(self.url, self.form).box


class LiveAnatomy:
    """The widgets; `form` is what they show, `exchange` what was sent and came back last."""

    def __init__(self, url: str, form: Form):
        import ipywidgets as w

        self.url, self.form = url, form
        self._filling, self._asked = False, 0
        self._build_form(w)
        self._build_reply(w)
        self.buttons = {one.key: w.Button(description=one.label, tooltip=f"Sends the request with one change: {one.change}") for one in breaks()}
        self._connect()
        self.box = self._arranged(w)
        self._fill(form)
        self._show_reply(example_reply(form))
        self.card.value = status("Not sent yet. Below is what a reply looks like.")

    # --- Building -------------------------------------------------------------------

    def _build_form(self, w):
        style = {"description_width": "6.5rem"}
        self.model = w.Text(description="Model", continuous_update=False, style=style)
        self.system = w.Text(description="System", continuous_update=False, style=style, placeholder="optional: how to answer")
        self.prompt = w.Textarea(description="Prompt", rows=3, continuous_update=False, style=style)
        self.stream = w.Checkbox(description="Stream: reply line by line", indent=False)
        self.temperature = w.BoundedFloatText(description="Temperature", min=0, max=2, step=0.1, style=style)
        self.json = w.Textarea(description="The body, as JSON (you may edit it)", rows=9, continuous_update=False, tooltip="Change it here and the form follows")
        self.json_note = w.HTML()
        self.python, self.curl = w.HTML(), w.HTML()
        self.send = w.Button(description="Send", button_style="primary", tooltip="Sends the body to the server, exactly as it stands in its box")
        self.stop = w.Button(description="Stop waiting", disabled=True, tooltip="Forgets the request that is under way")
        for name in ("lm-mono", "lm-above"):
            self.json.add_class(name)

    def _build_reply(self, w):
        self.card, self.path = w.HTML(), w.HTML()
        self.keys = w.VBox([])  # a button for each key: JupyterLab takes the arrow keys away from lists
        for name in ("lm-keys", "lm-tree"):
            self.keys.add_class(name)

    def _arranged(self, w):
        def group(title, *parts):
            return w.VBox([w.HTML(f'<p class="lm-head">{escape(title)}</p>'), *parts])

        form = group("The form", self.model, self.system, self.prompt, self.stream, self.temperature)
        body = w.VBox([self.json, self.json_note])
        above = w.HBox([form, body, group("The same in Python", self.python), group("The same in a terminal, with curl", self.curl)])
        self.reply_part = w.HBox([group("The reply as a tree: pick a key", self.keys), group("Its path in Python", self.path)])
        for box, name in ((above, "lm-columns"), (above, "lm-panes"), (self.reply_part, "lm-columns")):
            box.add_class(name)
        sending, breaking = w.HBox([self.send, self.stop]), w.HBox([w.HTML("<span>Break it:</span>"), *self.buttons.values()])
        for row in (sending, breaking):
            row.add_class("lm-row")
        return w.VBox([above, sending, breaking, self.card, self.reply_part])

    def _connect(self):
        for control in (self.model, self.system, self.prompt, self.stream, self.temperature):
            control.observe(lambda _: self._form_changed(), "value")
        self.json.observe(lambda _: self._json_changed(), "value")
        self.send.on_click(lambda _: self._start(None))
        self.stop.on_click(lambda _: self._forget())
        for one in breaks():
            self.buttons[one.key].on_click(lambda _, one=one: self._start(one))

    # --- The four forms follow each other ---------------------------------------------

    def _form_changed(self):
        if not self._filling:
            self._fill(Form(self.model.value, self.prompt.value, self.system.value, self.stream.value, self.temperature.value))

    def _json_changed(self):
        if self._filling:
            return
        try:
            self._fill(from_json(self.json.value))
        except NotAForm as problem:
            self.json_note.value = f'<div class="lm-card lm-bad" role="status">{escape(str(problem))} The other forms show the last good one; Send sends this text as it is.</div>'

    def _fill(self, form: Form):
        """Show one form everywhere, without the controls reporting it back."""
        self.form, self._filling = form, True
        self.model.value, self.system.value, self.prompt.value = form.model, form.system, form.prompt
        self.stream.value, self.temperature.value = form.stream, form.temperature
        self.json.value, self.json_note.value = as_json(form), ""
        self.python.value = code(as_python(self.url, form), "The request in Python")
        self.curl.value = code(as_curl(self.url, form), "The request with curl")
        self._filling = False

    # --- Sending ----------------------------------------------------------------------

    def _start(self, broken):
        """Send in a thread of its own: the notebook stays usable while a model thinks."""
        self._asked += 1
        self.stop.disabled = False
        self.card.value = status("Sent. Waiting for the reply ...")
        self._thread = threading.Thread(target=self._exchange, args=(self._asked, broken, self.form, self.json.value), daemon=True)
        self._thread.start()

    def _exchange(self, number, broken, form, typed):
        sent, got = self._sent_and_got(broken, form, typed)
        if number == self._asked:  # neither stopped nor overtaken by a later request
            self._show_exchange(sent, got, broken)

    def _sent_and_got(self, broken, form, typed):
        """A break changes the last good form; Send takes the body as somebody typed it, mistakes included."""
        try:
            sent = broken.make(self.url, form) if broken else as_typed(self.url, typed)
            if broken and broken.key == "model":
                sent = with_model(sent, not_installed(self._installed()))
        except ValueError as error:  # an address that is none
            return Sent("POST", self.url), Got(trouble=f"The address cannot be used: {error}.")
        return sent, anatomy_send.send(sent)

    def _installed(self):
        got = anatomy_send.send(Sent("GET", f"{self.url}/api/tags"), timeout_s=ASK_TAGS_S)
        models = got.data.get("models") if isinstance(got.data, dict) else None
        return [one.get("name", "") for one in models or []]

    def _forget(self):
        self._asked += 1
        self.stop.disabled = True
        self.card.value = status("Stopped waiting. The server may still be working on the reply.")

    def wait(self):
        """Wait until the request under way is answered. For tests."""
        self._thread.join()

    # --- What came back ---------------------------------------------------------------

    def _show_exchange(self, sent: Sent, got: Got, broken):
        self.stop.disabled = True
        self.card.value = exchange_card(sent, got, broken)
        self._show_reply(got.data)

    def _show_reply(self, data):
        """The tree of a reply; of a stream, its first and its last line."""
        parts = [("data", data)] if not isinstance(data, list) else [("lines[0]", data[0]), ("lines[-1]", data[-1])]
        self.nodes = [node for name, part in parts if isinstance(part, dict) for node in tree(part, name)]
        self.reply_part.layout.display = None if self.nodes else "none"
        self.keys.children = [self._key(at, node) for at, node in enumerate(self.nodes)]
        if self.nodes:
            self._pick(next((at for at, node in enumerate(self.nodes) if node.path.endswith(TEXT)), 0))

    def _key(self, at, node):
        import ipywidgets as w

        button = w.Button(description=node.line, tooltip=f"Shows the path {node.path}", layout=w.Layout(margin=f"0 0 0 {1.6 * node.depth}rem"))
        button.on_click(lambda _: self._pick(at))
        return button

    def _pick(self, at):
        """Show the path of a key and what it holds."""
        node = self.nodes[at]
        for place, button in enumerate(self.keys.children):
            button.button_style = "primary" if place == at else ""
        value = node.value if isinstance(node.value, str) else repr(node.value)
        self.path.value = code(node.path, "Path in Python") + f'<p>holds</p><pre class="lm-code lm-wrap" tabindex="0" role="status">{escape(value)}</pre>'


def exchange_card(sent: Sent, got: Got, broken=None) -> str:
    """What was sent, status, body, cause and fix, as HTML that is announced."""
    found = diagnose(sent, got)
    rows = [("Changed", escape(f"{broken.label}: {broken.change}"))] if broken else []
    rows.append(("Sent", escape(f"{sent.method} {sent.url}")))
    rows.append(("Status", escape(found.headline)))
    body = escape(shortened(got.text.strip())) or "none"
    rows.append(("Body", f'<pre class="lm-code lm-wrap" tabindex="0" aria-label="Body of the reply">{body}</pre>'))
    rows += [("Cause", rich(found.cause)), ("Next" if found.good else "Fix", rich(found.fix))]
    lines = "".join(f"<dt>{name}</dt><dd>{text}</dd>" for name, text in rows)
    return f'<div class="lm-card {"lm-good" if found.good else "lm-bad"}" role="status" aria-live="polite"><dl>{lines}</dl></div>'


def shortened(text: str, longest: int = 600) -> str:
    """A body that may be long, cut in the middle with a word on how much is left out."""
    if len(text) <= longest:
        return text
    return f"{text[: longest - 100]} ... ({len(text) - longest:,} characters left out) ... {text[-100:]}"
