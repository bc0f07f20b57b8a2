"""Model names: host/namespace/model:tag, with defaults for all but the model (Ollama's types/model)."""

import re
from dataclasses import dataclass

HOST, NAMESPACE, TAG = "registry.ollama.ai", "library", "latest"
_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}")
_NAMESPACE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,79}")
_HOST = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:-]{0,349}")


class BadName(ValueError):
    """Not a model name."""


@dataclass(frozen=True)
class Name:
    """A complete name. Two names are the same model when their keys are equal."""

    host: str
    namespace: str
    model: str
    tag: str

    @property
    def full(self):
        """registry.ollama.ai/library/gemma2:2b"""
        return f"{self.host}/{self.namespace}/{self.model}:{self.tag}"

    @property
    def short(self):
        """The shortest form, always with its tag: gemma2:2b, hf.co/user/repo:Q4_K_M."""
        if self.host.lower() != HOST:
            return self.full
        if self.namespace.lower() != NAMESPACE:
            return f"{self.namespace}/{self.model}:{self.tag}"
        return f"{self.model}:{self.tag}"

    @property
    def key(self):
        """For comparing: capitals make no difference."""
        return self.full.lower()


def parse(text):
    """Read a name as a user writes it, filling in the defaults. Raises BadName.

    >>> parse("llama3.2").short
    'llama3.2:latest'
    """
    rest, tag = text, TAG
    if rest.rfind(":") > rest.rfind("/"):
        rest, _, tag = rest.rpartition(":")
    rest = rest.partition("://")[2] if "://" in rest else rest
    *prefix, model = rest.rsplit("/", 2)
    namespace = prefix.pop() if prefix else NAMESPACE
    host = prefix.pop() if prefix else HOST
    name = Name(host, namespace, model, tag)
    if not (_HOST.fullmatch(host) and _NAMESPACE.fullmatch(namespace)
            and _PART.fullmatch(model) and _PART.fullmatch(tag)):
        raise BadName(text)
    return name


def source(text):
    """Split off where a model runs: ("cloud" | "local" | None, the name without :cloud or :local)."""
    base, _, last = text.rpartition(":")
    if last.lower() in ("cloud", "local") and base:
        return last.lower(), base
    return ("cloud" if last.lower().endswith("-cloud") and base else None), text
