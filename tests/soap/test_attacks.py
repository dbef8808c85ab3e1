"""Messages made to cost much: each is refused or read in little time and memory, whatever its size."""

import contextlib
import time
import tracemalloc
from collections.abc import Callable

import pytest

from provisioning.kernel.errors import InvalidRequest
from provisioning.wire.soap.gate import TooLarge, decode, parse

MOST_ELEMENTS = 20_000
MEBIBYTE = 1024 * 1024
TENTH = MEBIBYTE - 100
# Ten times as much may cost ten times as much; what grows with the square costs a hundred times as much.
MOST_GROWTH = 35
ATTEMPTS = 5
TOO_SHORT_TO_MEASURE = 0.01


def many(template: str, length: int) -> str:
    """As many of a kind as make up the length, each with a number of its own."""
    count = length // len(template.format(100_000))
    return "".join(template.format(each) for each in range(count))


# Each in tenths of the size that is allowed at most, or of a million.
ATTACKS: dict[str, Callable[[int], str]] = {
    "a million attributes": lambda tenths: "<a" + many(" b{}=''", tenths * TENTH) + "/>",
    "attributes that just fit": lambda tenths: (
        "<a>" + ("<b" + many(" c{}=''", tenths * MEBIBYTE // 10) + "/>") * 9 + "</a>"
    ),
    "namespaces that just fit": lambda tenths: "<a" + many(" xmlns:b{}='u'", tenths * MEBIBYTE // 10) + "/>",
    "namespaces everywhere": lambda tenths: (
        "<a>" + many("<b xmlns:c{0}='u' xmlns:d{0}='u' c{0}:e='' d{0}:f=''/>", tenths * TENTH) + "</a>"
    ),
    "a million elements": lambda tenths: f"<a>{'<b/>' * (tenths * 100_000)}</a>",
    "a million levels": lambda tenths: "<a>" * (tenths * 100_000),
    "a million comments": lambda tenths: f"<a>{'<!-- -->' * (tenths * 100_000)}</a>",
    "long names": lambda tenths: "<a>" + many("<b{}" + "c" * 240 + "/>", tenths * 400_000) + "</a>",
    "one long text": lambda tenths: f"<a>{'b' * (tenths * TENTH)}</a>",
    "a text in sections": lambda tenths: f"<a>{('<![CDATA[' + 'b' * 1_000_000 + ']]>') * tenths}</a>",
    "text between elements": lambda tenths: f"<a>{('<b/>' + 'c' * 500) * (tenths * 1_900)}</a>",
    "wide characters": lambda tenths: (
        f"<a>{('<b>' + 'c' * 500 + chr(0x1F600) + '</b>') * (tenths * 1_900)}</a>"
    ),
    "character references": lambda tenths: f"<a>{('<b>' + '&#65;' * 100 + '</b>') * (tenths * 1_900)}</a>",
    "a million entities": lambda tenths: (
        "<!DOCTYPE a [" + many("<!ENTITY b{} 'c'>", tenths * TENTH) + "]><a/>"
    ),
    "entities of entities": lambda tenths: (
        "<!DOCTYPE a [<!ENTITY b 'cccccccccc'><!ENTITY d '&b;&b;&b;'>]>" + " " * (tenths * MEBIBYTE // 10)
    ),
    "zeros": lambda tenths: chr(0) * (tenths * TENTH),
    "an open quote": lambda tenths: f"<a b='{'c' * (tenths * TENTH)}",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_costs_little_time_and_memory(attack: str) -> None:
    octets, tenth = (ATTACKS[attack](tenths).encode() for tenths in (10, 1))
    assert len(octets) > 900_000
    # What else the machine does may make one measurement worse than it is, never all of them better.
    assert any(_cost(octets) < MOST_GROWTH * max(_cost(tenth), TOO_SHORT_TO_MEASURE) for _ in range(ATTEMPTS))
    tracemalloc.start()
    try:
        _try(octets)
        assert tracemalloc.get_traced_memory()[1] < 50 * MEBIBYTE
    finally:
        tracemalloc.stop()


def _cost(octets: bytes) -> float:
    """Processor time, the least of three: what else the machine does may add to it, never take away."""
    costs = []
    for _ in range(3):
        begun = time.process_time()
        _try(octets)
        costs.append(time.process_time() - begun)
    return min(costs)


def _try(octets: bytes) -> None:
    with contextlib.suppress(TooLarge, InvalidRequest):
        parse(decode(octets, None), MOST_ELEMENTS)
