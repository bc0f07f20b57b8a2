"""A tiny but real language model and everything that runs it, in NumPy.

Read the files in this order; each adds one idea:

* ``gguf_file.py``  a model file is a list of settings and a list of arrays
* ``tokenizer.py``  text becomes numbers, and numbers become text
* ``model.py``      numbers in, a score for every possible next token out
* ``generate.py``   choosing one token after the other
* ``measure.py``    how surprised is the model by a text?
* ``quantize.py``   the same weights in fewer bits
* ``export.py``     the same weights in another file format
"""

from functools import lru_cache
from pathlib import Path

MODEL_FILE = Path(__file__).parent / "data" / "tiny-course-f16.gguf"
"""The course's own model, about 5 MB, 16 bits per weight."""


@lru_cache(maxsize=4)
def _load_once(path: str, changed: int):
    from .model import Model

    return Model.from_file(path)


def load(path=MODEL_FILE):
    """The model in ``path``, ready to run. The same unchanged file is read only once.

    Raises ``BadModelFile`` with a sentence when the file is missing, cut off, or not a model
    that this runtime can run. Forward passes do not change the model, so it may be shared.
    """
    path = Path(path).resolve()
    changed = path.stat().st_mtime_ns if path.exists() else 0
    return _load_once(str(path), changed)
