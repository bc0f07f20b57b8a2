"""A quiz: recall before the answer, your own mark, an explanation for each answer; the view follows the state."""

import pytest

from localmodels.questions import Choice, Question, Quiz, Range
from localmodels.widgets import quiz_state as steps
from localmodels.widgets.quiz_figure import answers, as_html, as_text
from localmodels.widgets.quiz_view import LiveQuiz, QuizView

WHERE = Question(
    "where", "Where does it <go>?", "To this computer.", see="local-api", repeats="00",
    choices=(Choice("Here", "Yes, it never leaves.", True), Choice("Away & far", "No, <b>localhost</b> is here.")),
)
SIZE = Question(
    "size", "How large?", "2 GB.", unit="GB", otherwise="Divide by 8.",
    ranges=(Range(1.9, 2.1, "Two bytes each.", True), Range(16, 16, "Those are bits.")),
)
WHY = Question("why", "Why?", "Because.")
QUIZ = Quiz("02", (WHERE, SIZE, WHY))


def written(at=0, text="x"):
    """The quiz at one question, with something written."""
    return steps.write(steps.go(steps.start(QUIZ), at), text)


def test_nothing_is_offered_before_something_is_written():
    state = steps.write(steps.start(QUIZ), "  \n")
    assert not state.entry.written and steps.NOTHING_WRITTEN in steps.summary(state)
    assert steps.pick(state, 0).entry.said == ""


def test_the_model_answer_waits_until_a_choice_was_tried():
    state = written(text=" here, I think ")
    assert state.entry.written == "here, I think" and not state.entry.open
    assert steps.summary(state) == "Question 1 of 3. Now choose. Every choice has an explanation."
    assert not steps.reveal(state).entry.open
    tried = steps.pick(state, 1)
    assert not tried.entry.open and steps.summary(tried).endswith("Try again, or look at the model answer.")
    assert steps.reveal(tried).entry.open and steps.pick(tried, 0).entry.open, "asked for, or earned"


def test_a_question_without_choices_is_compared_at_once():
    state = written(at=2)
    assert state.entry.open and steps.summary(state) == "Question 3 of 3. The model answer is below yours. How did it go?"


def test_a_mark_needs_the_answer_to_be_open():
    state = steps.mark(written(), "knew")
    assert state.entry.mark == ""
    assert steps.mark(steps.pick(state, 0), "knew").entry.mark == "knew"
    with pytest.raises(ValueError, match="knew, partly, not yet"):
        steps.mark(state, "great")


@pytest.mark.parametrize("number, right, said", [(0, True, "Yes, it never leaves."), (1, False, "No, <b>localhost</b> is here.")])
def test_every_choice_has_its_own_explanation(number, right, said):
    entry = steps.pick(written(), number).entry
    assert (entry.right, entry.said) == (right, said)


@pytest.mark.parametrize("text, right, said", [
    ("2", True, "Two bytes each."), ("2,0 GB", True, "Two bytes each."), ("1.9", True, "Two bytes each."),
    ("16", False, "Those are bits."), ("3", False, "Divide by 8."), ("-2", False, "Divide by 8."),
])
def test_what_was_written_is_the_number_and_its_range_explains_it(text, right, said):
    entry = written(1, text).entry
    assert (entry.right, entry.said, entry.open) == (right, said, right)


@pytest.mark.parametrize("text", ["", "two", "1,2,3", "nan", "inf", "1..2", "2 GB or so"])
def test_what_is_no_number_is_said_to_be_none(text):
    state = written(1, text)
    assert state.entry.said == "" and (steps.NOT_A_NUMBER if text else steps.NOTHING_WRITTEN) in steps.summary(state)


@pytest.mark.parametrize("text, number", [
    ("1.5", 1.5), ("1,5", 1.5), ("2 000", 2000), ("2,000", 2000), ("2_000.5", 2000.5), ("2e9", 2e9), (" -3 ", -3), ("4.5 bits", 4.5),
    ("1,234,567", 1234567), ("50 %", 50),
])
def test_numbers_may_be_written_as_people_write_them(text, number):
    assert steps.as_number(text) == number


def test_moving_stays_within_the_quiz_and_keeps_what_was_done():
    state = written(text="here")
    assert steps.go(state, -1).at == 0
    assert steps.go(state, 99).at == 2
    assert steps.go(steps.go(state, 1), -1).entry.written == "here"


def test_the_end_names_what_to_look_at_again():
    state = steps.start(QUIZ)
    for at, how in enumerate(("knew", "partly", "not yet")):
        state = steps.write(steps.go(state, at - state.at), "16")
        state = steps.pick(state, 0) if state.question.choices else state
        state = steps.mark(steps.reveal(state), how)
    assert steps.closing(state) == "You marked 1 of 3 as known. Come back tomorrow for question 2 and question 3."
    assert steps.closing(state) in steps.summary(state)


def test_knowing_everything_is_said_as_well():
    state = steps.mark(steps.write(steps.start(Quiz("02", (WHY,))), "x"), "knew")
    assert steps.summary(state).endswith("You marked 1 of 1 as known. Ask yourself again in a week.")


# --- Text and figure -------------------------------------------------------------------


def test_the_text_asks_without_answering():
    text = as_text(QUIZ)
    assert "1. Where does it <go>? (from lesson 00)" in text and "2. How large? (in GB)" in text
    assert "a) Here" in text
    assert not any(answer in text for answer in ("To this computer", "never leaves", "2 GB.", "Those are bits"))
    assert answers(QUIZ).splitlines() == ["1. To this computer.", "2. 2 GB.", "3. Because."]


def test_the_figure_folds_every_answer_with_all_explanations_and_escapes_them():
    html = as_html(QUIZ)
    assert html.count("<details>") == 3 and "</summary>\n\n" in html
    assert "Where does it &lt;go&gt;?" in html and "&lt;b&gt;localhost&lt;/b&gt;" in html
    first = html.split("</details>")[0]
    assert first.index("Here") < first.index("<details>") < first.index("never leaves") < first.index("To this computer.")
    assert "16 to 16 GB" in html and "Those are bits." in html
    assert 'href="../../glossary.md#local-api"' in html


# --- The view ---------------------------------------------------------------------------


def shown(widget):
    return widget.layout.display != "none"


def test_the_view_goes_from_memory_to_choices_to_the_model_answer():
    live = LiveQuiz(QUIZ)
    assert not any(map(shown, (live.choices, live.lead, live.show_model, live.mark_row))) and live.model_answer.value == ""
    assert live.submit.description == "Show the choices"
    live.submit.click()
    assert steps.NOTHING_WRITTEN in live.status.value
    live.written.value = "<i>here</i>"
    live.submit.click()
    assert shown(live.choices) and not shown(live.show_model) and live.model_answer.value == ""
    live.choices.children[1].click()
    assert "✗ Not this one. Away &amp; far: No, &lt;b&gt;localhost&lt;/b&gt; is here." in live.said.value
    assert shown(live.show_model) and not shown(live.mark_row) and live.model_answer.value == ""
    live.choices.children[0].click()
    assert "✓ Right. Here: Yes, it never leaves." in live.said.value and not shown(live.show_model)
    assert "&lt;i&gt;here&lt;/i&gt;" in live.model_answer.value and "To this computer." in live.model_answer.value
    live.marks["partly"].click()
    assert live.marks["partly"].description == "✓ Partly" and "You marked this: Partly." in live.status.value


def test_the_view_reads_the_number_from_the_first_box_and_comes_back():
    live = LiveQuiz(QUIZ)
    live.next.click()
    assert live.written.description == "Your answer, in GB" and live.submit.description == "Check my number"
    live.written.value = "sixteen"
    live.submit.click()
    assert steps.NOT_A_NUMBER in live.status.value and not shown(live.choices) and live.model_answer.value == ""
    live.written.value = "16"
    live.submit.click()
    assert "Those are bits." in live.said.value and live.model_answer.value == ""
    live.show_model.click()
    assert "2 GB." in live.model_answer.value and shown(live.mark_row)
    live.next.click()
    assert live.next.disabled and live.written.value == "" and live.written.description == "Your answer"
    live.back.click()
    assert "Those are bits." in live.said.value and live.written.value == "16"
    live.back.click()
    assert live.back.disabled


def test_a_quiz_prints_as_its_text():
    view = QuizView(QUIZ)
    assert repr(view) == as_text(QUIZ) and view.answers() == answers(QUIZ)
