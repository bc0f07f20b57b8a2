"""What a program can judge of a good lesson: structure, size, times, links, and facts that live in one place."""

import re

import pytest

from localmodels import facts
from tests import lessons
from tests.lessons import IMAGE, LINK, ROOT, SOURCES

GLOSSARY = (ROOT / "glossary.md").read_text(encoding="utf-8")


@pytest.fixture(params=SOURCES, ids=lambda path: path.stem)
def lesson(request):
    return lessons.read(request.param)


def test_there_are_lessons_to_judge():
    assert len(SOURCES) >= 3


def test_one_title_and_no_skipped_heading_level(lesson):
    levels = [level for level, _ in lessons.headings(lesson.prose)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:])), levels


def test_the_first_cell_promises_three_things_with_time_and_needs(lesson):
    opening = "\n\n".join(lesson.texts[:2])
    assert len(re.findall(r"^(?:\d\.|[-*]) .*\*\*\w+", opening, flags=re.M)) >= 3, "three objectives, verbs in bold"
    assert re.search(r"\d+ minutes", opening), "the total time"
    assert re.search(r"(?i)you need", opening), "what a reader needs"


def test_every_section_says_how_long_it_takes(lesson):
    sections = [title for level, title in lessons.headings(lesson.prose) if level == 2]
    untimed = [title for title in sections if not re.search(r"\d+ min", title)]
    assert not untimed


def test_each_exercise_is_promised_in_the_opening(lesson):
    opening = "\n\n".join(lesson.texts[:2])
    missing = [exercise.name for exercise in lesson.exercises if f"`{exercise.name}`" not in opening]
    assert not missing, "an objective names the exercise that checks it"


def test_text_cells_are_short(lesson):
    sizes = [lessons.words(text) for text in lesson.texts]
    assert max(sizes) <= 150, [text[:80] for text in lesson.texts if lessons.words(text) > 150]
    assert 20 <= lessons.middle(sizes) <= 45


def test_code_cells_are_small(lesson):
    sizes = [lessons.lines_of_code(code) for code in lesson.codes]
    assert max(sizes) <= 20, [code[:80] for code in lesson.codes if lessons.lines_of_code(code) > 20]
    assert lessons.middle(sizes) <= 6


def test_a_lesson_fits_in_one_sitting(lesson):
    assert 25 <= len(lesson.texts + lesson.codes) <= 45
    total = int(re.search(r"(\d+) minutes", lesson.texts[0])[1])
    assert total == sum(int(minutes) for minutes in re.findall(r"(?m)^## .*\((\d+) min\)$", lesson.prose))
    assert total <= 25 or "good place to stop" in lesson.texts[0]


def test_checks_are_spread_over_the_lesson(lesson):
    places = [n for n, cell in enumerate(lesson.cells) if cell.metadata.get("check")]
    assert len(lesson.cells) / len(places) <= 14
    assert len(lesson.exercises) == len(places)


def test_every_exercise_has_three_hints(lesson):
    for exercise in lesson.exercises:
        assert len(exercise.hints) == 3, exercise.name
        assert len(set(exercise.hints)) == 3 and all(len(hint) > 30 for hint in exercise.hints)


def test_guesses_are_written_down_before_running(lesson):
    assert len(re.findall(r"(?m)^my_guess\w* *=", "\n".join(lesson.codes))) >= (3 if lesson.number != "00" else 1)


def test_a_quiz_closes_the_lesson_and_the_recap_that_answers_it_comes_after(lesson):
    before, _, after = lesson.source.partition(f'quiz("{lesson.number}")')
    assert "**What you can do now**" in after and "**What you can do now**" not in before


def test_what_requests_returns_and_the_dictionary_in_it_have_one_name_each(lesson):
    code = "\n".join(lesson.codes)
    assert set(re.findall(r"(\w+) = requests\.(?:post|get)\([^\n]*$", code, flags=re.M)) <= {"response", "tags"}
    assert set(re.findall(r"(\w+) = \w+\.json\(\)", code)) <= {"data"}


def test_a_guess_that_was_left_open_is_asked_for(lesson):
    code = "\n".join(lesson.codes)
    guesses = set(re.findall(r"(?m)^(my_guess\w*) *=", code))
    assert guesses == set(re.findall(r"you_wrote\((my_guess\w*)\)", code))


def test_images_have_real_descriptions_and_exist(lesson):
    for alt, target in IMAGE.findall(lesson.prose):
        assert len(alt.split()) >= 5 and not re.search(r"\.(svg|png)$", alt), target
        assert (ROOT / "lessons" / target).is_file(), target


def test_links_resolve_and_say_where_they_lead(lesson):
    known = lessons.anchors(GLOSSARY)
    for label, target in LINK.findall(lesson.prose):
        assert label.lower() not in {"here", "link", "this", "click here"}, target
        if target.startswith("../../glossary.md"):
            assert target.partition("#")[2] in known | {""}, target
        elif target.endswith(".ipynb"):
            assert (ROOT / "lessons" / target.replace(".ipynb", ".py")).is_file(), target
        elif target.startswith("#"):
            assert target[1:] in {title.replace(" ", "-") for _, title in lessons.headings(lesson.prose)}, target
        else:
            assert re.match(r"https?://", target) or (ROOT / "notebooks" / "m13" / target).exists(), target


def test_glossary_words_are_linked_at_first_use(lesson):
    """A word that the lesson links anywhere is linked in the first text cell that uses it."""
    for anchor in set(re.findall(r"glossary\.md#([\w-]+)", lesson.prose)):
        word = anchor.replace("-", "[- ]")
        bodies = [re.sub(r"^#+ .*$|```.*?```|`[^`]*`", "", text, flags=re.M | re.S) for text in lesson.texts[1:]]
        uses = [n for n, body in enumerate(bodies) if re.search(rf"(?i)\b{word}\b", body)]
        linked = [n for n, body in enumerate(bodies) if f"glossary.md#{anchor})" in body]
        assert not linked or not uses or linked[0] <= uses[0], f"{anchor} is used before it is linked"


def test_the_lesson_links_the_words_it_brings(lesson):
    assert len(set(re.findall(r"glossary\.md#([\w-]+)", lesson.prose))) >= 5


def test_folds_render(lesson):
    for text in lesson.texts:
        assert "<details>" not in text or re.search(r"</summary>\s*\n\s*\n", text)


def volatile():
    """Patterns that must not be typed into a lesson: ports, tags, prices, published sizes."""
    models = facts.models()
    yield "a port", rf"\b{facts.value('ollama.port')}\b"
    names = sorted({model.name for model in models}, key=len, reverse=True)
    yield "a model tag", rf"(?i)\b(?:{'|'.join(map(re.escape, names))})(?::[\w.]+)?\b"
    yield "a price", r"[$€£] ?\d"
    sizes = {f"{model.file_bytes / 1e9:.1f}" for model in models if model.file_bytes and model.file_bytes > 9e8}
    yield "a published size", rf"(?<![\d.])(?:{'|'.join(map(re.escape, sorted(sizes)))}) ?GB\b"


@pytest.mark.parametrize("kind, pattern", list(volatile()))
def test_facts_that_age_are_not_typed_into_lessons(kind, pattern, lesson):
    text = re.sub(r"\{\{.*?\}\}", "", lesson.source)
    found = {match.group(0) for match in re.finditer(pattern, text)}
    assert not found, f"{kind} belongs into localmodels/facts.toml: {found}"


def test_glossary_entries_have_one_anchor_that_works_everywhere():
    titles = [title for level, title in lessons.headings(GLOSSARY) if level == 3]
    assert len(titles) == len(set(titles))
    assert not [title for title in titles if not re.fullmatch(r"[a-z0-9_ -]+", title)]


def test_glossary_anchors_that_checks_point_to_exist():
    known = lessons.anchors(GLOSSARY)
    for path in (ROOT / "localmodels" / "checks").glob("lesson_*.py"):
        for anchor in re.findall(r'see="([^"]+)"', path.read_text(encoding="utf-8")):
            assert anchor in known, f"{path.name}: {anchor}"
