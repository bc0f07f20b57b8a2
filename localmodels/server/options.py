"""The `options` of a request: their types, their defaults, and Ollama's sentence for a wrong type."""

from dataclasses import dataclass, field, fields, replace

from .errors import ApiError

_FLOATS = ("temperature", "top_p", "min_p", "typical_p", "repeat_penalty", "presence_penalty",
           "frequency_penalty")
_BOOLS = ("use_mmap",)
_LISTS = ("stop",)


@dataclass(frozen=True)
class Options:
    """What an engine is told, after defaults. The second block is not in `options` but beside it."""

    temperature: float = 0.8
    top_k: int = 40
    top_p: float = 0.9
    min_p: float = 0.0
    typical_p: float = 1.0
    seed: int = -1                # negative: a new one each time
    repeat_last_n: int = 64
    repeat_penalty: float = 1.0
    presence_penalty: float = 0.0
    frequency_penalty: float = 0.0
    stop: tuple = ()
    num_ctx: int = 0              # 0: the model's own length
    num_predict: int = -1         # negative: until the model stops
    num_keep: int = 4
    num_batch: int = 512
    num_gpu: int = -1
    main_gpu: int = 0
    num_thread: int = 0
    draft_num_predict: int = 4
    use_mmap: bool = True

    truncate: bool = field(default=True, metadata={"beside": True})
    shift: bool = field(default=True, metadata={"beside": True})
    format: object = field(default=None, metadata={"beside": True})
    think: object = field(default=None, metadata={"beside": True})
    tools: tuple = field(default=(), metadata={"beside": True})
    raw: bool = field(default=False, metadata={"beside": True})
    suffix: str = field(default="", metadata={"beside": True})
    context: tuple = field(default=(), metadata={"beside": True})


_NAMES = {one.name for one in fields(Options) if not one.metadata.get("beside")}


def read(given, **beside):
    """Options from a request's `options` dict; unknown names pass in silence. Raises ApiError 500."""
    known = {name: _typed(name, value) for name, value in given.items()
             if name in _NAMES and value is not None}
    return replace(Options(), **known, **beside)


def _typed(name, value):
    if name in _FLOATS:
        return value if _is_number(value) else _refuse(name, "type float32")
    if name in _BOOLS:
        return value if type(value) is bool else _refuse(name, "type boolean")
    if name in _LISTS:
        return _strings(name, value)
    # Floats are cut, not rounded: 4096.7 becomes 4096.
    return int(value) if _is_number(value) else _refuse(name, "type integer")


def _strings(name, value):
    if type(value) is not list:
        _refuse(name, "type array")
    if not all(type(item) is str for item in value):
        _refuse(name, "an array of strings")
    return tuple(value)


def _is_number(value):
    return type(value) in (int, float)


def _refuse(name, wanted):
    raise ApiError(500, f'option "{name}" must be of {wanted}')
