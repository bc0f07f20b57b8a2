"""For cells that use what the reader is about to write: they say so, instead of stopping the notebook."""

from __future__ import annotations

from contextlib import contextmanager


@contextmanager
def needs_your_code():
    """Run the cell's lines; where a function is not written or not right yet, one sentence takes their place.

    >>> with needs_your_code():
    ...     raise NotImplementedError
    This cell uses a function that you have not written yet. Write it above, then run this cell again.
    """
    try:
        yield
    except NotImplementedError:
        print("This cell uses a function that you have not written yet. Write it above, then run this cell again.")
    except NameError as error:
        name = getattr(error, "name", None) or "a name"
        print(f"Not run yet: Python does not know `{name}` here. Run its cell first; after a restart, run all cells above.")
    except Exception as error:
        print(f"One of your functions is not right yet ({type(error).__name__}: {error}). Its check says more.")
