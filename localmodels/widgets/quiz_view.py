"""The quiz to operate: a thin view over `quiz_state`. Buttons and boxes only, so the keyboard is enough."""

from __future__ import annotations

from html import escape

from localmodels.questions import Quiz
from localmodels.widgets import quiz_state as steps
from localmodels.widgets.display import Twin, rich, status
from localmodels.widgets.quiz_figure import answers, as_html, as_text, look_up


_LABEL = {"description_width": "initial"}


class QuizView(Twin):
    """The questions of a lesson. `answers()` gives the model answers as text."""

    def __init__(self, quiz: Quiz):
        self.quiz = quiz

    def text(self):
        return as_text(self.quiz)

    def figure(self):
        return as_html(self.quiz)

    def answers(self):
        """The model answers, one to a line, for whoever reads without widgets."""
        return answers(self.quiz)

    def live(self):
        return LiveQuiz(self.quiz).box


class LiveQuiz:
    """The widgets of one quiz and the state they show."""

    def __init__(self, quiz: Quiz):
        import ipywidgets as w

        self.state = steps.start(quiz)
        self.ask = w.HTML()
        self.written = w.Textarea(description="Your answer", rows=3, layout=_wide(), style=_LABEL)
        self.submit = w.Button(description="Go on", tooltip="Takes your answer and goes on to the next step")
        self.show_model = w.Button(description="Show the model answer", tooltip="Shows the model answer beside yours")
        self.model_answer = w.HTML()
        self.marks = {how: w.Button(description=label, tooltip=f"Mark your own answer: {label}") for how, label in steps.MARKS.items()}
        self.mark_row = self._row("How did it go?", *self.marks.values())
        self.choices = w.VBox([])  # a button for each choice: JupyterLab takes the arrow keys away from radio buttons
        self.choices.add_class("lm-keys")
        self.lead = w.HTML("<p>Now choose. Every choice has an explanation, so try the wrong ones too.</p>")
        self.said = w.HTML()
        self.back = w.Button(description="Previous question", tooltip="Goes back; what you wrote stays")
        self.next = w.Button(description="Next question", tooltip="Goes on, answered or not")
        self.status = w.HTML()
        self._connect()
        self.box = w.VBox([
            self.ask, self.written, self._row("", self.submit), self.lead, self.choices, self.said,
            self._row("", self.show_model), self.model_answer, self.mark_row,
            self._row("", self.back, self.next), self.status,
        ])
        self._show_question()

    def _row(self, label, *buttons):
        import ipywidgets as w

        row = w.HBox([*([w.HTML(f"<span>{escape(label)}</span>")] if label else []), *buttons])
        row.add_class("lm-row")
        return row

    def _connect(self):
        self.submit.on_click(lambda _: self._to(steps.write(self.state, self.written.value)))
        self.show_model.on_click(lambda _: self._to(steps.reveal(self.state)))
        for how, button in self.marks.items():
            button.on_click(lambda _, how=how: self._to(steps.mark(self.state, how)))
        self.back.on_click(lambda _: self._turn(-1))
        self.next.on_click(lambda _: self._turn(+1))

    def _choice(self, at, choice):
        import ipywidgets as w

        button = w.Button(description=choice.text, tooltip="Says what this choice means")
        button.on_click(lambda _: self._to(steps.pick(self.state, at)))
        return button

    def _turn(self, step):
        self.state = steps.go(self.state, step)
        self._show_question()

    def _to(self, state):
        self.state = state
        self._show()

    def _show_question(self):
        question, entry = self.state.question, self.state.entry
        self.written.value = entry.written
        self.written.description = f"Your answer, in {question.unit}" if question.ranges else "Your answer"
        self.written.placeholder = "a number" if question.ranges else "from memory, in a few words"
        self.submit.description = "Check my number" if question.ranges else "Show the choices" if question.choices else "Compare with the answer"
        self.choices.children = [self._choice(at, choice) for at, choice in enumerate(question.choices)]
        self._show()

    def _show(self):
        question, entry = self.state.question, self.state.entry
        earlier = f" (from lesson {question.repeats})" if question.repeats else ""
        self.ask.value = f'<p class="lm-head">{self.state.at + 1}. {rich(question.ask + earlier)}</p>'
        self.model_answer.value = self._model_answer()
        self.said.value = self._explanation()
        self.status.value = status(steps.summary(self.state))
        for how, button in self.marks.items():
            button.button_style = "primary" if how == entry.mark else ""
            button.description = ("✓ " if how == entry.mark else "") + steps.MARKS[how]
        for part in (self.lead, self.choices):
            visible(part, entry.written and question.choices)
        visible(self.show_model, entry.said and not entry.open)
        visible(self.mark_row, entry.open)
        for button, choice in zip(self.choices.children, question.choices):
            button.button_style = "primary" if choice.text == entry.answer else ""
        self.back.disabled = self.state.at == 0
        self.next.disabled = self.state.at == len(self.state.entries) - 1

    def _model_answer(self):
        question, entry = self.state.question, self.state.entry
        if not entry.open:
            return ""
        rows = f"<dt>You wrote</dt><dd>{escape(entry.written)}</dd><dt>Model answer</dt><dd>{rich(question.answer + look_up(question))}</dd>"
        return f'<div class="lm-card"><dl>{rows}</dl></div>'

    def _explanation(self):
        text = steps.explanation(self.state)
        kind = "lm-good" if self.state.entry.right else "lm-bad"
        return text and f'<div class="lm-card {kind}" role="status" aria-live="polite">{rich(text)}</div>'


def _wide():
    import ipywidgets as w

    return w.Layout(width="auto", max_width="46rem")


def visible(widget, yes):
    """Show or hide a widget, taking it out of the Tab order too."""
    widget.layout.display = None if yes else "none"
