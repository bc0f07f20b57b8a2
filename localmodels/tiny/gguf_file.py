"""Reading a GGUF file: a list of settings, then a list of arrays.

The ``gguf`` package knows the bytes. This file turns what it finds into plain Python values and
float32 arrays, and turns what can go wrong into sentences.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import gguf
import numpy as np

MAGIC = b"GGUF"
SMALL = 2**25  # bytes


class BadModelFile(ValueError):
    """The file cannot be used as a model; the message says why and what to do."""


@dataclass(frozen=True)
class GGUFFile:
    """What one GGUF file holds."""

    path: Path
    metadata: dict   # setting -> str, number, bool or list
    tensors: dict    # name -> gguf.ReaderTensor, still packed
    fields: dict     # setting -> gguf.ReaderField: the same with its exact type, for copying

    def array(self, name: str) -> np.ndarray:
        """The tensor ``name`` unpacked to float32, rows first: (outputs, inputs)."""
        if name not in self.tensors:
            raise BadModelFile(f"{self.path.name} has no tensor called {name!r}: it is not a complete "
                               "Llama model. Download or copy the file again.")
        tensor = self.tensors[name]
        return gguf.quants.dequantize(tensor.data, tensor.tensor_type).astype(np.float32)

    def setting(self, name: str, default=None):
        """The setting ``name``, or ``default``; without a default a missing one is an error."""
        if name in self.metadata:
            return self.metadata[name]
        if default is not None:
            return default
        raise BadModelFile(f"{self.path.name} does not say its {name!r}. A runtime cannot guess that: "
                           "use a complete GGUF file.")


class Reader(gguf.GGUFReader):
    """The package's reader on a plain array: a slice of a ``np.memmap`` costs several times as much, and there are 60,000."""

    @property
    def data(self) -> np.ndarray:
        return self._data

    @data.setter
    def data(self, mapped: np.memmap) -> None:
        self._data = np.array(mapped) if mapped.nbytes <= SMALL else mapped.view(np.ndarray)


def read(path) -> GGUFFile:
    """Open ``path`` as GGUF. Raises ``BadModelFile`` when it is missing, foreign or cut off.

    A small file is copied, so that nothing keeps it open, and is read only once as long as it does not change.
    """
    path = Path(path)
    check_it_is_gguf(path)
    about = path.stat()
    if about.st_size > SMALL:
        return _parsed(path)
    return _parsed_once(path, about.st_mtime_ns, about.st_size, about.st_ino)


@lru_cache(maxsize=4)
def _parsed_once(path: Path, *_unchanged: int) -> GGUFFile:
    return _parsed(path)


def _parsed(path: Path) -> GGUFFile:
    try:
        reader = Reader(path)
        metadata = {name: field.contents() for name, field in reader.fields.items()}
    except (ValueError, IndexError, KeyError, OverflowError, MemoryError, EOFError) as problem:
        raise BadModelFile(f"{path.name} starts like a GGUF model but ends too early or is damaged "
                           f"({path.stat().st_size:,} bytes). Download or copy it again.") from problem
    return GGUFFile(path, metadata, {tensor.name: tensor for tensor in reader.tensors},
                    reader.fields)


def check_it_is_gguf(path: Path) -> None:
    """Every GGUF file starts with the four letters GGUF."""
    if not path.is_file():
        raise BadModelFile(f"There is no model file at {path}. Check the path.")
    with path.open("rb") as file:
        start = file.read(4)
    if start != MAGIC:
        raise BadModelFile(f"{path.name} is not a GGUF model: it starts with {start!r}, not with "
                           f"{MAGIC!r}. Choose a file whose name ends in .gguf.")
