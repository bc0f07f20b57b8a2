"""Every fact has a value, a source and a date; a wrong key gets the right one suggested."""

import re

import pytest

from localmodels import facts


@pytest.mark.parametrize("key", facts.keys())
def test_every_fact_has_a_source_and_a_date(key):
    fact = facts.get(key)
    assert fact.value not in ("", None)
    assert len(fact.source.split()) >= 2
    assert re.fullmatch(r"\d{4}(-\d\d){0,2}", fact.date)


def test_a_wrong_key_names_the_near_ones():
    with pytest.raises(KeyError, match="No fact called 'ollama.prot'; did you mean ollama.port"):
        facts.value("ollama.prot")


def test_a_section_is_not_a_fact():
    with pytest.raises(KeyError):
        facts.value("ollama")


def test_placeholders_are_filled_in_and_other_braces_stay():
    text = 'Port {{ ollama.port }}, {{models.default}}, {"a": {}}, {x}'
    assert facts.render(text) == f'Port {facts.value("ollama.port")}, {facts.value("models.default")}, {{"a": {{}}}}, {{x}}'


def test_an_unknown_placeholder_is_an_error():
    with pytest.raises(KeyError, match="models.defualt"):
        facts.render("{{ models.defualt }}")


@pytest.mark.parametrize("entry", [{"value": 1, "source": "x"}, {"value": 1, "source": "x", "date": "y", "extra": 2}])
def test_a_fact_with_wrong_parts_is_refused(entry):
    with pytest.raises(ValueError, match="needs value, source and date"):
        dict(facts._flatten({"a": {"b": entry}}, ""))


def test_the_rounded_sizes_agree_with_the_published_bytes():
    for name in ("default", "small", "gemma"):
        tag = {"llama3.2": "llama3.2:3b"}.get(facts.value(f"models.{name}"), facts.value(f"models.{name}"))
        assert facts.value(f"models.{name}_gb") == round(facts.model(tag).file_bytes / 1e9, 1)


def test_commands_name_the_default_model():
    assert facts.value("install.pull") == f"ollama pull {facts.value('models.default')}"
    assert facts.value("ollama.url").endswith(f":{facts.value('ollama.port')}")


def test_published_sizes_are_complete_and_sourced():
    rows = facts.models()
    assert len(rows) >= 100 and len({row.model for row in rows}) == len(rows)
    for row in rows:
        assert row.source and re.fullmatch(r"\d{4}-\d\d", row.date), row.model
        assert row.bytes > 1e8, row.model


def test_a_published_size_gives_its_bits_per_weight_and_cache():
    row = facts.model("llama3.2:1b")
    assert row.file_bytes == 1_321_098_329
    assert round(row.effective_bpw, 2) == 8.55
    assert row.kv_bytes_per_token_f16 == 2 * 16 * 8 * 64 * 2


def test_a_model_without_published_size_names_its_neighbours():
    with pytest.raises(KeyError, match="did you mean llama3.2:1b"):
        facts.model("llama3.2:1bb")


def test_the_overhead_is_the_same_in_both_units():
    assert facts.value("memory.overhead_gib") == round(facts.value("memory.overhead_gb") * 1e9 / 2**30, 2)
