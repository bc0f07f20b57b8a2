"""A cell that uses what the reader has not written yet says a sentence and does not stop the notebook."""

import pytest

from localmodels.unfinished import NOTHING, needs_your_code, you_wrote


def test_a_stub_gives_a_sentence(capsys):
    with needs_your_code():
        raise NotImplementedError
    assert "you have not written yet" in capsys.readouterr().out


def test_a_wrong_answer_names_the_error_and_the_check(capsys):
    with needs_your_code():
        print(f"{None / 8}")
    out = capsys.readouterr().out
    assert "not right yet (TypeError" in out and "Its check says more." in out


def test_finished_code_runs_untouched(capsys):
    with needs_your_code():
        print("4.5 bits")
    assert capsys.readouterr().out == "4.5 bits\n"


def test_a_name_that_is_missing_after_a_restart_is_not_called_wrong(capsys):
    with needs_your_code():
        weights_bytes_of_the_lesson  # noqa: B018, F821
    out = capsys.readouterr().out
    assert out.startswith("Not run yet: Python does not know `weights_bytes_of_the_lesson` here.")
    assert "after a restart, run all cells above" in out and "not right" not in out


@pytest.mark.parametrize("guess", ["...", " ", "", "…", None, ..., {}, {"a": "...", "b": ""}])
def test_a_guess_that_was_left_open_is_asked_for(guess, capsys):
    you_wrote(guess)
    assert capsys.readouterr().out == NOTHING + "\n"


@pytest.mark.parametrize("guess", ["no", "maybe 404 ...", 0, 0.0, False, 3.5, ["404"]])
def test_a_guess_is_said_again(guess, capsys):
    you_wrote(guess)
    assert capsys.readouterr().out == f"You wrote: {guess}\n"


def test_of_several_guesses_the_open_ones_are_named(capsys):
    you_wrote({"a wrong path": 404, "a wrong model": "...", "no server": None})
    assert capsys.readouterr().out.splitlines() == [
        "You wrote for a wrong path: 404",
        "You wrote nothing yet for: a wrong model, no server. Guess first: a wrong guess teaches more than none.",
    ]
    you_wrote({"a": "x"})
    assert capsys.readouterr().out == "You wrote for a: x\n"
