"""What a GGUF file says about itself, as an About."""

import hashlib
from pathlib import Path

import gguf

from ...tiny import gguf_file
from ...tiny.gguf_file import BadModelFile
from ..errors import EngineError
from ..names import BadName, parse
from . import WHOLE_FILE_LIMIT, About

CHATML = (
    "{{- range .Messages }}<|im_start|>{{ .Role }}\n{{ .Content }}<|im_end|>\n"
    "{{ end }}<|im_start|>assistant\n")


def about_file(path, engine, capabilities):
    """Read the metadata of a GGUF file, not its weights. Raises EngineError with a sentence."""
    try:
        file = gguf_file.read(path)
    except BadModelFile as problem:
        raise EngineError(500, str(problem)) from None
    path, data = Path(path), file.metadata
    kind = data.get("general.architecture", "unknown")
    parameters = sum(int(tensor.n_elements) for tensor in file.tensors.values())
    size = path.stat().st_size
    return About(
        name=engine, model=own_name(path, data), family=kind, parameter_count=parameters,
        quantization=quantization(data), size=size, memory=memory(kind, data, size), digest=digest(path, size),
        context_length=data.get(f"{kind}.context_length", 0),
        embedding_length=data.get(f"{kind}.embedding_length", 0),
        capabilities=capabilities, template=template(data), license=str(data.get("general.license", "")),
        model_info=model_info(data, parameters), tensors=tensors(file), file=path)


def own_name(path, data):
    """A name to ask for: what the file calls itself, else its file name, in letters that names allow."""
    text = str(data.get("general.name") or path.stem).strip().lower()
    text = "".join(letter if letter.isalnum() and letter.isascii() or letter in "._-" else "-" for letter in text)
    try:
        return parse(text.strip("-._") or "model").short
    except BadName:
        return "model:latest"


def quantization(data):
    """The name of the file type, for example F16 or Q4_K_M."""
    try:
        name = gguf.LlamaFileType(data.get("general.file_type", -1)).name
    except ValueError:
        return "unknown"
    return name.removeprefix("MOSTLY_").removeprefix("ALL_")


def memory(kind, data, size):
    """The file and a 16-bit cache of keys and values for the whole context, in bytes."""
    heads = data.get(f"{kind}.attention.head_count", 1)
    kv_heads = data.get(f"{kind}.attention.head_count_kv", heads)
    if not isinstance(heads, int) or not isinstance(kv_heads, int) or not heads:
        return size
    head = data.get(f"{kind}.attention.key_length", data.get(f"{kind}.embedding_length", 0) // heads)
    layers, context = data.get(f"{kind}.block_count", 0), data.get(f"{kind}.context_length", 0)
    return size + 2 * layers * kv_heads * head * context * 2


def digest(path, size):
    """SHA-256 of the file; of a very large one, of its first part and its size."""
    sha = hashlib.sha256()
    with open(path, "rb") as file:
        sha.update(file.read(WHOLE_FILE_LIMIT))
    if size > WHOLE_FILE_LIMIT:
        sha.update(str(size).encode())
    return sha.hexdigest()


def template(data):
    """The chat template in Go's notation where it is ChatML, else as the file has it."""
    text = data.get("tokenizer.chat_template", "")
    return CHATML if "<|im_start|>" in text else text


def model_info(data, parameters):
    """The metadata /api/show lists, in alphabetical order as Go writes a map."""
    hidden = ("GGUF.", "general.name", "tokenizer.chat_template")
    info = {name: value for name, value in data.items() if not name.startswith(hidden)}
    return dict(sorted({**info, "general.parameter_count": parameters}.items()))


def tensors(file):
    """Name, type and shape of every tensor."""
    return tuple({"name": one.name, "type": one.tensor_type.name, "shape": [int(n) for n in one.shape]}
                 for one in file.tensors.values())
