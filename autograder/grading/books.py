"""Points and comments as nbgrader keeps them: the same rows that `nbgrader autograde` leaves, written at once for a submission."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from nbgrader.api import (
    Comment, Grade, Gradebook, GradeCell, Notebook, SolutionCell, Student, SubmittedAssignment, SubmittedNotebook, TaskCell, new_uuid,
)  # fmt: skip
from nbgrader.utils import parse_utc
from sqlalchemy import delete, insert, select, update

from autograder.course import ASSIGNMENT
from autograder.grading.marking import ByHand, Marked

NO_ANSWER = "No response."  # nbgrader's words for an answer cell that was left as released


@dataclass
class _Book:
    """One lesson in the gradebook: its id, and ids of graded cells and of commented cells by name."""

    id: str
    grades: dict[str, str]
    comments: dict[str, str]


class Books:
    """Writes into an open gradebook; never commits."""

    def __init__(self, gradebook: Gradebook):
        self._db = gradebook.db
        assignment = gradebook.find_assignment(ASSIGNMENT)
        self._assignment = assignment.id
        self._books = {book.name: self._book(book) for book in assignment.notebooks}
        self._db.commit()

    def _book(self, book: Notebook) -> _Book:
        cells = {
            kind: dict(self._db.execute(select(kind.name, kind.id).where(kind.notebook_id == book.id)).all())
            for kind in (GradeCell, SolutionCell, TaskCell)
        }
        return _Book(book.id, cells[GradeCell] | cells[TaskCell], cells[SolutionCell] | cells[TaskCell])

    def by_hand(self) -> dict[str, ByHand]:
        """Points and comments that people gave, by student."""
        found: dict[str, ByHand] = defaultdict(ByHand)
        names = {(book.id, id): (lesson, name) for lesson, book in self._books.items() for name, id in [*book.grades.items(), *book.comments.items()]}
        place = select(SubmittedAssignment.student_id, SubmittedNotebook.notebook_id).join(
            SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id
        )
        place = place.where(SubmittedAssignment.assignment_id == self._assignment)
        grades = place.add_columns(Grade.cell_id, Grade.manual_score, Grade.extra_credit).join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        for student, book, cell, score, extra in self._db.execute(grades.where((Grade.manual_score != None) | (Grade.extra_credit != None))):  # noqa: E711
            if score is not None:
                found[student].scores[names[book, cell]] = score
            if extra is not None:
                found[student].extra[names[book, cell]] = extra
        comments = place.add_columns(Comment.cell_id, Comment.manual_comment).join(Comment, Comment.notebook_id == SubmittedNotebook.id)
        for student, book, cell, comment in self._db.execute(comments.where(Comment.manual_comment != None)):  # noqa: E711
            found[student].comments[names[book, cell]] = comment
        return dict(found)

    def enter(self, marked: Marked) -> None:
        """Enter a submission's points; what people gave stays. One that could not be graded has no points."""
        student = marked.result.student
        before = self._rows_of(student)
        if not marked.scores and not before.by_hand:
            return self._forget(student)
        submission = self._submission(student, marked.timestamp)
        for lesson, book in self._books.items():
            place = before.notebooks.get(book.id) or new_uuid()
            if book.id not in before.notebooks:
                self._db.execute(insert(SubmittedNotebook.__table__), [{"id": place, "assignment_id": submission, "notebook_id": book.id, "flagged": False}])
            self._enter_grades(place, book, marked.scores.get(lesson), failed=not marked.scores)
            self._enter_comments(place, book, marked.untouched.get(lesson, ()))

    def _enter_grades(self, place: str, book: _Book, scores: dict[str, float | None] | None, failed: bool) -> None:
        there = {row.cell_id: row for row in self._db.execute(select(Grade.id, Grade.cell_id, Grade.manual_score).where(Grade.notebook_id == place))}
        new = []
        for name, cell in book.grades.items():
            score = None if failed else 0.0 if scores is None else scores.get(name)
            waits = score is None or (cell in there and there[cell].manual_score is not None)
            if cell in there:
                self._db.execute(update(Grade.__table__).where(Grade.__table__.c.id == there[cell].id).values(auto_score=score, needs_manual_grade=waits))
            else:
                new.append({"id": new_uuid(), "notebook_id": place, "cell_id": cell, "auto_score": score, "needs_manual_grade": waits})
        if new:
            self._db.execute(insert(Grade.__table__), new)

    def _enter_comments(self, place: str, book: _Book, untouched) -> None:
        there = dict(self._db.execute(select(Comment.cell_id, Comment.id).where(Comment.notebook_id == place)).all())
        new = []
        for name, cell in book.comments.items():
            told = NO_ANSWER if name in untouched else None
            if cell in there:
                self._db.execute(update(Comment.__table__).where(Comment.__table__.c.id == there[cell]).values(auto_comment=told))
            else:
                new.append({"id": new_uuid(), "notebook_id": place, "cell_id": cell, "auto_comment": told})
        if new:
            self._db.execute(insert(Comment.__table__), new)

    def _submission(self, student: str, timestamp: str) -> str:
        """The id of the student's submission, entered if it is new."""
        try:
            when = parse_utc(timestamp) if timestamp else None
        except (ValueError, OverflowError):
            when = None
        found = self._id_of(student)
        if found:
            self._db.execute(update(SubmittedAssignment.__table__).where(SubmittedAssignment.__table__.c.id == found).values(timestamp=when))
            return found
        if not self._db.execute(select(Student.id).where(Student.id == student)).scalar():
            self._db.execute(insert(Student.__table__), [{"id": student}])
        found = new_uuid()
        row = {"id": found, "assignment_id": self._assignment, "student_id": student, "timestamp": when}
        self._db.execute(insert(SubmittedAssignment.__table__), [row])
        return found

    def _id_of(self, student: str) -> str | None:
        mine = (SubmittedAssignment.assignment_id == self._assignment) & (SubmittedAssignment.student_id == student)
        return self._db.execute(select(SubmittedAssignment.id).where(mine)).scalar()

    def _rows_of(self, student: str) -> "_Rows":
        books = dict(
            self._db.execute(
                select(SubmittedNotebook.notebook_id, SubmittedNotebook.id).where(SubmittedNotebook.assignment_id == self._id_of(student))
            ).all()
        )
        ids = list(books.values())
        graded = select(Grade.id).where(Grade.notebook_id.in_(ids), (Grade.manual_score != None) | (Grade.extra_credit != None))  # noqa: E711
        said = select(Comment.id).where(Comment.notebook_id.in_(ids), Comment.manual_comment != None)  # noqa: E711
        by_hand = bool(ids) and any(self._db.execute(query.limit(1)).first() for query in (graded, said))
        return _Rows(books, by_hand)

    def _forget(self, student: str) -> None:
        """Remove the points of an earlier grading, so that none survives a failed one."""
        books = list(self._rows_of(student).notebooks.values())
        for kind in (Grade, Comment):
            self._db.execute(delete(kind.__table__).where(kind.__table__.c.notebook_id.in_(books)))
        self._db.execute(delete(SubmittedNotebook.__table__).where(SubmittedNotebook.__table__.c.id.in_(books)))
        self._db.execute(delete(SubmittedAssignment.__table__).where(SubmittedAssignment.__table__.c.id == self._id_of(student)))


@dataclass
class _Rows:
    """What the gradebook holds of a student: submitted notebooks by notebook, and whether a person gave anything."""

    notebooks: dict[str, str]
    by_hand: bool
