"""The quantizers write exactly the blocks llama.cpp reads, and lose no more than their bits demand."""

import subprocess
import sys

import gguf
import numpy as np
import pytest

from localmodels.tiny import MODEL_FILE, load
from localmodels.tiny.gguf_file import BadModelFile, read
from localmodels.tiny.quantize import FORMATS, pack, quantize, unpack

BITS = {"Q8_0": 8.5, "Q5_0": 5.5, "Q4_0": 4.5, "Q4_K": 4.5, "Q2_K": 2.625}
LIKE_THE_PACKAGE = ["Q8_0", "Q5_0", "Q4_0"]      # the gguf package writes no K formats


def weights(rows=64, inputs=512, seed=1):
    return np.random.default_rng(seed).standard_normal((rows, inputs)).astype(np.float32)


def awkward():
    """Blocks that go wrong easily: all zero, one weight, all equal, tiny, huge, halves, one sign."""
    rows = np.zeros((9, 256), np.float32)
    rows[1, 7], rows[2, 7] = 3.0, -3.0
    rows[3], rows[4] = 1.0, -1e-7
    rows[5] = np.linspace(-6e4, 6e4, 256)
    rows[6] = np.arange(256) % 16 - 7.5
    rows[7], rows[8] = np.abs(weights(1, 256)), -np.abs(weights(1, 256))
    return rows


@pytest.mark.parametrize("kind", LIKE_THE_PACKAGE)
@pytest.mark.parametrize("array", [weights(), weights() * 1e-6, awkward()], ids=["normal", "tiny", "awkward"])
def test_bytes_equal_the_packages_on_any_weights(kind, array):
    assert np.array_equal(pack(array, kind), gguf.quants.quantize(array, FORMATS[kind].tensor))


@pytest.mark.parametrize("kind", LIKE_THE_PACKAGE)
def test_bytes_equal_the_packages_on_the_whole_model(kind):
    file = read(MODEL_FILE)
    matrices = [file.array(name) for name in file.tensors if file.array(name).ndim == 2]
    assert len(matrices) == 1 + 7 * load().shape.layers
    for matrix in matrices:
        assert np.array_equal(pack(matrix, kind), gguf.quants.quantize(matrix, FORMATS[kind].tensor))


@pytest.mark.parametrize("kind", FORMATS)
def test_a_weight_takes_the_bits_the_format_promises(kind):
    packed = pack(weights(), kind)
    assert packed.dtype == np.uint8
    assert packed.size * 8 / weights().size == BITS[kind]


@pytest.mark.parametrize("kind", FORMATS)
def test_what_is_unpacked_is_near_what_was_packed(kind):
    loss = np.square(unpack(pack(weights(), kind), kind) - weights()).mean() ** 0.5
    assert loss < {"Q8_0": 0.007, "Q5_0": 0.05, "Q4_0": 0.1, "Q4_K": 0.08, "Q2_K": 0.3}[kind]


@pytest.mark.parametrize("kind", FORMATS)
def test_awkward_blocks_come_back_finite_and_near(kind):
    back = unpack(pack(awkward(), kind), kind)
    assert np.isfinite(back).all()
    assert not back[0].any()
    largest = np.abs(awkward()).max(axis=1)
    smallest_scale = 6e-8 * 16                           # below that a 16-bit float is 0
    assert (np.abs(back - awkward()).max(axis=1) <= 0.4 * largest + smallest_scale).all()


@pytest.mark.parametrize("kind", ["Q4_K", "Q2_K"])
def test_weights_that_fit_the_levels_are_kept_almost_exactly(kind):
    top = {"Q4_K": 15, "Q2_K": 3}[kind]
    levels = np.random.default_rng(2).integers(0, top + 1, (8, 256))
    levels[:, ::16], levels[:, 1::16] = 0, top           # every part uses its whole range
    exact = (levels * 0.5 - 0.5).astype(np.float32)
    assert np.abs(unpack(pack(exact, kind), kind) - exact).max() < 0.01


def test_a_minimum_helps_one_sided_weights():
    one_sided = np.abs(weights()) + 2
    def loss(kind):
        return np.square(unpack(pack(one_sided, kind), kind) - one_sided).mean()
    assert loss("Q4_K") < loss("Q4_0") / 3


def test_rows_must_be_whole_blocks():
    with pytest.raises(ValueError, match="rows of 96 weights cannot be cut into whole blocks"):
        pack(weights(2, 96), "Q2_K")


def test_an_unknown_format_lists_the_known_ones():
    with pytest.raises(ValueError, match="Choose one of: Q8_0, Q5_0, Q4_0, Q4_K, Q2_K"):
        pack(weights(), "Q3_X")


@pytest.mark.parametrize("kind", FORMATS)
def test_a_quantised_file_keeps_everything_but_the_matrices(kind, tmp_path):
    before, after = read(MODEL_FILE), read(quantize(MODEL_FILE, tmp_path / "small.gguf", kind))
    changed = {name for name in before.metadata if before.metadata[name] != after.metadata.get(name)}
    assert changed == {"general.file_type"}
    assert list(after.tensors) == list(before.tensors)
    for name in before.tensors:
        array = before.array(name)
        stored = after.tensors[name]
        assert stored.tensor_type.name == (kind if array.ndim == 2 else "F32")
        assert np.array_equal(np.array(stored.data).reshape(-1).view(np.uint8),
                              (pack(array, kind) if array.ndim == 2 else array).reshape(-1).view(np.uint8))


def test_the_same_source_gives_the_same_file(tmp_path):
    one = quantize(MODEL_FILE, tmp_path / "one.gguf", "Q4_K").read_bytes()
    assert quantize(MODEL_FILE, tmp_path / "two.gguf", "Q4_K").read_bytes() == one


def test_a_file_is_never_written_over_its_source(tmp_path):
    path = tmp_path / "model.gguf"
    path.write_bytes(MODEL_FILE.read_bytes())
    with pytest.raises(ValueError, match="would overwrite"):
        quantize(path, path, "Q4_0")
    assert path.read_bytes() == MODEL_FILE.read_bytes()


def test_a_failed_run_leaves_nothing_behind(tmp_path):
    with pytest.raises(ValueError, match="no format"):
        quantize(MODEL_FILE, tmp_path / "out.gguf", "Q9_9")
    with pytest.raises(BadModelFile):
        quantize(tmp_path / "missing.gguf", tmp_path / "out.gguf", "Q4_0")
    assert list(tmp_path.iterdir()) == []


def test_the_command_tells_both_sizes(tmp_path):
    ran = subprocess.run([sys.executable, "-m", "localmodels.tiny.quantize", MODEL_FILE, tmp_path / "q.gguf", "Q4_0"],
                         capture_output=True, text=True, check=True)
    size = f"{(tmp_path / 'q.gguf').stat().st_size:,} bytes"
    assert size in ran.stdout
    assert f"{MODEL_FILE.stat().st_size:,} bytes" in ran.stdout
