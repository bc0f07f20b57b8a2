"""Whatever a learner's code displays or writes, nothing of it runs or calls elsewhere where people read it; hidden tests stay hidden."""

import json
import re

import pytest
from nbconvert.exporters import HTMLExporter
from nbgrader.server_extensions.formgrader.handlers import template_path
from traitlets.config import PyFileConfigLoader

from autograder.cli import main
from autograder.engine import Refused
from autograder.grading import rooms
from autograder.grading.inert import CUT, cleaned, inert_outputs, is_picture, markdown_as_html
from tests.boxes import isolating
from tests.small_class import ANSWERS, FULL, LESSON, hand_in, notebook

BAD = '<script>alert(1)</script><img src=x onerror="alert(2)"><iframe src="http://evil.example"></iframe><a href="javascript:alert(3)">x</a>'
SHOWS = f"""\
from IPython.display import HTML, SVG, Javascript, Markdown, display
bad = {BAD!r}
for kind in (HTML, Markdown, Javascript):
    display(kind(bad))
display(SVG('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(4)"><script>alert(5)</script></svg>'))
print(bad)
display({{"text/plain": bad, "text/html": bad, "image/png": bad, "application/javascript": bad}}, raw=True)
raise ValueError(bad)
"""
HARMFUL = re.compile(r"<\s*(script|iframe|svg|object|embed|link|form|meta http)|<[^>]+\s(on\w+|href\s*=\s*[\"']?\s*javascript)", re.IGNORECASE)


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    base = tmp_path_factory.mktemp("harmful")
    nb = notebook(speaker=f"{ANSWERS['speaker']}\n{SHOWS}")
    nb["cells"].insert(3, {"cell_type": "markdown", "id": "mine", "metadata": {}, "source": BAD})
    hand_in(base / "in", "mallory", nb)
    assert main(["grade", str(base / "in"), "--out", str(base / "out")]) == 0
    return base / "out"


@isolating
def test_the_feedback_page_is_inert(graded):
    page = (graded / "feedback" / "mallory" / "m13" / f"{LESSON}.html").read_text(encoding="utf-8")
    assert "alert(1)" in page, "what was shown stands there as text"
    assert not HARMFUL.search(page), HARMFUL.search(page)


@isolating
def test_the_formgrader_page_is_inert(graded, monkeypatch):
    """The instructor's browser shows it with the rights of the Jupyter server it comes from."""
    monkeypatch.chdir(graded)
    settings = PyFileConfigLoader("nbgrader_config.py", str(graded)).load_config()
    settings.HTMLExporter.template_name, settings.HTMLExporter.extra_template_basedirs = "formgrade", [template_path]
    told = {"base_url": "", "mathjax_url": "", "index": 0, "total": 1, "assignment_id": "m13", "notebook_id": LESSON, "submission_id": "1"}
    path = graded / "autograded" / "mallory" / "m13" / f"{LESSON}.ipynb"
    page, _ = HTMLExporter(config=settings).from_filename(str(path), resources=told)
    page = page[page.index("text_cell_render") : page.rindex("</body>")]
    assert "alert(1)" in page, "what was shown stands there as text"
    own = ("link", "form", "script")  # which the page has itself, but not with these words
    found = [match[0] for match in HARMFUL.finditer(page) if not match[0].lstrip("< ").startswith(own)]
    assert not found and "<script>alert" not in page


@pytest.mark.parametrize(
    "source",
    [BAD, "[x](javascript:alert(1))", "$\\href{javascript:alert(1)}{x}$", "<svg onload=alert(1)>", "<style>a{}</style>", "<form action=x>",
     "$$<img src=x onerror=alert(2)>$$", "![x](http://evil.example)", "<!--><script>alert(1)</script>-->"],
)  # fmt: skip
def test_markdown_cells_can_do_nothing(source):
    page = markdown_as_html(source)
    assert not HARMFUL.search(page) and "<style" not in page and "<img" not in page and "\\href" not in page


def test_markdown_stays_readable():
    page = markdown_as_html("# Why\n\n*Because* `a < b`:\n\n| a | b |\n|---|---|\n| 1 | $x^2$ |")
    assert all(part in page for part in ("<h1", "<em>Because</em>", "a &lt; b</code>", "<td>1</td>", "$x^2$"))


@isolating
def test_stored_outputs_are_inert(graded):
    notebook = json.loads((graded / "autograded" / "mallory" / "m13" / f"{LESSON}.ipynb").read_text(encoding="utf-8"))
    shown = [output["data"] for cell in notebook["cells"] for output in cell.get("outputs", ()) if "data" in output]
    assert any("text/html" in data for data in shown)
    for data in shown:
        assert not HARMFUL.search(data.get("text/html", "")), data
        assert not set(data) & {"image/svg+xml", "application/javascript", "text/markdown"}


@isolating
def test_the_score_is_untouched_by_what_is_shown(graded):
    (result,) = json.loads((graded / "results.json").read_text(encoding="utf-8"))
    assert (result["points"], result["sandbox"]) == (FULL, "A: isolated")


def test_tables_survive_cleaning_and_scripts_do_not():
    assert cleaned("<table><tr><td colspan='2'>7</td></tr></table>") == '<table><tbody><tr><td colspan="2">7</td></tr></tbody></table>'
    assert "<" not in cleaned(f"{BAD}<style>body{{display:none}}</style>").replace("<a>", "").replace("</a>", "")


def test_pictures_must_be_pictures():
    assert is_picture("image/png", "iVBORw0KGgo=")
    assert not is_picture("image/png", "PHNjcmlwdD4=") and not is_picture("image/png", '"><script>') and not is_picture("image/jpeg", "iVBORw0KGgo=")


def test_what_a_notebook_shows_is_cut_at_a_limit():
    outputs = [{"output_type": "stream", "name": "stdout", "text": "x" * 60}] * 3
    kept, left = inert_outputs(outputs, 150)
    assert [output["text"] for output in kept] == ["x" * 60, "x" * 60, CUT] and left == 0


def test_where_boxes_are_refused_nothing_is_run_and_the_way_out_is_told(tmp_path, monkeypatch, capsys):
    def refuse(policy):
        raise Refused("Submissions cannot be isolated because the kernel forbids it; allow them with: sudo sysctl -w something=1")

    monkeypatch.setattr(rooms, "self_test", refuse)
    hand_in(tmp_path / "in", "anna", notebook())
    assert main(["grade", str(tmp_path / "in"), "--out", str(tmp_path / "out")]) == 3
    said = capsys.readouterr()
    assert said.err.startswith("Nothing was graded. Submissions cannot be isolated") and "sudo sysctl -w something=1" in said.err
    assert "--no-sandbox" in said.err and said.out == ""
    assert not (tmp_path / "out").exists()
