"""What a request may not be: every violation is found, and named by its path from the operation's element."""

from collections.abc import Iterable

import pytest

from tests.soap.service import XSI, Service, envelope, operation

GOOD = "<code>A-1</code><color>RED</color>"
XOP = '<x:Include xmlns:x="http://www.w3.org/2004/08/xop/include" href="cid:picture"/>'
INCLUDE = '<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="file:///etc/hostname"/>'


def thing(*parts: str) -> str:
    return f"<newThing>{''.join(parts)}</newThing>"


def violations(soap: Service, inner: str) -> set[tuple[str, str]]:
    fault = soap.call("PreviewThing", inner).fault
    assert (fault.code, fault.detail["code"]) == ("Client", "INVALID_REQUEST")
    return fault.violations


@pytest.mark.parametrize(
    ("inner", "field", "code"),
    [
        ("", "newThing", "REQUIRED"),
        ("<newThing/>", "newThing.code", "REQUIRED"),
        (thing("<code>A</code>"), "newThing.color", "REQUIRED"),
        (thing("<color>RED</color>"), "newThing.code", "REQUIRED"),
        ("text" + thing(GOOD), "", "NOT_A_STRUCT"),
        (thing(GOOD) + "text", "", "NOT_A_STRUCT"),
        (thing(GOOD, "text"), "newThing", "NOT_A_STRUCT"),
        (thing(GOOD) + thing(GOOD), "newThing", "NOT_REPEATED"),
        (thing(GOOD, "<color>RED</color>"), "newThing.color", "NOT_REPEATED"),
        (thing("<color>RED</color><code>A</code>"), "newThing.code", "WRONG_ORDER"),
        (thing(GOOD) + "<control/>", "control", "WRONG_ORDER"),
        (thing(GOOD, "<story>a</story><day>2031-02-28</day>"), "newThing.day", "WRONG_ORDER"),
        (thing(GOOD, "<size>3</size>"), "newThing.size", "UNKNOWN_FIELD"),
        (thing(GOOD) + "<newthing/>", "newthing", "UNKNOWN_FIELD"),
        (thing(f"<{'n' * 150}/>", GOOD), f"newThing.{'n' * 100}", "UNKNOWN_FIELD"),
        (thing("<code xmlns=''>A</code>", GOOD), "newThing.code", "WRONG_NAMESPACE"),
        (thing(GOOD, "<o:day xmlns:o='urn:other'>2031-02-28</o:day>"), "newThing.day", "WRONG_NAMESPACE"),
        (thing("<code><a>A</a></code><color>RED</color>"), "newThing.code", "NOT_A_VALUE"),
        (thing(GOOD, "<part>label</part>"), "newThing.part[0]", "NOT_A_STRUCT"),
        (thing("<code/><color>RED</color>"), "newThing.code", "TOO_SHORT"),
        (thing("<code>A B</code><color>RED</color>"), "newThing.code", "WRONG_FORM"),
        (thing(f"<code>{'A' * 41}</code><color>RED</color>"), "newThing.code", "TOO_LONG"),
        (thing("<code>A\nB</code><color>RED</color>"), "newThing.code", "BAD_CHARACTER"),
        (thing("<code>A</code><color>red</color>"), "newThing.color", "NOT_A_CHOICE"),
        (thing(GOOD, "<email>nobody</email>"), "newThing.email", "NOT_AN_EMAIL"),
        (thing(GOOD, "<big>9223372036854775808</big>"), "newThing.big", "OUT_OF_RANGE"),
        (thing(GOOD, "<big>1e3</big>"), "newThing.big", "NOT_A_NUMBER"),
        (thing(GOOD, "<price>1,5</price>"), "newThing.price", "NOT_A_NUMBER"),
        (thing(GOOD, "<day>2031-02-29</day>"), "newThing.day", "NOT_A_DATE"),
        (thing(GOOD, "<moment>2031-02-28T12:00:00</moment>"), "newThing.moment", "NO_ZONE"),
        (thing(GOOD, "<moment>tomorrow</moment>"), "newThing.moment", "NOT_A_DATE"),
        (thing(GOOD, "<picture>AAA</picture>"), "newThing.picture", "NOT_BASE64"),
        (thing(GOOD, "<urgent>yes</urgent>"), "newThing.urgent", "NOT_A_BOOLEAN"),
        (thing(GOOD, f"<picture>{XOP}</picture>"), "newThing.picture", "NOT_A_VALUE"),
        (thing(GOOD, INCLUDE), "newThing.include", "UNKNOWN_FIELD"),
        (thing(GOOD, "<part/>"), "newThing.part[0].label", "REQUIRED"),
        (thing(GOOD, "<part><label>a</label></part>" * 4), "newThing.part", "TOO_MANY"),
        (
            thing(GOOD, "<part><label>a</label><count>0</count></part>"),
            "newThing.part[0].count",
            "OUT_OF_RANGE",
        ),
        ("<control><requestId>a b</requestId></control>" + thing(GOOD), "control.requestId", "WRONG_FORM"),
    ],
)
def test_each_kind_of_violation(soap: Service, inner: str, field: str, code: str) -> None:
    assert (field, code) in violations(soap, inner)


def nil(name: str, value: str = "true") -> str:
    return f'<{name} xsi:nil="{value}"/>'


@pytest.mark.parametrize(
    ("inner", "field"),
    [
        (nil("newThing"), "newThing"),
        (thing(nil("code"), "<color>RED</color>"), "newThing.code"),
        (thing(GOOD, nil("day", "1")), "newThing.day"),
        (thing(GOOD, nil("part")), "newThing.part[0]"),
        (thing(GOOD, "<part><label>a</label></part>", nil("part", " true ")), "newThing.part[1]"),
        (nil("control") + thing(GOOD), "control"),
    ],
)
def test_nothing_is_nil(soap: Service, inner: str, field: str) -> None:
    assert violations(soap, inner) == {(field, "NIL")}


@pytest.mark.parametrize(
    ("inner", "field"),
    [
        ('<newThing href="#1"/>', "newThing"),
        (f'<newThing id="1">{GOOD}</newThing>', "newThing"),
        (thing(GOOD, '<day href="#day"/>'), "newThing.day"),
        (thing(GOOD, '<part href="#part"/>'), "newThing.part[0]"),
        (
            thing(GOOD, '<day xmlns:c="http://www.w3.org/2003/05/soap-encoding" c:ref="day"/>'),
            "newThing.day",
        ),
    ],
)
def test_references_are_refused_rather_than_lost(soap: Service, inner: str, field: str) -> None:
    assert violations(soap, inner) == {(field, "ATTRIBUTE")}


def test_a_reference_on_the_operation_is_refused(soap: Service) -> None:
    fault = soap.post(envelope(operation("Ping", attributes='id="1"'))).fault
    assert fault.violations == {("", "ATTRIBUTE")}


def test_references_in_a_circle_are_not_followed(soap: Service) -> None:
    circle = thing('<code id="a" href="#b"/>', '<color id="b" href="#a"/>')
    assert {code for _, code in violations(soap, circle)} == {"ATTRIBUTE"}


def test_all_violations_are_reported_at_once(soap: Service) -> None:
    parts: Iterable[str] = (
        "<part><label>a</label><color>BLUE</color><color>RED</color><color>PINK</color></part>",
        "<part><label>b</label></part>",
        "<part><count>1</count></part>",
    )
    inner = "<control><requestId/><dryRun>perhaps</dryRun></control>" + thing(
        "<color>BLUE</color>", "<size/>", "<email>nobody</email>", "<big>x</big>", "<big>1</big>", *parts
    )
    found = violations(soap, inner)
    assert found == {
        ("control.dryRun", "NOT_A_BOOLEAN"),
        ("newThing.code", "REQUIRED"),
        ("newThing.color", "NOT_A_CHOICE"),
        ("newThing.size", "UNKNOWN_FIELD"),
        ("newThing.email", "NOT_AN_EMAIL"),
        ("newThing.big", "NOT_A_NUMBER"),
        ("newThing.big", "NOT_REPEATED"),
        ("newThing.part[0].color[0]", "NOT_A_CHOICE"),
        ("newThing.part[0].color[2]", "NOT_A_CHOICE"),
        ("newThing.part[2].label", "REQUIRED"),
    }


def test_the_first_violation_is_the_field_and_the_reason(soap: Service) -> None:
    fault = soap.call("PreviewThing", thing("<code>A</code>", "<colour/>", "<color>PINK</color>")).fault
    assert fault.detail["field"] == "newThing.colour"
    assert "2 place(s)" in fault.detail["reason"]


def test_the_order_is_said_clearly(soap: Service) -> None:
    fault = soap.call("PreviewThing", thing("<color>RED</color><code>A</code>")).fault
    (violation,) = fault.detail["violation"]
    assert violation == {"field": "newThing.code", "code": "WRONG_ORDER", "reason": "must come before color"}


def test_an_items_number_counts_also_what_was_wrong(soap: Service) -> None:
    inner = thing(GOOD, "<part><label/></part>" * 2, "<part><label>a</label></part>")
    assert violations(soap, inner) == {
        ("newThing.part[0].label", "TOO_SHORT"),
        ("newThing.part[1].label", "TOO_SHORT"),
    }


def test_a_nil_operation_with_content_is_refused(soap: Service) -> None:
    fault = soap.post(envelope(operation("Echo", "<text>a</text>", 'xsi:nil="true"'))).fault
    assert fault.violations == {("", "NIL")}


@pytest.mark.parametrize("kind", ["xsd:int", "NewThing", "nowhere:Thing", "Part"])
def test_declared_types_are_not_believed(soap: Service, kind: str) -> None:
    inner = f'<newThing xmlns:xsi="{XSI}" xsi:type="{kind}">{GOOD}</newThing>'
    assert soap.call("PreviewThing", inner).result["code"] == "A-1"
