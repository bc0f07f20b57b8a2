"""Durations and timestamps as Go writes them."""

import re
import time
from datetime import datetime, timezone

NANOSECONDS = {"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6,
               "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
FOREVER = float("inf")
_PART = re.compile(r"(\d+\.?\d*|\.\d+)([^\d.]*)")


def parse_duration(text):
    """Seconds in a Go duration such as "5m" or "1h30m"; raises ValueError with Go's sentence.

    >>> parse_duration("1m30s")
    90.0
    """
    sign, rest = (-1, text[1:]) if text[:1] == "-" else (1, text.removeprefix("+"))
    if rest == "0":
        return 0.0
    total, at = 0.0, 0
    while at < len(rest) or at == 0:
        part = _PART.match(rest, at)
        if not part:
            raise ValueError(f'time: invalid duration "{text}"')
        number, unit = part.groups()
        if not unit:
            raise ValueError(f'time: missing unit in duration "{text}"')
        if unit not in NANOSECONDS:
            raise ValueError(f'time: unknown unit "{unit}" in duration "{text}"')
        total += float(number) * NANOSECONDS[unit] / 1e9
        at = part.end()
    return sign * total


def now_utc():
    """The moment as RFC 3339 in UTC with up to nine decimals: 2026-08-21T10:00:00.123456789Z."""
    seconds, nanoseconds = divmod(time.time_ns(), 10**9)
    stamp = datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{stamp}{_fraction(nanoseconds)}Z"


def local(nanoseconds):
    """A moment in nanoseconds since 1970 as local time with its offset, as `modified_at` has it."""
    seconds, rest = divmod(nanoseconds, 10**9)
    moment = datetime.fromtimestamp(seconds, timezone.utc).astimezone()
    offset = moment.strftime("%z")
    zone = "Z" if offset == "+0000" else f"{offset[:3]}:{offset[3:]}"
    return f"{moment.strftime('%Y-%m-%dT%H:%M:%S')}{_fraction(rest)}{zone}"


def _fraction(nanoseconds):
    return f".{nanoseconds:09d}".rstrip("0").rstrip(".")
