"""From JSON values into typed fields, with the sentences of Go's json.Unmarshal.

A schema is a tree of kinds. Reading gives plain Python data; null and absent fields are left out of
the dict, so `.get("stream")` is None for both. Go remembers the first wrong field and reads on, but
a field that decodes itself (keep_alive, think, a whole message) stops the reading at once.
"""

from dataclasses import dataclass, field


class BindError(ValueError):
    """A value has the wrong type; str() is Go's sentence."""


@dataclass
class Place:
    """Where in the request we are: the Go struct, the path of field names, and the first error."""

    struct: str = ""
    path: tuple = ()
    errors: list = field(default_factory=list)

    def inside(self, struct, name):
        return Place(struct, (*self.path, name), self.errors)

    def mismatch(self, value, go_type, shown=None):
        kind = shown or kind_of(value)
        where = f"struct field {self.struct}.{'.'.join(self.path)} of" if self.path else "value of"
        self.errors.append(BindError(f"json: cannot unmarshal {kind} into Go {where} type {go_type}"))


def kind_of(value):
    """What Go calls a JSON value: bool, number, string, array, object."""
    names = {bool: "bool", int: "number", float: "number", str: "string", list: "array", dict: "object"}
    return names[type(value)]


class Scalar:
    """A Go string or bool."""

    def __init__(self, go, python):
        self.go, self.python = go, python

    def read(self, value, place):
        if type(value) is self.python:
            return value
        place.mismatch(value, self.go)
        return None


class Number:
    """A Go int (fractions are refused) or float."""

    def __init__(self, go):
        self.go = go

    def read(self, value, place):
        if type(value) not in (int, float):
            return place.mismatch(value, self.go)
        if self.go == "int" and (type(value) is float or abs(value) >= 2**63):
            return place.mismatch(value, self.go, shown=f"number {value}")
        return value


class Anything:
    """Kept as it is (`any`, json.RawMessage)."""

    def read(self, value, place):
        return value


class Mapping:
    """A Go map[string]any."""

    go = "map[string]interface {}"

    def read(self, value, place):
        return value if type(value) is dict else place.mismatch(value, self.go)


class List:
    """A Go slice of one kind."""

    def __init__(self, of, go):
        self.of, self.go = of, go

    def read(self, value, place):
        if type(value) is not list:
            return place.mismatch(value, self.go)
        return [self.zero() if item is None else self.of.read(item, place) for item in value]

    def zero(self):
        return {} if isinstance(self.of, Struct) else None


class Struct:
    """A Go struct: known fields by name, in any capitals; unknown ones are passed over in silence."""

    def __init__(self, go, **fields):
        self.go, self.fields = go, fields
        self.name = go.rpartition(".")[2]

    def read(self, value, place):
        if type(value) is not dict:
            return place.mismatch(value, self.go)
        found = {}
        for key, item in value.items():
            name = key if key in self.fields else key.lower()
            if name in self.fields and item is not None:
                found[name] = self.fields[name].read(item, place.inside(self.name, name))
        return {name: item for name, item in found.items() if item is not None}

    def parse(self, value):
        """Read a whole request. null is an empty one. Raises BindError."""
        place = Place()
        found = {} if value is None else self.read(value, place)
        if place.errors:
            raise place.errors[0]
        return found


class SelfDecoding(Struct):
    """A struct with its own UnmarshalJSON: its first error ends the reading, and the outer struct is named."""

    def read(self, value, place):
        own = Place(place.struct, place.path)
        if type(value) is not dict:
            own.mismatch(value, self.go)
            raise own.errors[0]
        inner = Place()
        found = super().read(value, inner)
        if inner.errors:
            raise BindError(self._with_outer_path(str(inner.errors[0]), place))
        return found

    def _with_outer_path(self, text, place):
        """Go fills in the path of the struct around it, and that struct's name."""
        start, marker, rest = text.partition("struct field ")
        if not marker or not place.path:
            return text
        inner_path = rest.split(".", 1)[1]
        return f"{start}{marker}{place.struct}.{'.'.join(place.path)}.{inner_path}"


class Custom:
    """A value that decodes itself: `decode(value)` returns it or raises ValueError with Go's sentence."""

    def __init__(self, decode):
        self.decode = decode

    def read(self, value, place):
        try:
            return self.decode(value)
        except ValueError as error:
            raise BindError(str(error)) from None


STRING = Scalar("string", str)
BOOL = Scalar("bool", bool)
INT = Number("int")
FLOAT = Number("float64")
ANY = Anything()
MAP = Mapping()
