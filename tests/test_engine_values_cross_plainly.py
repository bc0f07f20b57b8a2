"""Values between judge and learner: what is plain arrives exactly, everything else is no answer."""

import base64
import json
import math

import numpy
import pytest

from autograder.engine.channel import Broken, TooLarge
from autograder.engine.values import MAX_BITS, decode, encode
from localmodels.checks.plain import Opaque

PLAIN = [
    None, True, False, 0, -1, 2**53, -(2**200), 2**MAX_BITS - 1, 0.0, -0.0, 1e-300, math.inf, -math.inf, 1 + 2j,
    complex(math.inf, -0.0), "", "é🙂\n\0", b"", bytes(range(256)), [], [1, [2, [3]]], (), (1, "a"), {}, {"a": {"b": (1,)}},
    {1: "x", (1, 2): None, b"k": 2.5, None: 0}, set(), pytest.param({1, "a", (2,)}, id="a mixed set"), Opaque("Model"),
]  # fmt: skip


def crossed(value):
    return decode(json.loads(json.dumps(encode(value), allow_nan=False)))


@pytest.mark.parametrize("value", PLAIN, ids=lambda value: repr(value)[:30])
def test_plain_values_arrive_exactly(value):
    back = crossed(value)
    assert repr(back) == repr(value) or back == value
    assert type(back) is type(value)


def test_not_a_number_arrives_as_itself():
    assert math.isnan(crossed(math.nan)) and math.isnan(crossed([math.nan])[0])
    assert len(crossed({float("nan"): 1, float("nan"): 2})) == 2


@pytest.mark.parametrize("kind", ["?", "i1", "u8", ">i4", "f2", "f4", "f8", "c16"])
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 4), (2, 3)])
def test_arrays_arrive_with_type_and_shape(kind, shape):
    array = numpy.ones(shape, numpy.dtype(kind))
    back = crossed(array)
    assert back.dtype == array.dtype and back.shape == shape and (back == array).all()
    assert back.flags.writeable and back.flags.owndata


def test_a_transposed_array_arrives_in_its_own_order():
    array = numpy.arange(6).reshape(2, 3).T
    assert (crossed(array) == array).all()


@pytest.mark.parametrize("value", [object(), len, numpy.array(["a"]), numpy.array([object()]), numpy.zeros(2, "f4,f4")])
def test_what_is_not_plain_arrives_as_the_name_of_its_type(value):
    assert crossed(value) == Opaque(type(value).__name__)


def test_huge_numbers_are_not_sent():
    with pytest.raises(TooLarge):
        encode(2**MAX_BITS)


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb", "\udc80\ud800"])
def test_half_characters_become_printable(text):
    crossed(text).encode()


def nested(levels):
    value = []
    for _ in range(levels):
        value = [value]
    return value


def array(kind="<f8", shape=(1,), data=bytes(8)):
    return {"n": [kind, list(shape), base64.b64encode(data).decode()]}


STRANGE = {
    "an unknown tag": {"x": 1},
    "two tags": {"t": [], "s": []},
    "no tag": {},
    "too deep": nested(100),
    "a float as text": {"f": "1.5"},
    "an int in decimal": {"i": "12"},
    "an int with blanks": {"i": " 0x1"},
    "an int that is huge": {"i": "0x" + "f" * 5000},
    "an int as int": {"i": 3},
    "a bare int that is large": 2**60,
    "a complex of three": {"c": [1.0, 2.0, 3.0]},
    "a complex of text": {"c": ["1", "2"]},
    "bytes that are no base64": {"b": "?"},
    "a tuple that is text": {"t": "abc"},
    "a set of lists": {"s": [[1]]},
    "a set with twins": {"s": [1, 1]},
    "a set with equal twins": {"s": [1, True]},
    "a key that is a list": {"d": [[[1], 2]]},
    "a key twice": {"d": [["a", 1], ["a", 2]]},
    "pairs of three": {"d": [["a", 1, 2]]},
    "pairs that are texts": {"d": ["ab"]},
    "a dictionary that is one": {"d": {"a": 1}},
    "an opaque number": {"o": 3},
    "an array of objects": array("|O"),
    "an array of records": array("f4,f4"),
    "an array of text": array("<U2"),
    "an array with too little data": array(shape=(2,)),
    "an array with a negative side": array(shape=(-1,)),
    "an array with a huge side": array(shape=(2**40, 0)),
    "an array with a side that is True": array(shape=(True,)),
    "an array with a hundred sides": array(shape=(1,) * 100),
    "an array of two parts": {"n": ["<f8", [1]]},
}


@pytest.mark.parametrize("data", STRANGE.values(), ids=STRANGE)
def test_nothing_else_is_accepted(data):
    with pytest.raises(Broken):
        decode([data])


def test_the_name_of_a_type_is_only_a_name():
    assert decode({"o": "<script>alert(1)</script>"}) == Opaque("strange")
