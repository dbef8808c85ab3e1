"""Messages made to cost much: each is refused or read in little time and memory, whatever its size."""

import contextlib
import time
import tracemalloc

import pytest

from provisioning.kernel.errors import InvalidRequest
from provisioning.wire.soap.gate import TooLarge, decode, parse

MOST_ELEMENTS = 20_000
WHOLE = 10 * 1024 * 1024
MEBIBYTE = 1024 * 1024


def many(template: str, length: int = WHOLE - 1000) -> str:
    """As many of a kind as make up the length, each with a number of its own."""
    count = length // len(template.format(100_000))
    return "".join(template.format(each) for each in range(count))


ATTACKS = {
    "a million attributes": lambda: "<a" + many(" b{}=''") + "/>",
    "attributes that just fit": lambda: "<a>" + ("<b" + many(" c{}=''", MEBIBYTE) + "/>") * 9 + "</a>",
    "namespaces that just fit": lambda: "<a" + many(" xmlns:b{}='u'", MEBIBYTE) + "/>",
    "namespaces everywhere": lambda: (
        "<a>" + many("<b xmlns:c{0}='u' xmlns:d{0}='u' c{0}:e='' d{0}:f=''/>") + "</a>"
    ),
    "a million elements": lambda: f"<a>{'<b/>' * 1_000_000}</a>",
    "a million levels": lambda: "<a>" * 1_000_000,
    "a million comments": lambda: f"<a>{'<!-- -->' * 1_000_000}</a>",
    "long names": lambda: "<a>" + many("<b{}" + "c" * 240 + "/>", 4_000_000) + "</a>",
    "one long text": lambda: f"<a>{'b' * WHOLE}</a>",
    "a text in sections": lambda: f"<a>{('<![CDATA[' + 'b' * 1_000_000 + ']]>') * 10}</a>",
    "text between elements": lambda: f"<a>{('<b/>' + 'c' * 500) * 19_000}</a>",
    "wide characters": lambda: f"<a>{('<b>' + 'c' * 500 + chr(0x1F600) + '</b>') * 19_000}</a>",
    "character references": lambda: f"<a>{('<b>' + '&#65;' * 100 + '</b>') * 19_000}</a>",
    "a million entities": lambda: "<!DOCTYPE a [" + many("<!ENTITY b{} 'c'>") + "]><a/>",
    "entities of entities": lambda: (
        "<!DOCTYPE a [<!ENTITY b 'cccccccccc'><!ENTITY d '&b;&b;&b;'>]>" + " " * MEBIBYTE
    ),
    "zeros": lambda: chr(0) * WHOLE,
    "an open quote": lambda: f"<a b='{'c' * WHOLE}",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_costs_little_time_and_memory(attack: str) -> None:
    octets = ATTACKS[attack]().encode()
    assert len(octets) > 900_000
    begin = time.process_time()
    _try(octets)
    assert time.process_time() - begin < 2  # what every attack is allowed, traced or not
    tracemalloc.start()
    try:
        _try(octets)
        assert tracemalloc.get_traced_memory()[1] < 50 * MEBIBYTE
    finally:
        tracemalloc.stop()


def _try(octets: bytes) -> None:
    with contextlib.suppress(TooLarge, InvalidRequest):
        parse(decode(octets, None), MOST_ELEMENTS)
