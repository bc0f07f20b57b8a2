"""JSON the way Go's encoding/json reads and writes it.

Python's fast parser does the work; only when it refuses is the text walked again, byte by byte,
to say what Go would say. Go reads one value and ignores whatever follows it.
"""

import json
import re

BLANKS = " \t\r\n"
MAX_DEPTH = 10_000
TOO_LARGE_DIGITS = 400  # more digits than any float64 has


class GoJSONError(ValueError):
    """The text is not JSON; str() is Go's sentence."""


class NoValue(GoJSONError):
    """Nothing but blanks: Go says EOF, each endpoint words it in its own way."""

    def __init__(self):
        super().__init__("EOF")


class _NeedsGoSentence(ValueError):
    """Python read something that Go refuses, such as NaN."""


def loads(body):
    """Read the first JSON value of `body` (bytes). Raises NoValue or GoJSONError.

    >>> loads(b'{"a": 1} and more')
    {'a': 1}
    """
    text = body.decode("utf-8", "replace").lstrip(BLANKS)
    if not text:
        raise NoValue()
    try:
        value, _ = _DECODER.raw_decode(text)
    except GoJSONError:
        raise
    except (ValueError, RecursionError):
        raise GoJSONError(syntax_error(body) or "invalid character '[' exceeded max depth") from None
    return _without_lone_surrogates(value) if "\\ud" in text.lower() else value


def dumps(value):
    """Compact JSON with <, > and & escaped, as Go writes it; returns str.

    >>> dumps({"a": "<b>"})
    '{"a":"\\\\u003cb\\\\u003e"}'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return _HTML.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


_HTML = re.compile("[<>&\u2028\u2029]")


def _refuse(constant):
    raise _NeedsGoSentence(constant)


def _number(text):
    if len(text) > TOO_LARGE_DIGITS or abs(float(text)) == float("inf"):
        raise GoJSONError(f"json: cannot unmarshal number {text} into Go value of type float64")
    return float(text) if set(text) & set(".eE") else int(text)


_DECODER = json.JSONDecoder(parse_constant=_refuse, parse_float=_number, parse_int=_number)


def _without_lone_surrogates(value):
    """Half a surrogate pair becomes U+FFFD, so that every string can be sent again."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_without_lone_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {_without_lone_surrogates(key): _without_lone_surrogates(item) for key, item in value.items()}
    return value


def quote_char(char):
    """A character as Go shows it in a message: 'm', '\\'', '\\n', '\\x00'."""
    special = {"'": r"\'", '"': '"', "\\": r"\\", "\n": r"\n", "\r": r"\r", "\t": r"\t",
               "\a": r"\a", "\b": r"\b", "\f": r"\f", "\v": r"\v"}
    if char in special:
        return f"'{special[char]}'"
    if ord(char) < 0x20 or ord(char) == 0x7F:
        return f"'\\x{ord(char):02x}'"
    return f"'{char}'" if char.isprintable() else f"'\\u{ord(char):04x}'"


def syntax_error(body):
    """Go's sentence for the first thing wrong with `body`, or None when its first value is fine."""
    # Go looks at bytes: latin-1 keeps one character per byte.
    return _Walk(body.decode("latin-1")).run()


class _Stop(Exception):
    """Carries the sentence out of the walk."""


class _Walk:
    """Go's scanner: one position, one stack of open brackets."""

    def __init__(self, text):
        self.text = text
        self.at = 0
        self.open = []
        self.just_opened = False

    def run(self):
        try:
            self.value()
            while self.open:
                self.inside()
        except _Stop as stop:
            return str(stop)
        return None

    def wrong(self, context):
        raise _Stop(f"invalid character {quote_char(self.text[self.at])} {context}")

    def peek(self, skip_blanks=True):
        while skip_blanks and self.at < len(self.text) and self.text[self.at] in BLANKS:
            self.at += 1
        if self.at >= len(self.text):
            raise _Stop("unexpected EOF")
        return self.text[self.at]

    def value(self):
        char = self.peek()
        if char in "{[":
            self.enter(char)
        elif char == '"':
            self.string()
        elif char in "-0123456789":
            self.number()
        elif char in "tfn":
            self.literal({"t": "true", "f": "false", "n": "null"}[char])
        else:
            self.wrong("looking for beginning of value")

    def enter(self, bracket):
        self.open.append(bracket)
        if len(self.open) > MAX_DEPTH:
            self.wrong("exceeded max depth")
        self.at += 1
        self.just_opened = True

    def inside(self):
        """What may follow inside the innermost bracket: its end, a comma, or a first element."""
        char, bracket = self.peek(), self.open[-1]
        if char == {"{": "}", "[": "]"}[bracket]:
            self.open.pop()
            self.at += 1
            self.just_opened = False
        elif not self.just_opened and char != ",":
            self.wrong("after object key:value pair" if bracket == "{" else "after array element")
        else:
            self.at += not self.just_opened
            self.just_opened = False
            self.key() if bracket == "{" else self.value()

    def key(self):
        if self.peek() != '"':
            self.wrong("looking for beginning of object key string")
        self.string()
        if self.peek() != ":":
            self.wrong("after object key")
        self.at += 1
        self.value()

    def string(self):
        self.at += 1
        while (char := self.peek(skip_blanks=False)) != '"':
            if char < " ":
                self.wrong("in string literal")
            self.at += 1
            if char == "\\":
                self.escape()
        self.at += 1

    def escape(self):
        char = self.peek(skip_blanks=False)
        if char not in 'bfnrt\\/"u':
            self.wrong("in string escape code")
        self.at += 1
        for _ in range(4 if char == "u" else 0):
            if self.peek(skip_blanks=False) not in "0123456789abcdefABCDEF":
                self.wrong("in \\u hexadecimal character escape")
            self.at += 1

    def number(self):
        if self.text[self.at] == "-":
            self.at += 1
            self.need_digit("in numeric literal")
        if self.text[self.at] == "0":
            self.at += 1
        else:
            self.digits()
        if self.next_is("."):
            self.need_digit("after decimal point in numeric literal")
            self.digits()
        if self.next_is("eE"):
            self.next_is("+-")
            self.need_digit("in exponent of numeric literal")
            self.digits()

    def next_is(self, chars):
        found = self.at < len(self.text) and self.text[self.at] in chars
        self.at += found
        return found

    def need_digit(self, context):
        if not self.peek(skip_blanks=False) in "0123456789":
            self.wrong(context)

    def digits(self):
        while self.next_is("0123456789"):
            pass

    def literal(self, word):
        for place, expected in enumerate(word):
            if self.peek(skip_blanks=False) != expected:
                self.wrong(f"in literal {word} (expecting {quote_char(expected)})")
            self.at += 1
