"""`python -m autograder` lists its verbs, helps with an example, and answers a slip with the nearest word."""

import pytest

from autograder import cli


def run(capsys, *words):
    try:
        code = cli.main(list(words))
    except SystemExit as exit:
        code = exit.code
    return code, capsys.readouterr()


def test_without_a_verb_it_lists_all_verbs(capsys):
    code, said = run(capsys)
    assert code == 0
    for verb, does in cli.VERBS.items():
        assert f"python -m autograder {verb}" in said.out and does in said.out


@pytest.mark.parametrize("verb", cli.VERBS)
def test_each_help_has_an_example_to_paste(capsys, verb):
    code, said = run(capsys, verb, "--help")
    assert code == 0
    assert f"\n  python -m autograder {verb}" in said.out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["biuld"], "There is no verb 'biuld'. Did you mean build?"),
        (["build", "--no-exeute"], "has no --no-exeute. Did you mean --no-execute?"),
        (["grade"], "the following arguments are required: SUBMISSIONS"),
    ],
)
def test_a_slip_is_answered_with_what_was_meant(capsys, words, says):
    code, said = run(capsys, *words)
    assert code == cli.MISUSED
    assert says in said.err and "Traceback" not in said.err


def test_an_unknown_lesson_is_answered_with_the_ones_there_are(capsys):
    code, said = run(capsys, "build", "lessons/77_nowhere.py")
    assert code == cli.FAILED
    assert "names no single lesson. There are: 00_start_here" in said.err
