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


NOTHING = "You wrote nothing yet. Guess first: a wrong guess teaches more than none."


def you_wrote(guess) -> None:
    """Say a guess again, beside what really happened. A guess that was left open is asked for.

    >>> you_wrote("no, it needs a network")
    You wrote: no, it needs a network
    >>> you_wrote("...")
    You wrote nothing yet. Guess first: a wrong guess teaches more than none.
    >>> you_wrote({"wrong path": 404, "wrong model": "..."})
    You wrote for wrong path: 404
    You wrote nothing yet for: wrong model. Guess first: a wrong guess teaches more than none.
    """
    several = guess if isinstance(guess, dict) else {}
    for case, one in several.items():
        if not _left_open(one):
            print(f"You wrote for {case}: {one}")
    still_open = [case for case, one in several.items() if _left_open(one)]
    if _left_open(guess) or several and len(still_open) == len(several):
        print(NOTHING)
    elif still_open:
        print(NOTHING.replace("yet.", f"yet for: {', '.join(map(str, still_open))}."))
    elif not several:
        print(f"You wrote: {guess}")


def _left_open(guess) -> bool:
    """Whether a guess is still what the lesson put there: dots, nothing, None."""
    return guess is None or guess is ... or guess == {} or isinstance(guess, str) and not guess.strip(" .…")
