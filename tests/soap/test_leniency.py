"""What real clients send besides: each of these was seen, costs nothing to take, and says nothing wrong."""

import pytest

from provisioning.wire.soap.names import ENVELOPE_11, SERVICE
from tests.soap.service import XSI, Service, envelope, operation

GOOD = "<newThing><code>A-1</code><color>RED</color></newThing>"


@pytest.mark.parametrize(
    "wrapper",
    [
        f'<Ping xmlns="{SERVICE}"/>',
        f'<Ping xmlns="{SERVICE}"></Ping>',
        f'<Ping xmlns="{SERVICE}">\n    </Ping>',
        f'<Ping xmlns="{SERVICE}"><!-- nothing --></Ping>',
        f'<Ping xmlns="{SERVICE}" xmlns:xsi="{XSI}" xsi:nil="true"/>',
        f'<Ping xmlns="{SERVICE}" xmlns:xsi="{XSI}" xsi:nil="1"> </Ping>',
        f'<p:Ping xmlns:p="{SERVICE}"/>',
    ],
)
def test_an_operation_without_fields(soap: Service, wrapper: str) -> None:
    assert soap.post(envelope(wrapper)).status == 200


def test_pretty_printed(soap: Service) -> None:
    message = f"""<?xml version='1.0' encoding='UTF-8' standalone='yes'?>
    <!-- a comment -->
    <SOAP-ENV:Envelope xmlns:SOAP-ENV="{ENVELOPE_11}" xmlns:ns1="{SERVICE}">
      <SOAP-ENV:Header/>
      <SOAP-ENV:Body>
        <ns1:PreviewThing>
          <ns1:newThing>
            <ns1:code>A-1</ns1:code>
            <!-- another -->
            <ns1:color>RED</ns1:color>
            <ns1:part>
              <ns1:label>a</ns1:label>
            </ns1:part>
          </ns1:newThing>
        </ns1:PreviewThing>
      </SOAP-ENV:Body>
    </SOAP-ENV:Envelope>
    <!-- and a last one -->
    """.removeprefix("    ")
    assert soap.post(message).result["part"] == {"label": "a"}


@pytest.mark.parametrize(
    "attributes",
    [
        'e:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"',
        'xsi:type="NewThing"',
        'xsi:nil="false"',
        'xsi:nil="0"',
        'xsi:schemaLocation="urn:x http://192.0.2.1/x.xsd"',
        'xml:lang="fr"',
        'xmlns:u="urn:u" u:Id="body"',
    ],
)
def test_attributes_that_say_nothing(soap: Service, attributes: str) -> None:
    on_operation = operation("PreviewThing", GOOD, attributes)
    on_struct = operation("PreviewThing", GOOD.replace("<newThing>", f"<newThing {attributes}>"))
    on_value = operation("PreviewThing", GOOD.replace("<code>", f"<code {attributes}>"))
    for wrapper in (on_operation, on_struct, on_value):
        assert soap.post(envelope(wrapper)).result["code"] == "A-1"


def test_attributes_on_envelope_and_body(soap: Service) -> None:
    message = envelope(operation("Ping"))
    message = message.replace("<e:Body>", '<e:Body e:encodingStyle="" xmlns:u="urn:u" u:Id="b" id="b">')
    assert soap.post(message.replace("<e:Envelope ", '<e:Envelope e:encodingStyle="" ')).status == 200


def test_a_value_that_is_not_nil_is_kept(soap: Service) -> None:
    assert soap.call("Echo", '<text xsi:nil="false">a</text>').result == {"answer": "a"}


@pytest.mark.parametrize(
    "empty",
    [
        "<control/>",
        "<control></control>",
        "<control>\n</control>",
        "<control><requestId/><language/></control>",
    ],
)
def test_an_empty_optional_element_is_an_absent_one(soap: Service, empty: str) -> None:
    optional = "<email/><big></big><price/><day/><moment/><picture/><story/><urgent/></newThing>"
    result = soap.call("PreviewThing", empty + GOOD.replace("</newThing>", optional)).result
    assert result.keys() == {"code", "color", "big", "moment", "urgent"}


@pytest.mark.parametrize(
    ("field", "given", "shown"),
    [
        ("moment", "2031-02-28T12:00:00.1234567Z", "2031-02-28T12:00:00.123Z"),
        ("moment", " 2031-02-28T24:00:00-03:30\n", "2031-03-01T03:30:00Z"),
        ("moment", "2031-02-28T00:10:00-00:30", "2031-02-28T00:40:00Z"),
        ("day", "2031-02-28Z", "2031-02-28"),
        ("day", " 2031-02-28 ", "2031-02-28"),
        ("urgent", "1", "true"),
        ("urgent", " false ", "false"),
        ("big", " +7 ", "7"),
        ("big", "-9223372036854775808", "-9223372036854775808"),
        ("price", "1.50", "1.50"),
        ("price", "-.5", "-0.5"),
        ("picture", " AA\nEC ", "AAEC"),
        ("email", " John.Smith@EXAMPLE.com ", "John.Smith@example.com"),
        ("story", "<![CDATA[<b> & </b>]]>", "<b> & </b>"),
        ("story", "one<!-- and -->two", "onetwo"),
        ("story", "&#x1F600;&amp;&lt;&gt;&quot;", '\U0001f600&<>"'),
        ("story", "a\r\nb\rc", "a\nb\nc"),
    ],
)
def test_spellings_of_values(soap: Service, field: str, given: str, shown: str) -> None:
    inner = GOOD.replace("</newThing>", f"<{field}>{given}</{field}></newThing>")
    assert soap.call("PreviewThing", inner).result[field] == shown


def test_one_and_several_of_a_list(soap: Service) -> None:
    one = soap.call("ListThings", "<text>a</text>").result
    assert (one["total"], one["thing"]["code"]) == ("1", "a")
    several = soap.call("ListThings", "<text>a</text><text>b</text>").result
    assert [each["code"] for each in several["thing"]] == ["a", "b"]
    assert soap.call("ListThings").result == {"total": "0"}
