"""Where the words come from. An engine answers; the server around it knows the protocol.

An engine has these. All but `describe` and `loaded` may take long and run in a worker thread:

    describe() -> About                        what it is; called once, at start
    loaded                                     True once load() has done its work
    load()                                     get ready; raises EngineError (no memory, broken file)
    unload()                                   give the memory back
    chat(messages, options) -> Iterator[Piece]     messages: [{"role", "content", ...}]
    complete(prompt, options) -> Iterator[Piece]   prompt: text, already in the model's own format
    embed(texts, options) -> Embedded
    close()                                    the server ends

The last Piece of a reply carries `end`. An engine raises EngineError for a fault; what it raises
before its first Piece becomes the status of the reply. The server closes the iterator when the
client goes away, so clean up in `finally`.
"""

from dataclasses import dataclass, field

WHOLE_FILE_LIMIT = 64_000_000  # bytes; hashing more of a model file than this would make people wait


@dataclass(frozen=True)
class End:
    """How a reply ended. Durations in nanoseconds, counts in tokens."""

    reason: str = "stop"          # "stop" or "length"
    prompt_eval_count: int = 0
    prompt_eval_duration: int = 0
    eval_count: int = 0
    eval_duration: int = 0
    context: tuple = ()           # token ids of the whole conversation, for /api/generate


@dataclass(frozen=True)
class Piece:
    """A bit of a reply: text, reasoning or tool calls; `wait` seconds pass before it is sent."""

    text: str = ""
    thinking: str = ""
    tool_calls: tuple = ()        # [{"name", "arguments"}]
    wait: float = 0.0
    tokens: int = 1
    end: End | None = None


@dataclass(frozen=True)
class Embedded:
    """Vectors (lists of floats, length 1 each) and how many tokens were read for them."""

    vectors: list
    prompt_eval_count: int = 0


@dataclass(frozen=True)
class About:
    """What an engine says of the model behind it. Sizes in bytes."""

    name: str                     # of the engine: tiny, llamacpp, scripted
    model: str                    # the model's own name
    family: str = "llama"
    parameter_count: int = 0
    quantization: str = "F16"
    size: int = 0                 # of the file
    memory: int = 0               # when loaded
    digest: str = "0" * 64
    context_length: int = 4096
    embedding_length: int = 0
    capabilities: tuple = ("completion",)
    template: str = ""
    license: str = ""
    model_info: dict = field(default_factory=dict)   # GGUF metadata, long lists included
    tensors: tuple = ()           # of {"name", "type", "shape"}
    file: object = None           # Path, or None where there is no file
