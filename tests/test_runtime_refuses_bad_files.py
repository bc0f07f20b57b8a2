"""A wrong, cut or foreign file gives a sentence, never a traceback from inside numpy."""

import struct
import subprocess
import sys

import gguf
import numpy as np
import pytest

from localmodels.tiny import MODEL_FILE, load
from localmodels.tiny.gguf_file import BadModelFile
from localmodels.tiny.quantize import quantize


def test_a_missing_file(tmp_path):
    with pytest.raises(BadModelFile, match="There is no model file at"):
        load(tmp_path / "nowhere.gguf")


def test_a_file_of_another_kind(tmp_path):
    path = tmp_path / "photo.gguf"
    path.write_bytes(b"\x89PNG and so on")
    with pytest.raises(BadModelFile, match="is not a GGUF model"):
        load(path)


@pytest.mark.parametrize("size", [4, 5, 23, 24, 25, 100, 1_000, 20_000, 50_000, 60_000, 3_000_000, -1])
def test_a_file_cut_off_anywhere(tmp_path, size):
    path = tmp_path / "half.gguf"
    path.write_bytes(MODEL_FILE.read_bytes()[:size])
    with pytest.raises(BadModelFile, match="ends too early or is damaged"):
        load(path)


def test_a_header_that_lies_about_its_length(tmp_path):
    path = tmp_path / "liar.gguf"
    path.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 2**60, 2**60) + b"\xff" * 200)
    with pytest.raises(BadModelFile, match="damaged"):
        load(path)


def test_a_version_nobody_knows(tmp_path):
    path = tmp_path / "future.gguf"
    path.write_bytes(b"GGUF" + struct.pack("<IQQ", 99, 0, 0))
    with pytest.raises(BadModelFile, match="damaged"):
        load(path)


def write(path, architecture="llama", leave_out=(), change=None):
    """A copy of the course's model with something wrong in it."""
    reader = gguf.GGUFReader(MODEL_FILE)
    writer = gguf.GGUFWriter(path, architecture)
    for name, field in reader.fields.items():
        if not name.startswith("GGUF.") and name != "general.architecture" and name not in leave_out:
            value = (change or {}).get(name, field.contents())
            inner = field.types[-1] if len(field.types) > 1 else None
            writer.add_key_value(name, value, field.types[0], sub_type=inner)
    for tensor in reader.tensors:
        if tensor.name not in leave_out:
            writer.add_tensor(tensor.name, np.array((change or {}).get(tensor.name, tensor.data)))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.mark.parametrize("wrong, sentence", [
    ({"architecture": "mamba"}, "runs only the 'llama' architecture"),
    ({"leave_out": ["llama.block_count"]}, "does not say its 'llama.block_count'"),
    ({"leave_out": ["blk.1.ffn_up.weight"]}, "has no tensor called 'blk.1.ffn_up.weight'"),
    ({"change": {"tokenizer.ggml.pre": "qwen2"}}, "knows only 'gpt2' with 'llama-bpe'"),
    ({"change": {"llama.feed_forward_length": 768}}, "does not fit together"),
    ({"change": {"blk.0.attn_q.weight": np.zeros((64, 64), np.float16)}}, "does not fit together"),
])
def test_a_model_this_runtime_cannot_run(tmp_path, wrong, sentence):
    with pytest.raises(BadModelFile, match=sentence):
        load(write(tmp_path / "other.gguf", **wrong))


def test_an_unchanged_copy_runs(tmp_path):
    same = load(write(tmp_path / "copy.gguf")).forward([5, 6, 7])
    assert np.array_equal(same, load().forward([5, 6, 7]))


def test_the_model_file_stays_as_it_was_when_it_is_read(tmp_path):
    before = MODEL_FILE.read_bytes()
    quantize(MODEL_FILE, tmp_path / "small.gguf", "Q4_0")
    assert MODEL_FILE.read_bytes() == before


@pytest.mark.parametrize("module, arguments", [
    ("quantize", ["missing.gguf", "out.gguf", "Q4_0"]),
    ("export", ["missing.gguf", "out"]),
])
def test_the_commands_say_it_in_one_line(tmp_path, module, arguments):
    ran = subprocess.run([sys.executable, "-m", f"localmodels.tiny.{module}", *arguments],
                         cwd=tmp_path, capture_output=True, text=True)
    assert ran.returncode == 1
    assert ran.stderr.startswith("error: There is no model file at")
    assert len(ran.stderr.splitlines()) == 1
