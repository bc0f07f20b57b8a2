"""A quiz as text and as still HTML: the questions, with the answers folded away or left out."""

from __future__ import annotations

from html import escape

from localmodels.questions import Question, Quiz
from localmodels.widgets.display import rich

GLOSSARY = "../../glossary.md"


def as_text(quiz: Quiz) -> str:
    """The questions with their choices, and no answer: something to think about on paper."""
    lines = [_headline(quiz)]
    for number, question in enumerate(quiz.questions, 1):
        lines.append(f"{number}. {question.ask}{_unit(question)}{_origin(question)}")
        lines += [f"   {letter}) {choice.text}" for letter, choice in zip("abcdefgh", question.choices)]
    return "\n".join([*lines, f'Answers: print(quiz("{quiz.lesson}").answers())'])


def answers(quiz: Quiz) -> str:
    """The model answers, one to a line."""
    return "\n".join(f"{number}. {question.answer}" for number, question in enumerate(quiz.questions, 1))


def as_html(quiz: Quiz) -> str:
    """The questions with their choices; in a fold what each choice means, then the model answer."""
    items = "".join(f"<li>{_item(question)}</li>" for question in quiz.questions)
    return f'<p class="lm-head">{escape(_headline(quiz))}</p><ol>{items}</ol>'


def _headline(quiz: Quiz) -> str:
    count = len(quiz.questions)
    noun = "question" if count == 1 else "questions"
    return f"{count} {noun} to answer from memory. Write your answer first, then look. Nothing is graded."


def _unit(question: Question) -> str:
    return f" (in {question.unit})" if question.unit and question.unit not in question.ask else ""


def _origin(question: Question) -> str:
    return f" (from lesson {question.repeats})" if question.repeats else ""


def _item(question: Question) -> str:
    return (
        f"{rich(question.ask)}{escape(_unit(question))}{escape(_origin(question))}"
        f"{_offered(question)}"
        f"<details><summary>Compare with the answer</summary>\n\n{_explained(question)}"
        f"<p>{rich(question.answer)}{link(question)}</p></details>"
    )


def _offered(question: Question) -> str:
    """The choices as a list, without a word on which is right."""
    items = "".join(f"<li>{rich(choice.text)}</li>" for choice in question.choices)
    return items and f'<ol type="a">{items}</ol>'


def _explained(question: Question) -> str:
    """A table of every choice, or every range of numbers, with its explanation; empty where there is none."""
    rows = [(choice.text, choice.right, choice.feedback) for choice in question.choices]
    rows += [(f"{span.low:g} to {span.high:g} {question.unit}", span.right, span.feedback) for span in question.ranges]
    cells = "".join(
        f"<tr><td>{rich(answer)}</td><td>{'Right. ' if right else ''}{rich(why)}</td></tr>" for answer, right, why in rows
    )
    head = '<thead><tr><th scope="col">Answer</th><th scope="col">What it means</th></tr></thead>'
    return f"<table>{head}<tbody>{cells}</tbody></table>" if rows else ""


def link(question: Question) -> str:
    """The glossary entry that helps, as HTML; empty where the question names none."""
    if not question.see:
        return ""
    return f' Glossary: <a href="{GLOSSARY}#{escape(question.see)}">{escape(question.see.replace("-", " "))}</a>.'


def look_up(question: Question) -> str:
    """The same without a link: inside a live widget, JupyterLab does not follow links between files."""
    return f" Glossary: {question.see.replace('-', ' ')}." if question.see else ""
