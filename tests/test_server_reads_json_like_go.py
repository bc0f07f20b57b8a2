"""The JSON reader says what Go's encoding/json says, and never falls over."""

import doctest
import json
import random

import pytest

from localmodels.server import gojson, gotime, schemas
from localmodels.server.gobind import BindError

SENTENCES = [
    (b"[1,]", "invalid character ']' looking for beginning of value"),
    (b"[1 2]", "invalid character '2' after array element"),
    (b'{"a" 1}', "invalid character '1' after object key"),
    (b'{"a":1,2}', "invalid character '2' looking for beginning of object key string"),
    (b"{]", "invalid character ']' looking for beginning of object key string"),
    (b"[}", "invalid character '}' looking for beginning of value"),
    (b"[01]", "invalid character '1' after array element"),
    (b"[1.x]", "invalid character 'x' after decimal point in numeric literal"),
    (b"[1e+]", "invalid character ']' in exponent of numeric literal"),
    (b"[-a]", "invalid character 'a' in numeric literal"),
    (b"[trux]", "invalid character 'x' in literal true (expecting 'e')"),
    (b"[nil]", "invalid character 'i' in literal null (expecting 'u')"),
    (b"[NaN]", "invalid character 'N' looking for beginning of value"),
    (b'["\\x"]', "invalid character 'x' in string escape code"),
    (b'["\\u12g4"]', "invalid character 'g' in \\u hexadecimal character escape"),
    (b'["\x00"]', "invalid character '\\x00' in string literal"),
    ("[„a“]".encode(), "invalid character 'â' looking for beginning of value"),
    (b"[1", "unexpected EOF"),
    (b'"\\', "unexpected EOF"),
    (b"-", "unexpected EOF"),
]


@pytest.mark.parametrize(("body", "sentence"), SENTENCES)
def test_the_sentence_is_gos(body, sentence):
    with pytest.raises(gojson.GoJSONError) as caught:
        gojson.loads(body)
    assert str(caught.value) == sentence


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 100_000, b"[" * 20_000 + b"]" * 20_000])
def test_bottomless_nesting_is_refused_not_fatal(body):
    with pytest.raises(gojson.GoJSONError):
        gojson.loads(body)


def test_numbers_too_large_for_go_are_refused():
    for text in (b"1e400", b"9" * 500, b"-1e999"):
        with pytest.raises(gojson.GoJSONError, match="cannot unmarshal number"):
            gojson.loads(text)


def test_half_a_surrogate_pair_becomes_a_replacement_character():
    assert gojson.loads(rb'{"a\ud800": ["\udc00b", "\ud83d\ude00"]}') == {"a\ufffd": ["\ufffdb", "😀"]}


def test_bytes_that_are_not_utf8_become_replacement_characters():
    assert gojson.loads(b'"a\xffb"') == "a\ufffdb"


def test_sound_json_is_never_refused_and_broken_json_never_accepted():
    """Cut, swap and double single bytes of valid texts: both parsers must agree on what is JSON."""
    chance = random.Random(7)
    sound = json.dumps({"a": [1, -2.5e3, True, None, "x\n\"é"], "b": {"c": {}, "d": []}}).encode()
    for _ in range(3000):
        text = bytearray(sound)
        for _ in range(chance.randrange(1, 3)):
            place = chance.randrange(len(text))
            text[place:place + chance.randrange(2)] = bytes([chance.randrange(256)])
        wrong = gojson.syntax_error(bytes(text))
        try:
            json.JSONDecoder(parse_constant=int).raw_decode(text.decode("latin-1").lstrip(gojson.BLANKS))
        except ValueError:
            assert wrong
        else:
            assert wrong is None


def test_html_signs_are_escaped_as_go_does_and_letters_are_not():
    assert gojson.dumps({"a": "<b> & é 😀\u2028"}) == r'{"a":"\u003cb\u003e \u0026 é 😀\u2028"}'


def test_field_names_match_in_any_capitals():
    assert schemas.CHAT.parse({"Model": "a", "STREAM": False}) == {"model": "a", "stream": False}


def test_the_first_wrong_field_is_reported():
    with pytest.raises(BindError, match="ChatRequest.model of type string"):
        schemas.CHAT.parse({"model": 1, "stream": "x"})


def test_a_field_that_decodes_itself_is_reported_before_earlier_ones():
    with pytest.raises(BindError, match="invalid duration"):
        schemas.CHAT.parse({"model": 1, "keep_alive": "soon"})


def test_deep_fields_carry_their_whole_path():
    with pytest.raises(BindError, match=r"ToolFunction.tools.function.name of type string"):
        schemas.CHAT.parse({"tools": [{"function": {"name": 1}}]})
    with pytest.raises(BindError, match=r"number 1.5 into Go struct field ChatRequest.top_logprobs of type int"):
        schemas.CHAT.parse({"top_logprobs": 1.5})


@pytest.mark.parametrize(("text", "seconds"), [
    ("5m", 300), ("1h30m", 5400), ("300ms", 0.3), ("-1s", -1), ("+2s", 2), ("1.5h", 5400), ("0", 0), (".5s", 0.5)])
def test_durations_are_read_as_go_reads_them(text, seconds):
    assert gotime.parse_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["5", "m", "5x", "", "-", "5m5", " 5m"])
def test_other_durations_are_refused_with_gos_sentence(text):
    with pytest.raises(ValueError, match="^time: "):
        gotime.parse_duration(text)


def test_the_examples_in_the_docstrings_hold():
    from localmodels.server import manage, names
    from localmodels.server.engines import as_json, stops, windowing

    for module in (gojson, gotime, schemas, manage, names, stops, windowing, as_json):
        found = doctest.testmod(module)
        assert found.attempted and not found.failed
