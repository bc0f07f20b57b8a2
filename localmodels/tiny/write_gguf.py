"""Write trained weights and tokenizer as one f16 GGUF file. Same weights, same bytes.

    python -m localmodels.tiny.write_gguf CHECKPOINT.pt tiny-course-f16.gguf
"""

import argparse
from pathlib import Path

import gguf
import numpy as np
import torch
from tokenizers import Tokenizer

from .bpe import SPECIAL, entries_and_merges
from .torch_model import Shape

TEMPLATE = (
    "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content']"
    " + '<|im_end|>' + '\n'}}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}")

DESCRIPTION = (
    "A toy language model with about 2.5 million parameters, trained from nothing on generated English chats "
    "about one course on open and local models. It knows only that course and makes mistakes.")

LAYER_NAMES = {  # our torch names -> the names GGUF uses inside blk.N
    "attention_norm.weight": "attn_norm.weight",
    "attention.q.weight": "attn_q.weight",
    "attention.k.weight": "attn_k.weight",
    "attention.v.weight": "attn_v.weight",
    "attention.out.weight": "attn_output.weight",
    "ffn_norm.weight": "ffn_norm.weight",
    "ffn.gate.weight": "ffn_gate.weight",
    "ffn.up.weight": "ffn_up.weight",
    "ffn.down.weight": "ffn_down.weight",
}


def gguf_name(name: str) -> str:
    """``blocks.2.ffn.up.weight`` -> ``blk.2.ffn_up.weight``."""
    if name == "embedding.weight":
        return "token_embd.weight"
    if name == "norm.weight":
        return "output_norm.weight"
    _, number, rest = name.split(".", 2)
    return f"blk.{number}.{LAYER_NAMES[rest]}"


def add_general(writer: gguf.GGUFWriter) -> None:
    """What the model is called, what it is, and under which licence."""
    writer.add_name("tiny-course")
    writer.add_description(DESCRIPTION)
    writer.add_license("cc-by-4.0")
    writer.add_size_label("2.5M")
    writer.add_languages(["en"])
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)


def add_shape(writer: gguf.GGUFWriter, shape: Shape) -> None:
    """The sizes a runtime needs before it can read the tensors."""
    writer.add_vocab_size(shape.vocabulary)
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.hidden)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_rope_dimension_count(shape.head_size)
    writer.add_rope_freq_base(shape.rope_base)
    writer.add_layer_norm_rms_eps(shape.norm_epsilon)


def add_tokenizer(writer: gguf.GGUFWriter, tokenizer: Tokenizer) -> None:
    """Vocabulary, merges, special tokens and the chat template (ChatML)."""
    entries, merges = entries_and_merges(tokenizer)
    kinds = [gguf.TokenType.CONTROL if entry in SPECIAL else gguf.TokenType.NORMAL for entry in entries]
    padding, _, end = (entries.index(token) for token in SPECIAL)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("llama-bpe")
    writer.add_token_list(entries)
    writer.add_token_types(kinds)
    writer.add_token_merges(merges)
    writer.add_bos_token_id(padding)
    writer.add_eos_token_id(end)
    writer.add_pad_token_id(padding)
    writer.add_add_bos_token(False)
    writer.add_chat_template(TEMPLATE)


def write(weights: dict, shape: Shape, tokenizer: Tokenizer, path: Path) -> None:
    """Matrices become f16, the norms stay f32, tensors follow in the order of the network."""
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = gguf.GGUFWriter(str(path), "llama")
    add_general(writer)
    add_shape(writer, shape)
    add_tokenizer(writer, tokenizer)
    for name, tensor in weights.items():
        array = tensor.detach().float().numpy()
        writer.add_tensor(gguf_name(name), array.astype(np.float32 if array.ndim == 1 else np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("gguf", type=Path)
    arguments = parser.parse_args()
    state = torch.load(arguments.checkpoint, map_location="cpu", weights_only=True)
    write(state["weights"], Shape(**state["shape"]), Tokenizer.from_str(state["tokenizer"]), arguments.gguf)
    print(f"{arguments.gguf}: {arguments.gguf.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
