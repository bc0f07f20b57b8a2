"""The same weights in the file format of Hugging Face transformers.

    python -m localmodels.tiny.export tiny-course-f16.gguf tiny-course/

GGUF keeps weights, settings and tokenizer in one file. transformers wants them apart:
``model.safetensors``, ``config.json``, ``tokenizer.json`` and a few small ones. Nothing is lost;
only the rows of queries and keys change places (see ``halves``).
"""

import argparse
import json
from pathlib import Path

import numpy as np

from . import MODEL_FILE
from .gguf_file import GGUFFile, read
from .tokenizer import CONTROL
from .weights import Shape, read_shape

TENSORS = {  # the name in GGUF -> the name in transformers; {} is the number of the layer
    "attn_norm": "input_layernorm", "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj", "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj",
}
WORDS = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
         r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")   # as in tokenizer.py, for a full regex engine


def to_safetensors(src, folder) -> Path:
    """Write the model in ``src`` (GGUF) into ``folder``, which transformers can load.

    16-bit weights stay 16-bit; quantised ones are unpacked to 32. Returns the folder. Raises
    ``BadModelFile`` when ``src`` is not a model of the 'llama' architecture.
    """
    file, folder = read(src), Path(folder)
    shape = read_shape(file)
    folder.mkdir(parents=True, exist_ok=True)
    write_safetensors(folder / "model.safetensors", renamed(file, shape))
    contents = {"config.json": config(file, shape), "generation_config.json": generation_config(file),
                "tokenizer.json": tokenizer(file), "tokenizer_config.json": tokenizer_config(file, shape)}
    for name, content in contents.items():
        text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def renamed(file: GGUFFile, shape: Shape) -> dict[str, np.ndarray]:
    """Every tensor under its name in transformers."""
    found = {"model.embed_tokens.weight": stored(file, "token_embd.weight"),
             "model.norm.weight": stored(file, "output_norm.weight")}
    if "output.weight" in file.tensors:
        found["lm_head.weight"] = stored(file, "output.weight")
    for number in range(shape.layers):
        for ours, theirs in TENSORS.items():
            array = stored(file, f"blk.{number}.{ours}.weight")
            if ours in ("attn_q", "attn_k"):
                array = halves(array, shape.head_size)
            found[f"model.layers.{number}.{theirs}.weight"] = array
    return found


def stored(file: GGUFFile, name: str) -> np.ndarray:
    """The tensor as it lies in the file if that is a plain float, else unpacked to float32."""
    array = file.array(name)
    exact = file.tensors[name].tensor_type.name == "F16"
    return array.astype(np.float16) if exact else array


def halves(array: np.ndarray, head_size: int) -> np.ndarray:
    """Put the rows of each head in transformers' order.

    RoPE turns pairs of numbers. In GGUF a pair is two neighbours, in transformers number i and
    number i + D/2. With one head of size 4 and one input:

    >>> halves(np.array([[0], [1], [2], [3]]), head_size=4).ravel().tolist()
    [0, 2, 1, 3]
    """
    pairs = array.reshape(-1, head_size // 2, 2, array.shape[1])         # (heads, D/2, 2, inputs)
    return pairs.swapaxes(1, 2).reshape(array.shape)                     # (heads * D, inputs)


def write_safetensors(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """The format in full: the length of a JSON header, the header, then all arrays end to end."""
    kinds = {np.dtype(np.float16): "F16", np.dtype(np.float32): "F32"}
    header, place = {"__metadata__": {"format": "pt"}}, 0
    for name, array in arrays.items():
        header[name] = {"dtype": kinds[array.dtype], "shape": list(array.shape),
                        "data_offsets": [place, place + array.nbytes]}
        place += array.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)                                      # arrays start at a multiple of 8
    with path.open("wb") as out:
        out.write(len(text).to_bytes(8, "little") + text)
        for array in arrays.values():
            out.write(np.ascontiguousarray(array).tobytes())


def config(file: GGUFFile, shape: Shape) -> dict:
    """config.json: the sizes of the network."""
    return {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "dtype": "float32",
        "hidden_size": shape.hidden, "num_hidden_layers": shape.layers, "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.kv_heads, "head_dim": shape.head_size,
        "intermediate_size": shape.feed_forward, "vocab_size": shape.vocabulary,
        "max_position_embeddings": shape.context, "rms_norm_eps": shape.epsilon, "hidden_act": "silu",
        "rope_parameters": {"rope_type": "default", "rope_theta": shape.rope_base},
        "rope_theta": shape.rope_base, "tie_word_embeddings": "output.weight" not in file.tensors,
        "attention_bias": False, "mlp_bias": False, **special_ids(file)}


def special_ids(file: GGUFFile) -> dict:
    """The ids of the marks, as far as the file names them."""
    pairs = (("bos_token_id", "bos_token_id"), ("eos_token_id", "eos_token_id"), ("pad_token_id", "padding_token_id"))
    return {theirs: file.metadata.get(f"tokenizer.ggml.{ours}") for theirs, ours in pairs}


def generation_config(file: GGUFFile) -> dict:
    """generation_config.json: choose the likeliest token unless told otherwise."""
    return {"do_sample": False, **special_ids(file)}


def tokenizer(file: GGUFFile) -> dict:
    """tokenizer.json: vocabulary, merges, and how text is cut into words."""
    entries = file.setting("tokenizer.ggml.tokens")
    kinds = file.setting("tokenizer.ggml.token_type", [1] * len(entries))
    bytes_only = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}
    split = {"type": "Split", "pattern": {"Regex": WORDS}, "behavior": "Isolated", "invert": False}
    return {
        "version": "1.0", "truncation": None, "padding": None, "normalizer": None, "post_processor": None,
        "added_tokens": [
            {"id": number, "content": entry, "single_word": False, "lstrip": False, "rstrip": False,
             "normalized": False, "special": True}
            for number, (entry, kind) in enumerate(zip(entries, kinds)) if kind == CONTROL],
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [split, bytes_only]},
        "decoder": bytes_only,
        "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
                  "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False, "ignore_merges": False,
                  "vocab": {entry: number for number, entry in enumerate(entries)},
                  "merges": [merge.split(" ") for merge in file.setting("tokenizer.ggml.merges")]}}


def tokenizer_config(file: GGUFFile, shape: Shape) -> dict:
    """tokenizer_config.json: which mark is which, and how a chat becomes text."""
    entries, ids = file.setting("tokenizer.ggml.tokens"), special_ids(file)
    marks = {name.removesuffix("_id"): entries[number] for name, number in ids.items() if number is not None}
    return {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": shape.context,
            "clean_up_tokenization_spaces": False, **marks,
            "chat_template": file.metadata.get("tokenizer.chat_template")}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m localmodels.tiny.export", description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path, nargs="?", default=MODEL_FILE, help="the GGUF file to read")
    parser.add_argument("folder", type=Path, help="the folder to write")
    arguments = parser.parse_args()
    try:
        print(f"written: {to_safetensors(arguments.source, arguments.folder)}")
    except ValueError as problem:
        raise SystemExit(f"error: {problem}") from problem


if __name__ == "__main__":
    main()
