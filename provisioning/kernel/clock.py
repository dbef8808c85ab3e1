"""Time in UTC and identifiers that sort by it."""

import os
import time
from base64 import b32hexencode
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def cut_to_milliseconds(moment: datetime) -> datetime:
    """What the wire can carry of a moment."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def utc_now() -> datetime:
    """The present moment, in UTC, cut to milliseconds: what the wire can carry is what is stored."""
    return cut_to_milliseconds(datetime.now(UTC))


def new_id() -> str:
    """A new identifier: 26 characters, the first ten of them time, the others 80 random bits.

    Time first keeps an index's new rows together at any size; the random part cannot be guessed, so
    an identifier tells a curious tenant nothing about how many there are.
    """
    stamp = (time.time_ns() // 1_000_000).to_bytes(6, "big")
    return b32hexencode(stamp + os.urandom(10))[:26].decode("ascii").lower()
