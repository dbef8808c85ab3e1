"""What one caller sent is shown to no other, and to no log."""

import logging
from concurrent.futures import ThreadPoolExecutor

import pytest
from structlog.testing import capture_logs

from provisioning.wire.soap.names import SECURITY
from tests.soap.service import Service, envelope, operation


def test_callers_at_the_same_time_see_their_own_mistakes(soap: Service) -> None:
    def mistake(number: int) -> bool:
        fault = soap.call("Echo", f"<wrong{number}/><text>{'a' * number}</text>").fault
        return fault.violations == {(f"wrong{number}", "UNKNOWN_FIELD")}

    def echo(number: int) -> bool:
        return bool(soap.call("Echo", f"<text>{number}</text>").result == {"answer": str(number)})

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(mistake, range(1000)))
        assert all(threads.map(echo, range(1000)))


TOKEN = (
    f'<s:Security xmlns:s="{SECURITY}"><s:UsernameToken><s:Username>client</s:Username>'
    "<s:Password>very-secret</s:Password>{}</s:UsernameToken></s:Security>"
)


@pytest.mark.parametrize(
    "message",
    [
        envelope(operation("Echo"), TOKEN.format("")) + "<",
        "<!DOCTYPE a>" + envelope(operation("Echo"), TOKEN.format("")),
        envelope(operation("Echo"), TOKEN.format("<Salt/>")),
        envelope(operation("Echo", "<very-secret/>"), TOKEN.format("")),
        envelope(operation("PreviewThing", "<newThing><code>very secret</code></newThing>")),
    ],
)
def test_what_is_refused_is_not_logged(soap: Service, caplog: pytest.LogCaptureFixture, message: str) -> None:
    with capture_logs() as logged, caplog.at_level(logging.DEBUG):
        assert soap.post(message, token=None).status == 500
    assert "secret" not in f"{logged} {caplog.text}"
