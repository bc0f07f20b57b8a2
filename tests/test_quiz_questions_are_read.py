"""Question files: what a writer may write, what a reader of mistakes is told, and the banks we ship."""

import re
import textwrap
from pathlib import Path

import pytest

from localmodels import questions
from localmodels.questions import FOLDER, QuizError, load_quiz, path_of
from tests import lessons

BANKS = sorted(FOLDER.glob("*.toml"))
GOOD = """
lesson = "02"
[[questions]]
id = "a"
ask = "What listens at {{ ollama.url }}?"
answer = "Ollama."
choices = [{text = "x", right = true, feedback = "Yes."}, {text = "y", feedback = "No."}]
[[questions]]
id = "b"
ask = "How many?"
answer = "Two."
unit = "GB"
otherwise = "Divide by 8."
ranges = [{from = 2, to = 2, right = true, feedback = "Yes."}, {from = 16, to = 16, feedback = "Bits."}]
"""


@pytest.fixture
def read(tmp_path):
    def write_and_load(text):
        path = tmp_path / "02.toml"
        path.write_text(text, encoding="utf-8")
        return load_quiz(path)
    return write_and_load


def test_the_example_in_the_documentation_can_be_read(read):
    example = questions.__doc__.split("`localmodels/quizzes/NN.toml`:\n")[1].split("\nChoices are shown")[0]
    quiz = read(textwrap.dedent(example))
    assert [question.id for question in quiz.questions] == ["what-is-sent", "bytes-of-1b"]
    assert quiz.questions[1].ranges[1].feedback.startswith("That is gigabits")


def test_facts_are_filled_in(read):
    assert read(GOOD).questions[0].ask == "What listens at http://localhost:11434?"


def test_choices_keep_one_order_that_the_file_does_not_decide(read):
    turned = GOOD.replace('{text = "x", right = true, feedback = "Yes."}, {text = "y", feedback = "No."}',
                          '{text = "y", feedback = "No."}, {text = "x", right = true, feedback = "Yes."}')
    assert turned != GOOD
    assert read(GOOD).questions[0].choices == read(turned).questions[0].choices


@pytest.mark.parametrize("old, new, says", [
    ('lesson = "02"', 'lesson = "2"', "two digits in quotes"),
    ('lesson = "02"', 'lesson = "02"\ntitel = "x"', "`titel` is not known here"),
    ('id = "a"', "", "question 1 (without id) needs `id`"),
    ('id = "b"', 'id = "a"', "question 2 (a) uses the id of an earlier question"),
    ('answer = "Ollama."', 'anwser = "Ollama."', "has an unknown field `anwser`"),
    ('answer = "Ollama."', 'answer = " "', "needs `answer`"),
    ("ollama.url", "ollama.urll", "asks for a fact that facts.toml does not have"),
    (', feedback = "No."}', "}", "choice 2 needs `feedback`"),
    ("right = true, feedback", "feedback", "exactly one choice with right = true"),
    ('{text = "y", ', '{text = "x", ', "offers the same choice twice"),
    (', {text = "y", feedback = "No."}', "", "needs two or more"),
    ('unit = "GB"', "", "it needs `unit`"),
    ('otherwise = "Divide by 8."', "", "it needs `otherwise`"),
    ("from = 16, to = 16", "from = 16, to = 15", "range 2 runs backwards"),
    ("from = 16, to = 16", "from = 1, to = 16", "ranges that overlap"),
    ("from = 16, to = 16", 'from = "16", to = 16', "range 2 needs `from` and `to`, both numbers"),
    ('unit = "GB"', 'unit = "GB"\nchoices = []', "has both choices and ranges"),
    ("[[questions]]\nid = \"a\"", "[[questions]\nid = \"a\"", "is not valid TOML"),
])
def test_each_mistake_gets_a_sentence(read, old, new, says):
    assert GOOD.count(old) >= 1
    with pytest.raises(QuizError) as mistake:
        read(GOOD.replace(old, new, 1))
    assert says in str(mistake.value)
    assert str(mistake.value).startswith("02.toml")


@pytest.mark.parametrize("text", ['lesson = "02"', 'lesson = "02"\nquestions = []', 'lesson = "02"\nquestions = ["a"]',
                                  'lesson = "02"\nquestions = [{id = "a", ask = "?", answer = "!", choices = ["x"]}]'])
def test_a_file_of_the_wrong_shape_gets_a_sentence_too(read, text):
    with pytest.raises(QuizError):
        read(text)


@pytest.mark.parametrize("lesson", ["99", "../02", "", 7, "two"])
def test_an_unknown_lesson_names_those_that_exist(lesson):
    with pytest.raises(QuizError, match='Lessons with questions: "00"'):
        path_of(lesson)


@pytest.mark.parametrize("lesson", [0, "0", "00", " 00 "])
def test_a_lesson_may_be_written_in_several_ways(lesson):
    assert path_of(lesson).name == "00.toml"


@pytest.mark.parametrize("path", BANKS, ids=lambda path: path.stem)
class TestEveryBank:
    def test_asks_three_to_eight_questions(self, path):
        quiz = load_quiz(path)
        assert quiz.lesson == path.stem
        assert 3 <= len(quiz.questions) <= 8

    def test_explains_every_answer_in_a_sentence(self, path):
        for question in load_quiz(path).questions:
            said = [choice.feedback for choice in question.choices] + [span.feedback for span in question.ranges]
            said += [question.otherwise] if question.ranges else []
            assert said, f"{question.id}: neither choices nor ranges"
            assert all(len(text.split()) >= 4 for text in said), question.id

    def test_points_to_glossary_entries_that_exist(self, path):
        known = lessons.anchors((Path(__file__).parent.parent / "glossary.md").read_text(encoding="utf-8"))
        for question in load_quiz(path).questions:
            assert not question.see or question.see in known, question.id

    def test_asks_one_thing_again_from_an_earlier_lesson(self, path):
        repeated = [question.repeats for question in load_quiz(path).questions if question.repeats]
        assert repeated or path.stem == "00"
        assert all(re.fullmatch(r"\d\d", lesson) and lesson < path.stem for lesson in repeated)
