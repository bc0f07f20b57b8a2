"""A quiz as text and as still HTML: the questions, with the answers folded away or left out."""

from __future__ import annotations

from html import escape

from localmodels.questions import Question, Quiz

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
    """The questions; each model answer in a fold, each choice with its explanation inside."""
    items = "".join(f"<li>{_item(question)}</li>" for question in quiz.questions)
    return f'<p class="lm-head">{escape(_headline(quiz))}</p><ol>{items}</ol>'


def _headline(quiz: Quiz) -> str:
    count = len(quiz.questions)
    noun = "question" if count == 1 else "questions"
    return f"{count} {noun} to answer from memory. Write your answer first, then compare. Nothing is graded."


def _unit(question: Question) -> str:
    return f" (in {question.unit})" if question.unit else ""


def _origin(question: Question) -> str:
    return f" (from lesson {question.repeats})" if question.repeats else ""


def _item(question: Question) -> str:
    rows = "".join(
        f"<tr><td>{escape(choice.text)}</td><td>{'Right. ' if choice.right else ''}{escape(choice.feedback)}</td></tr>"
        for choice in question.choices
    )
    table = f"<table><thead><tr><th>Choice</th><th>What it means</th></tr></thead><tbody>{rows}</tbody></table>"
    return (
        f"{escape(question.ask)}{escape(_unit(question))}{escape(_origin(question))}"
        f"<details><summary>Compare with the answer</summary>\n\n<p>{escape(question.answer)}{link(question)}</p>"
        f"{table if rows else ''}</details>"
    )


def link(question: Question) -> str:
    """The glossary entry that helps, as HTML; empty where the question names none."""
    if not question.see:
        return ""
    return f' Glossary: <a href="{GLOSSARY}#{escape(question.see)}">{escape(question.see.replace("-", " "))}</a>.'


def look_up(question: Question) -> str:
    """The same without a link: inside a live widget, JupyterLab does not follow links between files."""
    return f" Glossary: {question.see.replace('-', ' ')}." if question.see else ""
