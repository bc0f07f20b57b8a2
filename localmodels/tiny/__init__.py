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

from pathlib import Path
from weakref import WeakValueDictionary

MODEL_FILE = Path(__file__).parent / "data" / "tiny-course-f16.gguf"
"""The course's own model, about 5 MB, 16 bits per weight."""


_in_use: WeakValueDictionary = WeakValueDictionary()


def load(path=MODEL_FILE):
    """The model in ``path``, ready to run. The same unchanged file is read only once while somebody uses it.

    Raises ``BadModelFile`` with a sentence when the file is missing, cut off, or not a model
    that this runtime can run. Forward passes do not change the model, so it may be shared.
    """
    from .model import Model

    path = Path(path).resolve()
    key = path, path.stat().st_mtime_ns if path.exists() else 0
    model = _in_use.get(key)
    if model is None:
        model = _in_use[key] = Model.from_file(path)
    return model
