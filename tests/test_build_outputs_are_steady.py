"""What truly varies between two runs of a cell is replaced in its stored output; nothing else is."""

import pytest
from nbformat.v4 import new_output

from autograder.building.outputs import STEADY_DURATIONS, STEADY_TIME, WIDGET_VIEW, steady, steady_outputs


@pytest.mark.parametrize(
    ("shown", "stored"),
    [
        ('"created_at": "2026-11-23T10:00:00.12345678Z"', f'"created_at": "{STEADY_TIME}"'),
        ("'modified_at': '2026-11-23T10:00:00.1+01:00'", f"'modified_at': '{STEADY_TIME}'"),
        ("&quot;created_at&quot;: &quot;2026-11-23T10:00:00Z&quot;", f"&quot;created_at&quot;: &quot;{STEADY_TIME}&quot;"),
        ('"eval_duration": 123', f'"eval_duration": {STEADY_DURATIONS["eval_duration"]}'),
        ("'prompt_eval_duration':5", f"'prompt_eval_duration':{STEADY_DURATIONS['prompt_eval_duration']}"),
        ("<Reply object at 0x7f3a12bc9d10>", "<Reply object at 0x7f0000000000>"),
        ('"eval_count": 12, "prompt_eval_count": 9', '"eval_count": 12, "prompt_eval_count": 9'),
        ("On 2026-11-23 a port, 11434.", "On 2026-11-23 a port, 11434."),
    ],
)
def test_times_and_addresses_are_replaced_and_counts_are_not(shown, stored):
    assert steady(shown) == stored


def test_the_stored_durations_add_up():
    parts = [value for key, value in STEADY_DURATIONS.items() if key != "total_duration"]
    assert sum(parts) == STEADY_DURATIONS["total_duration"]


def test_pieces_of_one_stream_are_joined():
    pieces = [new_output("stream", name="stdout", text=text) for text in ("a", "b\n")]
    assert [output.text for output in steady_outputs(pieces, 1)] == ["ab\n"]


def test_a_widget_keeps_its_text_and_loses_its_view():
    data = {WIDGET_VIEW: {"model_id": "7f3a"}, "text/plain": "IntSlider(value=0)"}
    (kept,) = steady_outputs([new_output("execute_result", data=data)], 7)
    assert kept.data == {"text/plain": "IntSlider(value=0)"}
    assert kept.execution_count == 7


def test_an_error_keeps_the_readers_cell_and_no_path_of_this_machine():
    frames = [
        "\x1b[31m-----\x1b[0m",
        "KeyError      Traceback (most recent call last)",
        "Cell In[3], line 1\n----> 1 data['x']\n",
        "File /home/somebody/site-packages/requests/api.py:115, in post(url)",
        "KeyError: 'x'",
    ]
    (kept,) = steady_outputs([new_output("error", ename="KeyError", evalue="'x'", traceback=frames)], 3)
    assert kept.traceback == ["Cell In[3], line 1\n----> 1 data['x']\n", "KeyError: 'x'"]
