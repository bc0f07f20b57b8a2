"""One chat request in four forms: a form, its JSON body, the Python call and the curl command.

Pure functions on plain data. The Python and the curl text really send what the JSON shows.
"""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass

PATH = "/api/chat"
TIMEOUT_S = 120  # the first call loads the model, which may take a minute


@dataclass(frozen=True)
class Form:
    """What somebody fills in. An empty `system` sends no system message."""

    model: str
    prompt: str = "What is a token?"
    system: str = ""
    stream: bool = False
    temperature: float = 0.0


class NotAForm(ValueError):
    """JSON that the form cannot show; the message says why."""


def messages(form: Form) -> list[dict]:
    """The system message, where there is one, and the prompt as a user message."""
    system = [{"role": "system", "content": form.system}] if form.system else []
    return [*system, {"role": "user", "content": form.prompt}]


def body(form: Form) -> dict:
    """The data that is sent, ready for `json=`."""
    return {
        "model": form.model,
        "messages": messages(form),
        "stream": form.stream,
        "options": {"temperature": _plain(form.temperature)},
    }


def _plain(number: float) -> float | int:
    return int(number) if number == int(number) else number


def as_json(form: Form) -> str:
    """The body as JSON text, one message to a line."""
    return _laid_out(body(form), json_value)


def as_python(url: str, form: Form) -> str:
    """The call with `requests`, complete: it runs as it stands."""
    sent = _laid_out(body(form), _python_value).replace("\n", "\n    ")
    stream = "    stream=True,\n" if form.stream else ""
    return (
        f"{'import json' + chr(10) if form.stream else ''}import requests\n\n"
        f"response = requests.post(\n    {json_value(url + PATH)},\n    json={sent},\n{stream}    timeout={TIMEOUT_S},\n)\n"
        f"response.raise_for_status()\n{_READ_LINES if form.stream else _READ}"
    )


_READ = 'data = response.json()\nprint(data["message"]["content"])'
_READ_LINES = (
    "lines = []\nfor line in response.iter_lines():\n    lines.append(json.loads(line))\n"
    '    print(lines[-1]["message"]["content"], end="")'
)


def as_curl(url: str, form: Form) -> str:
    """The same request from a terminal of Linux or macOS (or Git Bash on Windows)."""
    return f"curl {shlex.quote(url + PATH)} -d {_quoted(as_json(form))}"


def from_json(text: str) -> Form:
    """The form that JSON text describes. NotAForm says what the form cannot show, or where the JSON breaks."""
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise NotAForm(f"Not JSON, line {error.lineno}, column {error.colno}: {error.msg}.{_python_words(text)}") from None
    if not isinstance(data, dict):
        raise NotAForm("The body must be an object in braces: { ... }.")
    extra = data.keys() - {"model", "messages", "stream", "options"}
    if extra:
        raise NotAForm(f"The form has no field for {_listed(extra)}.")
    system, prompt = _two_messages(data.get("messages"))
    return Form(
        _text(data, "model"), prompt, system, _stream(data), _temperature(data.get("options", {}))
    )


# --- Layout -------------------------------------------------------------------------


def json_value(value) -> str:
    """A value as JSON, letters of every language kept as they are."""
    return json.dumps(value, ensure_ascii=False)


def _python_value(value) -> str:
    """A value as Python. A JSON text is a Python text too; true and false are not."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json_value(key)}: {_python_value(entry)}" for key, entry in value.items()) + "}"
    return json_value(value) if isinstance(value, str) else repr(value)


def _laid_out(data: dict, write) -> str:
    lines = []
    for key, value in data.items():
        if key == "messages":
            entries = ",\n".join(f"    {write(entry)}" for entry in value)
            lines.append(f"  {write(key)}: [\n{entries}\n  ]")
        else:
            lines.append(f"  {write(key)}: {write(value)}")
    return "{\n" + ",\n".join(lines) + "\n}"


def _quoted(text: str) -> str:
    quoted = shlex.quote(text)
    return quoted if quoted.startswith("'") else f"'{quoted}'"


def _python_words(text: str) -> str:
    for word, instead in (("True", "true"), ("False", "false"), ("None", "null")):
        if f" {word}" in text or f":{word}" in text:
            return f" {word} is Python; JSON writes {instead}."
    return " JSON wants double quotes, and no comma after the last entry." if "'" in text or ",\n}" in text else ""


# --- Reading JSON back ----------------------------------------------------------------


def _text(data: dict, key: str) -> str:
    if not isinstance(data.get(key), str):
        raise NotAForm(f'"{key}" must be there, with a text in double quotes.')
    return data[key]


def _stream(data: dict) -> bool:
    value = data.get("stream", True)  # a server that is told nothing streams
    if not isinstance(value, bool):
        raise NotAForm('"stream" must be true or false, without quotes.')
    return value


def _temperature(options) -> float:
    if not isinstance(options, dict) or options.keys() - {"temperature"}:
        raise NotAForm('The form knows one option: "options": {"temperature": 0}.')
    value = options.get("temperature", 0.8)  # Ollama's own default
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise NotAForm('"temperature" must be a number.')
    return float(value)


def _two_messages(listed) -> tuple[str, str]:
    """System text (may be empty) and prompt."""
    if not isinstance(listed, list) or not all(isinstance(entry, dict) for entry in listed):
        raise NotAForm('"messages" must be a list of {"role": ..., "content": ...} entries.')
    roles = [entry.get("role") for entry in listed]
    if roles not in (["user"], ["system", "user"]):
        raise NotAForm("The form shows one user message, and one system message before it. A longer conversation is sent from code.")
    texts = [_text(entry, "content") for entry in listed]
    return ("", texts[0]) if len(texts) == 1 else (texts[0], texts[1])


def _listed(names) -> str:
    return ", ".join(f'"{name}"' for name in sorted(names))
