"""Whatever is handed in gets what its honest part earns, shows nothing secret, leaves nothing behind, and harms nobody.

Each case is a folder of tests/hostile, described in its README.md.
"""

import contextlib
import json
import sys
import threading

import pytest

from tests.hostile_class import (
    CATEGORIES, FULL, HONEST, LESSON, POINTS, PROBE, STATES, case, cells_of_probe, every_case, expand, full_points, solved, too_much,
)  # fmt: skip
from tests.hostile_secrets import LEAKED, hidden_texts, leaks, left_behind, planted

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="submissions are isolated on Linux only")

CASES = every_case()
SCRIPT = ("<script>alert(", "<img src=http", "</section><script")  # what cases put into pages


@pytest.fixture(scope="module")
def secrets(tmp_path_factory):
    with planted(tmp_path_factory.mktemp("planted")) as found:
        yield found


@pytest.fixture(scope="module")
def bench(tmp_path_factory, secrets):
    from tests.hostile_judging import Bench

    with Bench(tmp_path_factory.mktemp("bench")) as ready:
        yield ready


@pytest.fixture(scope="module")
def second_bench(tmp_path_factory, secrets):
    from tests.hostile_judging import Bench

    with Bench(tmp_path_factory.mktemp("second")) as ready:
        yield ready


@pytest.fixture(scope="module")
def honest_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("honest")
    (folder / "neighbour").mkdir()
    (folder / "neighbour" / f"{LESSON}.ipynb").write_text(json.dumps(solved(LESSON)), encoding="utf-8")
    return folder


@pytest.mark.parametrize("one", CASES, ids=[one.name for one in CASES])
def test_it_earns_its_honest_part_and_harms_nobody(one, bench, request, secrets, honest_folder, tmp_path):
    beside = request.getfixturevalue("second_bench") if one.beside else None
    with _neighbour(beside, honest_folder) as neighbour:
        results = [_judged(one, bench, secrets, tmp_path / str(number)) for number in range(2 if one.twice else 1)]
    for result in results:
        _earns_its_honest_part(one, result)
        _shows_nothing_secret(one, result, secrets)
        assert all(words in result.told for words in one.says)
    assert bench.survivors() == [], "processes outlived their submission"
    assert left_behind(secrets.words["mark"]) == []
    assert secrets.changed() == []
    if beside:
        assert sum(neighbour["points"].values()) == FULL, "the neighbour of the same time lost points"
    if one.folder.parent.name == "robustness":
        return  # the honest parts of these cases are the next neighbours
    after = bench.judge_folder(honest_folder)
    assert (after.state, sum(after.points.values())) == ("graded", FULL), "the next neighbour lost points"


def _judged(one, bench, secrets, folder):
    from tests.hostile_judging import in_time

    if one.lesson == PROBE:
        return in_time(one.seconds, bench.judge_cells, cells_of_probe(one, secrets.words))
    folder.mkdir()
    expand(one, folder, secrets.words)
    return in_time(one.seconds, bench.judge_folder, folder)


@contextlib.contextmanager
def _neighbour(bench, folder):
    """Judge an honest neighbour meanwhile, again and again; gives a dict that holds the worst points afterwards."""
    found, over = {}, threading.Event()

    def work():
        while not over.is_set() or not found:
            points = bench.judge_folder(folder).points
            if not found or sum(points.values()) < sum(found["points"].values()):
                found["points"] = points

    thread = threading.Thread(target=work) if bench else None
    if thread:
        thread.start()
    yield found
    if thread:
        over.set()
        thread.join()


def _earns_its_honest_part(one, result):
    assert result.state in one.states, result.reason
    assert not too_much(one, result.points), "earned more than its honest part"
    full = full_points(one) if result.state != "could not be graded" else {}
    expected = {name: points for name, points in {**full, **one.points}.items() if name not in one.most}
    assert {name: result.points.get(name, 0) for name in expected} == expected


def _shows_nothing_secret(one, result, secrets):
    found = leaks(result.told + result.pages + result.files, hidden_texts() | {secrets.secret})
    assert not found, f"told: {found}"
    for text in (LEAKED, *one.never):
        assert text not in result.told, _around(result.told, text)
    for text in SCRIPT:
        assert text not in result.pages, _around(result.pages, text)


def _around(told, text):
    place = told.index(text)
    return f"told {text!r}: ...{told[max(0, place - 200):place + 200]}..."


def test_there_are_cases_of_every_category_and_each_says_what_it_does():
    assert len(CASES) >= 60
    assert {one.folder.parent.name for one in CASES} == set(CATEGORIES)
    for one in CASES:
        assert one.does.endswith(".") and len(one.does) > 15, one.name
        assert set(one.states) <= set(STATES), one.name
        assert set(one.points) | set(one.most) <= {*POINTS, "count_up", "notes", "show", "bonus"}, one.name


def test_the_honest_neighbour_hasfull_points(bench, honest_folder):
    result = bench.judge_folder(honest_folder)
    assert sum(result.points.values()) == FULL == sum(POINTS[name] for name in result.points)


@pytest.mark.parametrize("lesson", sorted(path.stem for path in HONEST.glob("*.py")))
def test_what_cases_leave_as_it_is_earns_everything(bench, secrets, tmp_path, lesson):
    """Otherwise a case could pass because its honest part earns nothing."""
    (tmp_path / "honest").mkdir()
    (tmp_path / "honest" / f"{lesson}.ipynb").write_text(json.dumps(solved(lesson)), encoding="utf-8")
    result = bench.judge_folder(tmp_path)
    assert result.points == {name: POINTS[name] for name in result.points} and result.points


def test_a_leak_is_found_in_every_spelling(secrets):
    texts = hidden_texts() | {secrets.secret}
    assert len(texts) > 25
    for text in texts:
        for told in (f"x{text}x", repr([text]), text[::-1], text.encode().hex()):
            assert text in leaks(told, texts)
    assert leaks("a text of no interest", texts) == []


def test_an_unknown_key_in_a_case_is_refused(tmp_path):
    (tmp_path / "case.toml").write_text('does = "nothing"\npoint = 3\n')
    with pytest.raises(TypeError):
        case(tmp_path)
