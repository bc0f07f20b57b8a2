"""transformers, reading the export and the GGUF itself, thinks the same as the NumPy runtime."""

import os
import warnings

import numpy as np
import pytest

from localmodels.tiny import MODEL_FILE, load
from localmodels.tiny.chat import said_ids
from localmodels.tiny.export import to_safetensors
from localmodels.tiny.golden import read_golden
from localmodels.tiny.quantize import quantize

from .test_runtime_tokenizer import STRINGS

pytestmark = pytest.mark.filterwarnings("ignore")     # of other people's packages
ALLOWED = 0.05


@pytest.fixture(scope="module")
def hugging():
    """transformers with torch, kept off the network; skipped where they are not installed."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in ("torch", "accelerate"):
            pytest.importorskip(name, reason=f"{name} is not installed: pip install \"localmodels[parity]\"")
        transformers = pytest.importorskip("transformers", reason='pip install "localmodels[parity]"')
    transformers.logging.disable_progress_bar()
    return transformers


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    return to_safetensors(MODEL_FILE, tmp_path_factory.mktemp("export"))


def scores(model, ids):
    import torch

    with torch.no_grad():
        return model(torch.tensor([ids])).logits[0].float().numpy()


def same_thoughts(ours, theirs):
    for chat in read_golden()["chats"][:12]:
        ids = said_ids(ours.tokenizer, chat)[:ours.shape.context]
        mine, other = ours.forward(ids), scores(theirs, ids)
        assert (mine.argmax(axis=1) == other.argmax(axis=1)).all()
        assert np.abs(mine - other).max() < ALLOWED


def test_it_thinks_the_same_from_safetensors(hugging, exported):
    same_thoughts(load(), hugging.AutoModelForCausalLM.from_pretrained(exported))


@pytest.mark.parametrize("kind", ["f16", "Q8_0", "Q4_0", "Q4_K", "Q2_K"])
def test_it_thinks_the_same_from_the_gguf_file(hugging, tmp_path, kind):
    import torch

    path = MODEL_FILE if kind == "f16" else quantize(MODEL_FILE, tmp_path / f"{kind}.gguf", kind)
    theirs = hugging.AutoModelForCausalLM.from_pretrained(path.parent, gguf_file=path.name, dtype=torch.float32)
    same_thoughts(load(path), theirs)


def test_its_tokenizer_gives_the_same_ids(hugging, exported):
    theirs, ours = hugging.AutoTokenizer.from_pretrained(exported), load().tokenizer
    plain = [text for text in STRINGS if "<|" not in text]
    assert [text for text in plain if theirs(text).input_ids != ours.encode(text)] == []


def test_its_chat_template_writes_the_same(hugging, exported):
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello!"}]
    theirs = hugging.AutoTokenizer.from_pretrained(exported)
    written = theirs.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
    assert written == load().chat_text(messages)


def test_it_answers_the_same_and_stops(hugging, exported):
    import torch

    model = load()
    theirs = hugging.AutoModelForCausalLM.from_pretrained(exported)
    for question, golden in read_golden()["greedy"].items():
        ids = model.chat_ids([{"role": "user", "content": question}])
        said = theirs.generate(torch.tensor([ids]), max_new_tokens=80)[0].tolist()[len(ids):]
        assert said[:len(golden)] == golden
        assert said[-1] == model.tokenizer.end or len(said) == 80


def test_the_file_is_what_the_safetensors_package_reads(exported):
    numpy_reader = pytest.importorskip("safetensors.numpy", reason="safetensors is not installed")
    tensors = numpy_reader.load_file(exported / "model.safetensors")
    shape = load().shape
    assert tensors["model.embed_tokens.weight"].shape == (shape.vocabulary, shape.hidden)
    assert tensors["model.embed_tokens.weight"].dtype == np.float16
    assert len(tensors) == 2 + 9 * shape.layers
