"""A cell that uses what the reader has not written yet says a sentence and does not stop the notebook."""

from localmodels.unfinished import needs_your_code


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
