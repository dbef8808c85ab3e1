"""Values: what comes in as what, and goes out as what."""

import base64
import xmlrpc.client
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from provisioning.kernel.shape import shape_of
from provisioning.wire.xmlrpc.writer import writer_of
from tests.contract.sample import Color, Part, Thing
from tests.xmlrpc.conftest import Service, call_with, struct, thing

NIL = '<nil xmlns="http://ws.apache.org/xmlrpc/namespaces/extensions"/>'
MOMENT = "20310228T12:30:15"
WHOLE = Thing(
    code="A1",
    color=Color.GREEN,
    big=2**40,
    price=Decimal("12.50"),
    day=date(2031, 2, 28),
    moment=datetime(2031, 2, 28, 12, 30, 15, 250000, UTC),
    picture=b"\x00\xff",
    story="two\nlines",
    urgent=True,
    part=(Part(label="first", count=3, color=(Color.RED,)), Part(label="second")),
)


def test_each_kind_goes_out_in_its_own_form() -> None:
    written = f"<params><param><value>{writer_of(Thing).write(WHOLE)}</value></param></params>"
    ((read,), _) = xmlrpc.client.loads(written)
    assert read == {
        "code": "A1",
        "color": "GREEN",
        "big": "1099511627776",
        "price": "12.50",
        "day": xmlrpc.client.DateTime("20310228T00:00:00"),
        "moment": xmlrpc.client.DateTime(MOMENT),
        "picture": xmlrpc.client.Binary(b"\x00\xff"),
        "story": "two\nlines",
        "urgent": True,
        "part": [
            {"label": "first", "count": 3, "color": ["RED"]},
            {"label": "second", "color": []},
        ],
    }
    assert {field.wire for field in shape_of(Thing).fields} - set(read) == {"email"}


def test_what_goes_out_comes_in_again(service: Service) -> None:
    """As a client does that reads, changes and sends back."""
    sent = {
        "code": "A1",
        "color": "GREEN",
        "big": "1099511627776",
        "price": "12.50",
        "day": xmlrpc.client.DateTime("20310228T00:00:00"),
        "moment": xmlrpc.client.DateTime(MOMENT),
        "picture": xmlrpc.client.Binary(b"\x00\xff"),
        "story": "two\nlines",
        "urgent": True,
        "part": [{"label": "first", "count": 3, "color": ["RED"]}],
    }
    assert service.call("CreateThing", newThing=sent)["thing"] == sent


@pytest.mark.parametrize(
    ("member", "value", "answered"),
    [
        ("big", "<int>7</int>", "7"),
        ("big", "<i4>-7</i4>", "-7"),
        ("big", "<i8>1099511627776</i8>", "1099511627776"),
        ("big", "<int> 1099511627776 </int>", "1099511627776"),
        ("big", "<string>12</string>", "12"),
        ("big", "12", "12"),
        ("price", "<double>12.5</double>", "12.5"),
        ("price", "<double>1e2</double>", "100"),
        ("price", "<double>1e-07</double>", "0.0000001"),
        ("price", "<int>3</int>", "3"),
        ("price", "<string>0.10</string>", "0.10"),
        ("urgent", "<boolean>1</boolean>", True),
        ("urgent", "<boolean>0</boolean>", False),
        ("urgent", "<boolean>true</boolean>", True),
        ("urgent", "<int>1</int>", True),
        ("urgent", "<string>false</string>", False),
        ("day", "<dateTime.iso8601>20310228T00:00:00</dateTime.iso8601>", "20310228T00:00:00"),
        ("day", "<string>2031-02-28</string>", "20310228T00:00:00"),
        ("moment", f"<dateTime.iso8601>{MOMENT}</dateTime.iso8601>", MOMENT),
        ("moment", "<dateTime.iso8601>2031-02-28T12:30:15Z</dateTime.iso8601>", MOMENT),
        ("moment", "<dateTime.iso8601>20310228T07:30:15.5-05:00</dateTime.iso8601>", MOMENT),
        ("moment", "<string>2031-02-28T12:30:15.250Z</string>", MOMENT),
        ("picture", "<base64>AP8=</base64>", b"\x00\xff"),
        ("picture", "<base64>\n AP8=\n</base64>", b"\x00\xff"),
        ("picture", "<string>AP8=</string>", b"\x00\xff"),
        ("story", "<string>a &lt;b&gt; &amp; 𝄞 \n c</string>", "a <b> & 𝄞 \n c"),
        ("story", "<string><![CDATA[<b>]]></string>", "<b>"),
        ("story", "<int>7</int>", "7"),
        ("story", "<string>  padded  </string>", "  padded  "),
        ("code", "<int>2206</int>", "2206"),
    ],
)
def test_what_clients_send_is_taken(service: Service, member: str, value: str, answered: Any) -> None:
    made = service.read(service.post(thing(**{member: value})))["thing"][member]
    assert getattr(made, "value", getattr(made, "data", made)) == answered


@pytest.mark.parametrize("value", [NIL, "<nil/>", "<string/>", "", "<string></string>"])
def test_nil_and_nothing_are_as_absent(service: Service, value: str) -> None:
    assert "email" not in service.read(service.post(thing(email=value)))["thing"]


def test_nil_and_nothing_do_not_make_up_for_what_is_required(service: Service) -> None:
    fault = service.fault(thing(code=NIL))
    assert "violation: newThing.code: REQUIRED: is required" in fault.faultString


def test_one_item_may_stand_without_its_array(service: Service) -> None:
    call = call_with(struct(text="<string>a</string>", word="<string>one</string>"), "Say")
    assert service.read(service.post(call))["word"] == ["one"]


def test_a_list_without_items_is_an_empty_array(service: Service) -> None:
    assert service.call("ListThings", text=[]) == {"thing": [], "total": 0}
    assert service.call("ListThings") == {"thing": [], "total": 0}


def test_what_xml_cannot_carry_is_replaced(service: Service) -> None:
    answer = service.post(call_with("<struct/>", "SayIllegal"))
    assert service.read(answer)["text"] == "a\ufffdb\ufffd\ufffd<&>]]>\r\n\t𝄞é"


@pytest.mark.parametrize("charset", [None, "utf-8", "utf-16", "iso-8859-1"])
def test_every_charset_of_the_transport_is_read(service: Service, charset: str | None) -> None:
    body = call_with(struct(text="<string>é</string>"), "Say").encode(charset or "utf-8")
    assert service.read(service.post(body, charset))["text"] == "é"


@pytest.mark.parametrize(
    ("member", "value", "said"),
    [
        ("big", "<int>2^40</int>", "newThing.big: NOT_A_VALUE: is not a value of the type int"),
        ("big", "<int>0x10</int>", "newThing.big: NOT_A_VALUE: is not a value of the type int"),
        ("big", "<int>٣</int>", "newThing.big: NOT_A_VALUE: is not a value of the type int"),
        ("big", "<int></int>", "newThing.big: NOT_A_VALUE: is not a value of the type int"),
        ("big", f"<i8>{'9' * 30}</i8>", "newThing.big: NOT_A_VALUE: is not a value of the type i8"),
        ("big", "<i8>9223372036854775808</i8>", "newThing.big: OUT_OF_RANGE: "),
        ("big", "<double>1.5</double>", "newThing.big: NOT_A_NUMBER: "),
        ("price", "<double>NaN</double>", "newThing.price: NOT_A_VALUE: is not a value of the type double"),
        ("price", "<double>-inf</double>", "newThing.price: NOT_A_VALUE: is not a value of the type double"),
        ("price", "<double>1e999</double>", "newThing.price: NOT_A_VALUE: is not a value of the type double"),
        ("price", "<double>1e99</double>", "newThing.price: NOT_A_NUMBER: "),
        (
            "urgent",
            "<boolean>2</boolean>",
            "newThing.urgent: NOT_A_VALUE: is not a value of the type boolean",
        ),
        ("urgent", "<string>yes</string>", "newThing.urgent: NOT_A_BOOLEAN: "),
        ("day", "<dateTime.iso8601>20310228T12:00:00</dateTime.iso8601>", "newThing.day: NOT_A_DATE: "),
        ("day", "<dateTime.iso8601>20310229T00:00:00</dateTime.iso8601>", "newThing.day: NOT_A_VALUE: "),
        ("moment", "<dateTime.iso8601>tomorrow</dateTime.iso8601>", "newThing.moment: NOT_A_VALUE: "),
        (
            "moment",
            "<dateTime.iso8601>20310228T25:00:00</dateTime.iso8601>",
            "newThing.moment: NOT_A_VALUE: ",
        ),
        ("moment", "<string>2031-02-28T12:00:00</string>", "newThing.moment: NO_ZONE: "),
        ("picture", "<base64>!</base64>", "newThing.picture: NOT_A_VALUE: is not a value of the type base64"),
        ("code", "<base64>QTE=</base64>", "newThing.code: NOT_A_VALUE: must be a single value"),
        ("code", "<array><data/></array>", "newThing.code: NOT_A_VALUE: must be a single value"),
        ("code", "<struct/>", "newThing.code: NOT_A_VALUE: must be a single value"),
        ("code", "<nil>x</nil>", "newThing.code: NOT_A_VALUE: is not a value of the type nil"),
        ("code", "<list/>", "newThing.code: NOT_A_VALUE: is not an XML-RPC value"),
        ("code", "<int>1</int><int>2</int>", "newThing.code: NOT_A_VALUE: is not an XML-RPC value"),
        ("code", "text<int>1</int>", "newThing.code: NOT_A_VALUE: is not an XML-RPC value"),
        ("code", "<int><int>1</int></int>", "newThing.code: NOT_A_VALUE: is not an XML-RPC value"),
        ("code", "<string>\x7f</string>", "newThing.code: BAD_CHARACTER: "),
        ("color", "<string>BLUE</string>", "newThing.color: NOT_A_CHOICE: is none of: RED, GREEN"),
        ("part", "<array><item/></array>", "newThing.part: NOT_A_VALUE: is not an XML-RPC value"),
        ("part", "<array/>", "newThing.part: NOT_A_VALUE: is not an XML-RPC value"),
        ("part", "<array><data><value><nil/></value></data></array>", "newThing.part[0]: NOT_A_STRUCT: "),
        (
            "part",
            "<array><data><value><int>x</int></value></data></array>",
            "newThing.part[0]: NOT_A_VALUE: ",
        ),
        ("part", "<struct><member/></struct>", "newThing.part: NOT_A_VALUE: is not an XML-RPC value"),
        ("part", struct(label="a", other="b"), "newThing.part[0].other: UNKNOWN_FIELD: is no field of Part"),
    ],
)
def test_a_wrong_value_is_refused_by_its_path(service: Service, member: str, value: str, said: str) -> None:
    fault = service.fault(thing(**{member: value}))
    assert fault.faultCode == 200
    assert f"violation: {said}" in fault.faultString


def test_every_wrong_field_is_named(service: Service) -> None:
    fault = service.fault(thing(color="<string>BLUE</string>", big="<string>x</string>", more="<int>1</int>"))
    assert {
        line.split(": ")[1] for line in fault.faultString.splitlines() if line.startswith("violation")
    } == {
        "newThing.more",
        "newThing.color",
        "newThing.big",
    }


def test_a_member_may_occur_once(service: Service) -> None:
    twice = "<member><name>text</name><value>a</value></member>" * 2
    fault = service.fault(call_with(f"<struct>{twice}</struct>", "Say"))
    assert "violation: text: TWICE: occurs twice in its struct" in fault.faultString


def test_base64_is_what_xmlrpc_client_makes_of_octets(service: Service) -> None:
    made = service.call("CreateThing", newThing={"code": "A", "color": "RED", "picture": b"\x01" * 100})
    assert base64.b64encode(made["thing"]["picture"].data) == base64.b64encode(b"\x01" * 100)
